from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.case_state import CaseState, check_case_state
from ..models.currency import Currency, check_currency
from ..models.route import Route, check_route

if TYPE_CHECKING:
    from ..models.case_out_priority_parts import CaseOutPriorityParts


T = TypeVar("T", bound="CaseOut")


@_attrs_define
class CaseOut:
    """A case in the queue."""

    amount: str
    """ net total of the invoice """
    approvals: list[str]
    """ who released it first, when two releases are needed """
    case_id: str
    """ id of the case """
    claimed_by: str | None
    """ account that holds it """
    claimed_by_name: str | None
    """ name of who holds it """
    client_id: str
    """ id of the client """
    closed_at: datetime.datetime | None
    """ when it was decided or cancelled """
    currency: Currency
    """ ISO 4217 alphabetic code """
    due_at: datetime.datetime
    """ when it should be decided """
    escalated: bool
    """ a reviewer asked for a senior """
    fence: int
    """ grows with every claim; actions must send the current one """
    group_amount: str | None
    """ in the group currency; null without an exchange rate """
    group_currency: Currency | None
    """ the firm's own currency; null where it keeps none """
    invoice_id: str
    """ id of the invoice """
    lease_expired: bool
    """ others may take it over """
    lease_expires_at: datetime.datetime | None
    """ until when the claim holds without a heartbeat """
    opened_at: datetime.datetime
    """ when it was opened """
    overdue: bool
    """ it should have been decided already """
    priority: float
    """ expected cash protected by a look now, group currency """
    priority_parts: CaseOutPriorityParts
    """ the terms of the formula """
    project_id: str | None
    """ main project of the invoice """
    route: Route
    """ Where an invoice goes, from the least to the most care. """
    score_id: str
    """ the newest score """
    state: CaseState
    """ Where a case stands. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        approvals = self.approvals

        case_id = self.case_id

        claimed_by: str | None
        claimed_by = self.claimed_by

        claimed_by_name: str | None
        claimed_by_name = self.claimed_by_name

        client_id = self.client_id

        closed_at: str | None
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        currency: str = self.currency

        due_at = self.due_at.isoformat()

        escalated = self.escalated

        fence = self.fence

        group_amount: str | None
        group_amount = self.group_amount

        group_currency: str | None
        if isinstance(self.group_currency, str):
            group_currency = self.group_currency
        else:
            group_currency = self.group_currency

        invoice_id = self.invoice_id

        lease_expired = self.lease_expired

        lease_expires_at: str | None
        if isinstance(self.lease_expires_at, datetime.datetime):
            lease_expires_at = self.lease_expires_at.isoformat()
        else:
            lease_expires_at = self.lease_expires_at

        opened_at = self.opened_at.isoformat()

        overdue = self.overdue

        priority = self.priority

        priority_parts = self.priority_parts.to_dict()

        project_id: str | None
        project_id = self.project_id

        route: str = self.route

        score_id = self.score_id

        state: str = self.state

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "approvals": approvals,
                "case_id": case_id,
                "claimed_by": claimed_by,
                "claimed_by_name": claimed_by_name,
                "client_id": client_id,
                "closed_at": closed_at,
                "currency": currency,
                "due_at": due_at,
                "escalated": escalated,
                "fence": fence,
                "group_amount": group_amount,
                "group_currency": group_currency,
                "invoice_id": invoice_id,
                "lease_expired": lease_expired,
                "lease_expires_at": lease_expires_at,
                "opened_at": opened_at,
                "overdue": overdue,
                "priority": priority,
                "priority_parts": priority_parts,
                "project_id": project_id,
                "route": route,
                "score_id": score_id,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_out_priority_parts import CaseOutPriorityParts

        d = dict(src_dict)
        amount = d.pop("amount")

        approvals = cast("list[str]", d.pop("approvals"))

        case_id = d.pop("case_id")

        def _parse_claimed_by(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        claimed_by = _parse_claimed_by(d.pop("claimed_by"))

        def _parse_claimed_by_name(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        claimed_by_name = _parse_claimed_by_name(d.pop("claimed_by_name"))

        client_id = d.pop("client_id")

        def _parse_closed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        currency = check_currency(d.pop("currency"))

        due_at = datetime.datetime.fromisoformat(d.pop("due_at"))

        escalated = d.pop("escalated")

        fence = d.pop("fence")

        def _parse_group_amount(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        group_amount = _parse_group_amount(d.pop("group_amount"))

        def _parse_group_currency(data: object) -> Currency | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                group_currency_type_0 = check_currency(data)

                return group_currency_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("Currency | None", data)

        group_currency = _parse_group_currency(d.pop("group_currency"))

        invoice_id = d.pop("invoice_id")

        lease_expired = d.pop("lease_expired")

        def _parse_lease_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                lease_expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return lease_expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        lease_expires_at = _parse_lease_expires_at(d.pop("lease_expires_at"))

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        overdue = d.pop("overdue")

        priority = d.pop("priority")

        priority_parts = CaseOutPriorityParts.from_dict(d.pop("priority_parts"))

        def _parse_project_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        project_id = _parse_project_id(d.pop("project_id"))

        route = check_route(d.pop("route"))

        score_id = d.pop("score_id")

        state = check_case_state(d.pop("state"))

        case_out = cls(
            amount=amount,
            approvals=approvals,
            case_id=case_id,
            claimed_by=claimed_by,
            claimed_by_name=claimed_by_name,
            client_id=client_id,
            closed_at=closed_at,
            currency=currency,
            due_at=due_at,
            escalated=escalated,
            fence=fence,
            group_amount=group_amount,
            group_currency=group_currency,
            invoice_id=invoice_id,
            lease_expired=lease_expired,
            lease_expires_at=lease_expires_at,
            opened_at=opened_at,
            overdue=overdue,
            priority=priority,
            priority_parts=priority_parts,
            project_id=project_id,
            route=route,
            score_id=score_id,
            state=state,
        )

        case_out.additional_properties = d
        return case_out

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
