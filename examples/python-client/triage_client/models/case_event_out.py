from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.case_event import CaseEvent, check_case_event
from ..models.case_state import CaseState, check_case_state

if TYPE_CHECKING:
    from ..models.case_event_out_detail import CaseEventOutDetail


T = TypeVar("T", bound="CaseEventOut")


@_attrs_define
class CaseEventOut:
    """Something that happened to a case."""

    actor_id: str
    """ account or key that did it """
    detail: CaseEventOutDetail
    """ what else is known of it """
    event: CaseEvent
    """ What happened to a case; the arrows are the states before and after. """
    from_state: CaseState | None
    """ state before; null when it was opened """
    happened_at: datetime.datetime
    """ when """
    to_state: CaseState
    """ Where a case stands. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        actor_id = self.actor_id

        detail = self.detail.to_dict()

        event: str = self.event

        from_state: str | None
        if isinstance(self.from_state, str):
            from_state = self.from_state
        else:
            from_state = self.from_state

        happened_at = self.happened_at.isoformat()

        to_state: str = self.to_state

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "actor_id": actor_id,
                "detail": detail,
                "event": event,
                "from_state": from_state,
                "happened_at": happened_at,
                "to_state": to_state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_event_out_detail import CaseEventOutDetail

        d = dict(src_dict)
        actor_id = d.pop("actor_id")

        detail = CaseEventOutDetail.from_dict(d.pop("detail"))

        event = check_case_event(d.pop("event"))

        def _parse_from_state(data: object) -> CaseState | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                from_state_type_0 = check_case_state(data)

                return from_state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("CaseState | None", data)

        from_state = _parse_from_state(d.pop("from_state"))

        happened_at = datetime.datetime.fromisoformat(d.pop("happened_at"))

        to_state = check_case_state(d.pop("to_state"))

        case_event_out = cls(
            actor_id=actor_id,
            detail=detail,
            event=event,
            from_state=from_state,
            happened_at=happened_at,
            to_state=to_state,
        )

        case_event_out.additional_properties = d
        return case_event_out

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
