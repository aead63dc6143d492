from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.case_event_out import CaseEventOut
    from ..models.case_out import CaseOut
    from ..models.decision_out import DecisionOut
    from ..models.score_response import ScoreResponse


T = TypeVar("T", bound="CaseDetailOut")


@_attrs_define
class CaseDetailOut:
    """A case with its score and its story."""

    barred: str | None
    """ why the caller may not decide it; null when they may """
    case: CaseOut
    """ A case in the queue. """
    decisions: list[DecisionOut]
    """ every decision on it, oldest first """
    events: list[CaseEventOut]
    """ everything that happened to it, oldest first """
    score: ScoreResponse
    """ A score as it was stored. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        barred: str | None
        barred = self.barred

        case = self.case.to_dict()

        decisions = []
        for decisions_item_data in self.decisions:
            decisions_item = decisions_item_data.to_dict()
            decisions.append(decisions_item)

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        score = self.score.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "barred": barred,
                "case": case,
                "decisions": decisions,
                "events": events,
                "score": score,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_event_out import CaseEventOut
        from ..models.case_out import CaseOut
        from ..models.decision_out import DecisionOut
        from ..models.score_response import ScoreResponse

        d = dict(src_dict)

        def _parse_barred(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        barred = _parse_barred(d.pop("barred"))

        case = CaseOut.from_dict(d.pop("case"))

        decisions = []
        _decisions = d.pop("decisions")
        for decisions_item_data in _decisions:
            decisions_item = DecisionOut.from_dict(decisions_item_data)

            decisions.append(decisions_item)

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = CaseEventOut.from_dict(events_item_data)

            events.append(events_item)

        score = ScoreResponse.from_dict(d.pop("score"))

        case_detail_out = cls(
            barred=barred,
            case=case,
            decisions=decisions,
            events=events,
            score=score,
        )

        case_detail_out.additional_properties = d
        return case_detail_out

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
