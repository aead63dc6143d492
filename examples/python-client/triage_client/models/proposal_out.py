from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.proposal_out_state import ProposalOutState, check_proposal_out_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.backtest_out import BacktestOut
    from ..models.event_out import EventOut


T = TypeVar("T", bound="ProposalOut")


@_attrs_define
class ProposalOut:
    """A proposed set of controls."""

    approved_at: datetime.datetime | None
    """ when they approved """
    approved_by: str | None
    """ the second person """
    base_version: str
    """ set in force when it was proposed """
    proposal_id: str
    """ id of the proposal """
    proposed_at: datetime.datetime
    """ when """
    proposed_by: str
    """ who proposed it """
    reason: str
    """ why it was proposed """
    shadow_since: datetime.datetime | None
    """ since when it looks at live scores """
    state: ProposalOutState
    """ where it is in its life """
    version: str
    """ version of the proposed set """
    backtest: BacktestOut | Unset | None = UNSET
    """ its newest back-test; only for a single proposal """
    events: list[EventOut] | Unset = UNSET
    """ its life so far; only for a single proposal """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.backtest_out import BacktestOut

        approved_at: str | None
        if isinstance(self.approved_at, datetime.datetime):
            approved_at = self.approved_at.isoformat()
        else:
            approved_at = self.approved_at

        approved_by: str | None
        approved_by = self.approved_by

        base_version = self.base_version

        proposal_id = self.proposal_id

        proposed_at = self.proposed_at.isoformat()

        proposed_by = self.proposed_by

        reason = self.reason

        shadow_since: str | None
        if isinstance(self.shadow_since, datetime.datetime):
            shadow_since = self.shadow_since.isoformat()
        else:
            shadow_since = self.shadow_since

        state: str = self.state

        version = self.version

        backtest: dict[str, Any] | Unset | None
        if isinstance(self.backtest, Unset):
            backtest = UNSET
        elif isinstance(self.backtest, BacktestOut):
            backtest = self.backtest.to_dict()
        else:
            backtest = self.backtest

        events: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = []
            for events_item_data in self.events:
                events_item = events_item_data.to_dict()
                events.append(events_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "approved_at": approved_at,
                "approved_by": approved_by,
                "base_version": base_version,
                "proposal_id": proposal_id,
                "proposed_at": proposed_at,
                "proposed_by": proposed_by,
                "reason": reason,
                "shadow_since": shadow_since,
                "state": state,
                "version": version,
            }
        )
        if backtest is not UNSET:
            field_dict["backtest"] = backtest
        if events is not UNSET:
            field_dict["events"] = events

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.backtest_out import BacktestOut
        from ..models.event_out import EventOut

        d = dict(src_dict)

        def _parse_approved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                approved_at_type_0 = datetime.datetime.fromisoformat(data)

                return approved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        approved_at = _parse_approved_at(d.pop("approved_at"))

        def _parse_approved_by(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        approved_by = _parse_approved_by(d.pop("approved_by"))

        base_version = d.pop("base_version")

        proposal_id = d.pop("proposal_id")

        proposed_at = datetime.datetime.fromisoformat(d.pop("proposed_at"))

        proposed_by = d.pop("proposed_by")

        reason = d.pop("reason")

        def _parse_shadow_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                shadow_since_type_0 = datetime.datetime.fromisoformat(data)

                return shadow_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        shadow_since = _parse_shadow_since(d.pop("shadow_since"))

        state = check_proposal_out_state(d.pop("state"))

        version = d.pop("version")

        def _parse_backtest(data: object) -> BacktestOut | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError
                backtest_type_0 = BacktestOut.from_dict(data)

                return backtest_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("BacktestOut | None | Unset", data)

        backtest = _parse_backtest(d.pop("backtest", UNSET))

        _events = d.pop("events", UNSET)
        events: list[EventOut] | Unset = UNSET
        if _events is not UNSET:
            events = []
            for events_item_data in _events:
                events_item = EventOut.from_dict(events_item_data)

                events.append(events_item)

        proposal_out = cls(
            approved_at=approved_at,
            approved_by=approved_by,
            base_version=base_version,
            proposal_id=proposal_id,
            proposed_at=proposed_at,
            proposed_by=proposed_by,
            reason=reason,
            shadow_since=shadow_since,
            state=state,
            version=version,
            backtest=backtest,
            events=events,
        )

        proposal_out.additional_properties = d
        return proposal_out

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
