from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.currency import Currency, check_currency
from ..models.work_status import WorkStatus, check_work_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="InlineExpense")


@_attrs_define
class InlineExpense:
    """Money spent for a project."""

    amount: str
    """ amount """
    client_id: str
    """ id of the client """
    currency: Currency
    """ ISO 4217 alphabetic code """
    expense_id: str
    """ id of the expense """
    incurred_on: datetime.date
    """ day spent """
    project_id: str
    """ id of the project """
    status: WorkStatus
    """ Approval state of a timesheet or an expense. """
    billable: bool | Unset = True
    """ to be billed """
    category: str | Unset | None = UNSET
    """ travel, lodging, licence … """
    receipt_attached: bool | Unset = False
    """ a receipt is on file """
    resource_id: str | Unset | None = UNSET
    """ who spent it """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        client_id = self.client_id

        currency: str = self.currency

        expense_id = self.expense_id

        incurred_on = self.incurred_on.isoformat()

        project_id = self.project_id

        status: str = self.status

        billable = self.billable

        category: str | Unset | None
        if isinstance(self.category, Unset):
            category = UNSET
        else:
            category = self.category

        receipt_attached = self.receipt_attached

        resource_id: str | Unset | None
        if isinstance(self.resource_id, Unset):
            resource_id = UNSET
        else:
            resource_id = self.resource_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "client_id": client_id,
                "currency": currency,
                "expense_id": expense_id,
                "incurred_on": incurred_on,
                "project_id": project_id,
                "status": status,
            }
        )
        if billable is not UNSET:
            field_dict["billable"] = billable
        if category is not UNSET:
            field_dict["category"] = category
        if receipt_attached is not UNSET:
            field_dict["receipt_attached"] = receipt_attached
        if resource_id is not UNSET:
            field_dict["resource_id"] = resource_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        client_id = d.pop("client_id")

        currency = check_currency(d.pop("currency"))

        expense_id = d.pop("expense_id")

        incurred_on = datetime.date.fromisoformat(d.pop("incurred_on"))

        project_id = d.pop("project_id")

        status = check_work_status(d.pop("status"))

        billable = d.pop("billable", UNSET)

        def _parse_category(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        category = _parse_category(d.pop("category", UNSET))

        receipt_attached = d.pop("receipt_attached", UNSET)

        def _parse_resource_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        resource_id = _parse_resource_id(d.pop("resource_id", UNSET))

        inline_expense = cls(
            amount=amount,
            client_id=client_id,
            currency=currency,
            expense_id=expense_id,
            incurred_on=incurred_on,
            project_id=project_id,
            status=status,
            billable=billable,
            category=category,
            receipt_attached=receipt_attached,
            resource_id=resource_id,
        )

        return inline_expense
