from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cause import Cause, check_cause
from ..models.review_action import ReviewAction, check_review_action

T = TypeVar("T", bound="DecisionOut")


@_attrs_define
class DecisionOut:
    """A decision that was made."""

    action: ReviewAction
    """ What a reviewer may decide on a case. """
    decided_at: datetime.datetime
    """ when """
    decision_id: str
    """ id of the decision """
    final: bool
    """ false for the first of two releases """
    note: str | None
    """ the reviewer's words """
    reason_code: Cause | None
    """ confirmed cause """
    reviewer_id: str
    """ account that decided """
    saw_score: bool
    """ the reviewer saw the score before deciding """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        action: str = self.action

        decided_at = self.decided_at.isoformat()

        decision_id = self.decision_id

        final = self.final

        note: str | None
        note = self.note

        reason_code: str | None
        if isinstance(self.reason_code, str):
            reason_code = self.reason_code
        else:
            reason_code = self.reason_code

        reviewer_id = self.reviewer_id

        saw_score = self.saw_score

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "decided_at": decided_at,
                "decision_id": decision_id,
                "final": final,
                "note": note,
                "reason_code": reason_code,
                "reviewer_id": reviewer_id,
                "saw_score": saw_score,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        action = check_review_action(d.pop("action"))

        decided_at = datetime.datetime.fromisoformat(d.pop("decided_at"))

        decision_id = d.pop("decision_id")

        final = d.pop("final")

        def _parse_note(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        note = _parse_note(d.pop("note"))

        def _parse_reason_code(data: object) -> Cause | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                reason_code_type_0 = check_cause(data)

                return reason_code_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("Cause | None", data)

        reason_code = _parse_reason_code(d.pop("reason_code"))

        reviewer_id = d.pop("reviewer_id")

        saw_score = d.pop("saw_score")

        decision_out = cls(
            action=action,
            decided_at=decided_at,
            decision_id=decision_id,
            final=final,
            note=note,
            reason_code=reason_code,
            reviewer_id=reviewer_id,
            saw_score=saw_score,
        )

        decision_out.additional_properties = d
        return decision_out

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
