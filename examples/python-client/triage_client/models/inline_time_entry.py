from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.currency import Currency, check_currency
from ..models.work_status import WorkStatus, check_work_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="InlineTimeEntry")


@_attrs_define
class InlineTimeEntry:
    """Hours of one person on one project in one week (or day, as the source keeps them)."""

    client_id: str
    """ id of the client """
    hours: str
    """ hours worked """
    project_id: str
    """ id of the project """
    resource_id: str
    """ id of the person """
    status: WorkStatus
    """ Approval state of a timesheet or an expense. """
    time_entry_id: str
    """ id of the timesheet row """
    worked_on: datetime.date
    """ day worked, or first day of the week """
    approver_id: str | Unset | None = UNSET
    """ resource id of the approver """
    bill_rate: str | Unset | None = UNSET
    """ rate the source would bill """
    billable: bool | Unset = True
    """ to be billed """
    currency: Currency | Unset | None = UNSET
    """ currency of the rate """
    role: str | Unset | None = UNSET
    """ role worked in """

    def to_dict(self) -> dict[str, Any]:
        client_id = self.client_id

        hours = self.hours

        project_id = self.project_id

        resource_id = self.resource_id

        status: str = self.status

        time_entry_id = self.time_entry_id

        worked_on = self.worked_on.isoformat()

        approver_id: str | Unset | None
        if isinstance(self.approver_id, Unset):
            approver_id = UNSET
        else:
            approver_id = self.approver_id

        bill_rate: str | Unset | None
        if isinstance(self.bill_rate, Unset):
            bill_rate = UNSET
        else:
            bill_rate = self.bill_rate

        billable = self.billable

        currency: str | Unset | None
        if isinstance(self.currency, Unset):
            currency = UNSET
        elif isinstance(self.currency, str):
            currency = self.currency
        else:
            currency = self.currency

        role: str | Unset | None
        if isinstance(self.role, Unset):
            role = UNSET
        else:
            role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "client_id": client_id,
                "hours": hours,
                "project_id": project_id,
                "resource_id": resource_id,
                "status": status,
                "time_entry_id": time_entry_id,
                "worked_on": worked_on,
            }
        )
        if approver_id is not UNSET:
            field_dict["approver_id"] = approver_id
        if bill_rate is not UNSET:
            field_dict["bill_rate"] = bill_rate
        if billable is not UNSET:
            field_dict["billable"] = billable
        if currency is not UNSET:
            field_dict["currency"] = currency
        if role is not UNSET:
            field_dict["role"] = role

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        client_id = d.pop("client_id")

        hours = d.pop("hours")

        project_id = d.pop("project_id")

        resource_id = d.pop("resource_id")

        status = check_work_status(d.pop("status"))

        time_entry_id = d.pop("time_entry_id")

        worked_on = datetime.date.fromisoformat(d.pop("worked_on"))

        def _parse_approver_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        approver_id = _parse_approver_id(d.pop("approver_id", UNSET))

        def _parse_bill_rate(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        bill_rate = _parse_bill_rate(d.pop("bill_rate", UNSET))

        billable = d.pop("billable", UNSET)

        def _parse_currency(data: object) -> Currency | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                currency_type_0 = check_currency(data)

                return currency_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("Currency | None | Unset", data)

        currency = _parse_currency(d.pop("currency", UNSET))

        def _parse_role(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        role = _parse_role(d.pop("role", UNSET))

        inline_time_entry = cls(
            client_id=client_id,
            hours=hours,
            project_id=project_id,
            resource_id=resource_id,
            status=status,
            time_entry_id=time_entry_id,
            worked_on=worked_on,
            approver_id=approver_id,
            bill_rate=bill_rate,
            billable=billable,
            currency=currency,
            role=role,
        )

        return inline_time_entry
