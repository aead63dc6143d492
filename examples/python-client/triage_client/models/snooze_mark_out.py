from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SnoozeMarkOut")


@_attrs_define
class SnoozeMarkOut:
    """That a control is snoozed for this client or project."""

    snooze_id: str
    """ id of the snooze """
    until: datetime.datetime
    """ when it ends by itself """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        snooze_id = self.snooze_id

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "snooze_id": snooze_id,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        snooze_id = d.pop("snooze_id")

        until = datetime.datetime.fromisoformat(d.pop("until"))

        snooze_mark_out = cls(
            snooze_id=snooze_id,
            until=until,
        )

        snooze_mark_out.additional_properties = d
        return snooze_mark_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
