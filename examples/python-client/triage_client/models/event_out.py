from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.event_out_to_state import EventOutToState, check_event_out_to_state

T = TypeVar("T", bound="EventOut")


@_attrs_define
class EventOut:
    """One transition of a proposal."""

    actor_id: str
    """ who did it """
    happened_at: datetime.datetime
    """ when """
    to_state: EventOutToState
    """ where it went """
    why: str | None
    """ why """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        actor_id = self.actor_id

        happened_at = self.happened_at.isoformat()

        to_state: str = self.to_state

        why: str | None
        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "actor_id": actor_id,
                "happened_at": happened_at,
                "to_state": to_state,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        actor_id = d.pop("actor_id")

        happened_at = datetime.datetime.fromisoformat(d.pop("happened_at"))

        to_state = check_event_out_to_state(d.pop("to_state"))

        def _parse_why(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        why = _parse_why(d.pop("why"))

        event_out = cls(
            actor_id=actor_id,
            happened_at=happened_at,
            to_state=to_state,
            why=why,
        )

        event_out.additional_properties = d
        return event_out

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
