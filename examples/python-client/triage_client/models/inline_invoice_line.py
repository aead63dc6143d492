from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.currency import Currency, check_currency
from ..models.line_kind import LineKind, check_line_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="InlineInvoiceLine")


@_attrs_define
class InlineInvoiceLine:
    """One line of an invoice."""

    amount: str
    """ quantity x unit rate, as the source rounded it """
    client_id: str
    """ id of the client """
    currency: Currency
    """ ISO 4217 alphabetic code """
    invoice_id: str
    """ id of the invoice """
    line_id: str
    """ id of the line """
    line_kind: LineKind
    """ What an invoice line bills. """
    line_number: int
    """ position on the invoice """
    quantity: str
    """ quantity """
    unit_rate: str
    """ price of a unit """
    change_order_id: str | Unset | None = UNSET
    """ change order billed """
    description: str | Unset | None = UNSET
    """ text of the line """
    expense_id: str | Unset | None = UNSET
    """ expense billed """
    milestone_id: str | Unset | None = UNSET
    """ milestone billed """
    project_id: str | Unset | None = UNSET
    """ project billed """
    resource_id: str | Unset | None = UNSET
    """ person billed """
    role: str | Unset | None = UNSET
    """ role billed """
    tax_code: str | Unset | None = UNSET
    """ tax treatment """
    unit: str | Unset | None = UNSET
    """ hour, day, piece """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        client_id = self.client_id

        currency: str = self.currency

        invoice_id = self.invoice_id

        line_id = self.line_id

        line_kind: str = self.line_kind

        line_number = self.line_number

        quantity = self.quantity

        unit_rate = self.unit_rate

        change_order_id: str | Unset | None
        if isinstance(self.change_order_id, Unset):
            change_order_id = UNSET
        else:
            change_order_id = self.change_order_id

        description: str | Unset | None
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        expense_id: str | Unset | None
        if isinstance(self.expense_id, Unset):
            expense_id = UNSET
        else:
            expense_id = self.expense_id

        milestone_id: str | Unset | None
        if isinstance(self.milestone_id, Unset):
            milestone_id = UNSET
        else:
            milestone_id = self.milestone_id

        project_id: str | Unset | None
        if isinstance(self.project_id, Unset):
            project_id = UNSET
        else:
            project_id = self.project_id

        resource_id: str | Unset | None
        if isinstance(self.resource_id, Unset):
            resource_id = UNSET
        else:
            resource_id = self.resource_id

        role: str | Unset | None
        if isinstance(self.role, Unset):
            role = UNSET
        else:
            role = self.role

        tax_code: str | Unset | None
        if isinstance(self.tax_code, Unset):
            tax_code = UNSET
        else:
            tax_code = self.tax_code

        unit: str | Unset | None
        if isinstance(self.unit, Unset):
            unit = UNSET
        else:
            unit = self.unit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "client_id": client_id,
                "currency": currency,
                "invoice_id": invoice_id,
                "line_id": line_id,
                "line_kind": line_kind,
                "line_number": line_number,
                "quantity": quantity,
                "unit_rate": unit_rate,
            }
        )
        if change_order_id is not UNSET:
            field_dict["change_order_id"] = change_order_id
        if description is not UNSET:
            field_dict["description"] = description
        if expense_id is not UNSET:
            field_dict["expense_id"] = expense_id
        if milestone_id is not UNSET:
            field_dict["milestone_id"] = milestone_id
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if resource_id is not UNSET:
            field_dict["resource_id"] = resource_id
        if role is not UNSET:
            field_dict["role"] = role
        if tax_code is not UNSET:
            field_dict["tax_code"] = tax_code
        if unit is not UNSET:
            field_dict["unit"] = unit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        client_id = d.pop("client_id")

        currency = check_currency(d.pop("currency"))

        invoice_id = d.pop("invoice_id")

        line_id = d.pop("line_id")

        line_kind = check_line_kind(d.pop("line_kind"))

        line_number = d.pop("line_number")

        quantity = d.pop("quantity")

        unit_rate = d.pop("unit_rate")

        def _parse_change_order_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        change_order_id = _parse_change_order_id(d.pop("change_order_id", UNSET))

        def _parse_description(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_expense_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        expense_id = _parse_expense_id(d.pop("expense_id", UNSET))

        def _parse_milestone_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        milestone_id = _parse_milestone_id(d.pop("milestone_id", UNSET))

        def _parse_project_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        project_id = _parse_project_id(d.pop("project_id", UNSET))

        def _parse_resource_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        resource_id = _parse_resource_id(d.pop("resource_id", UNSET))

        def _parse_role(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        role = _parse_role(d.pop("role", UNSET))

        def _parse_tax_code(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        tax_code = _parse_tax_code(d.pop("tax_code", UNSET))

        def _parse_unit(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        unit = _parse_unit(d.pop("unit", UNSET))

        inline_invoice_line = cls(
            amount=amount,
            client_id=client_id,
            currency=currency,
            invoice_id=invoice_id,
            line_id=line_id,
            line_kind=line_kind,
            line_number=line_number,
            quantity=quantity,
            unit_rate=unit_rate,
            change_order_id=change_order_id,
            description=description,
            expense_id=expense_id,
            milestone_id=milestone_id,
            project_id=project_id,
            resource_id=resource_id,
            role=role,
            tax_code=tax_code,
            unit=unit,
        )

        return inline_invoice_line
