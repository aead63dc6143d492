from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.snooze_out import SnoozeOut


T = TypeVar("T", bound="SnoozesOut")


@_attrs_define
class SnoozesOut:
    """Snoozes, newest first."""

    snoozes: list[SnoozeOut]
    """ rows """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        snoozes = []
        for snoozes_item_data in self.snoozes:
            snoozes_item = snoozes_item_data.to_dict()
            snoozes.append(snoozes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "snoozes": snoozes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.snooze_out import SnoozeOut

        d = dict(src_dict)
        snoozes = []
        _snoozes = d.pop("snoozes")
        for snoozes_item_data in _snoozes:
            snoozes_item = SnoozeOut.from_dict(snoozes_item_data)

            snoozes.append(snoozes_item)

        snoozes_out = cls(
            snoozes=snoozes,
        )

        snoozes_out.additional_properties = d
        return snoozes_out

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
