from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.currency import Currency, check_currency
from ..models.milestone_status import MilestoneStatus, check_milestone_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="InlineMilestone")


@_attrs_define
class InlineMilestone:
    """A deliverable that is billed when the client accepts it."""

    amount: str
    """ amount billed on acceptance """
    client_id: str
    """ id of the client """
    currency: Currency
    """ ISO 4217 alphabetic code """
    milestone_id: str
    """ id of the milestone """
    name: str
    """ name of the deliverable """
    project_id: str
    """ id of the project """
    status: MilestoneStatus
    """ Life of a milestone. """
    accepted_on: datetime.date | Unset | None = UNSET
    """ day of the client's acceptance """
    contract_id: str | Unset | None = UNSET
    """ id of the contract """
    due_on: datetime.date | Unset | None = UNSET
    """ planned day """
    evidence_ref: str | Unset | None = UNSET
    """ reference of the signed acceptance """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        client_id = self.client_id

        currency: str = self.currency

        milestone_id = self.milestone_id

        name = self.name

        project_id = self.project_id

        status: str = self.status

        accepted_on: str | Unset | None
        if isinstance(self.accepted_on, Unset):
            accepted_on = UNSET
        elif isinstance(self.accepted_on, datetime.date):
            accepted_on = self.accepted_on.isoformat()
        else:
            accepted_on = self.accepted_on

        contract_id: str | Unset | None
        if isinstance(self.contract_id, Unset):
            contract_id = UNSET
        else:
            contract_id = self.contract_id

        due_on: str | Unset | None
        if isinstance(self.due_on, Unset):
            due_on = UNSET
        elif isinstance(self.due_on, datetime.date):
            due_on = self.due_on.isoformat()
        else:
            due_on = self.due_on

        evidence_ref: str | Unset | None
        if isinstance(self.evidence_ref, Unset):
            evidence_ref = UNSET
        else:
            evidence_ref = self.evidence_ref

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "client_id": client_id,
                "currency": currency,
                "milestone_id": milestone_id,
                "name": name,
                "project_id": project_id,
                "status": status,
            }
        )
        if accepted_on is not UNSET:
            field_dict["accepted_on"] = accepted_on
        if contract_id is not UNSET:
            field_dict["contract_id"] = contract_id
        if due_on is not UNSET:
            field_dict["due_on"] = due_on
        if evidence_ref is not UNSET:
            field_dict["evidence_ref"] = evidence_ref

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        client_id = d.pop("client_id")

        currency = check_currency(d.pop("currency"))

        milestone_id = d.pop("milestone_id")

        name = d.pop("name")

        project_id = d.pop("project_id")

        status = check_milestone_status(d.pop("status"))

        def _parse_accepted_on(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                accepted_on_type_0 = datetime.date.fromisoformat(data)

                return accepted_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        accepted_on = _parse_accepted_on(d.pop("accepted_on", UNSET))

        def _parse_contract_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        contract_id = _parse_contract_id(d.pop("contract_id", UNSET))

        def _parse_due_on(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                due_on_type_0 = datetime.date.fromisoformat(data)

                return due_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        due_on = _parse_due_on(d.pop("due_on", UNSET))

        def _parse_evidence_ref(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        evidence_ref = _parse_evidence_ref(d.pop("evidence_ref", UNSET))

        inline_milestone = cls(
            amount=amount,
            client_id=client_id,
            currency=currency,
            milestone_id=milestone_id,
            name=name,
            project_id=project_id,
            status=status,
            accepted_on=accepted_on,
            contract_id=contract_id,
            due_on=due_on,
            evidence_ref=evidence_ref,
        )

        return inline_milestone
