from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.billing_method import BillingMethod, check_billing_method
from ..models.currency import Currency, check_currency
from ..models.invoice_status import InvoiceStatus, check_invoice_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="InlineInvoice")


@_attrs_define
class InlineInvoice:
    """An invoice; each step of its life (draft, approved, issued, settled …) is a new version."""

    amount: str
    """ net total """
    client_id: str
    """ id of the client """
    currency: Currency
    """ ISO 4217 alphabetic code """
    invoice_date: datetime.date
    """ date printed on the invoice """
    invoice_id: str
    """ id of the invoice """
    status: InvoiceStatus
    """ Life of an invoice. """
    billable_on: datetime.date | Unset | None = UNSET
    """ day the work became billable: the release clock's start """
    billing_method: BillingMethod | Unset | None = UNSET
    """ how the work is billed """
    contract_id: str | Unset | None = UNSET
    """ id of the contract """
    delivery_channel: str | Unset | None = UNSET
    """ paper, electronic, portal """
    description: str | Unset | None = UNSET
    """ free text on the invoice """
    due_date: datetime.date | Unset | None = UNSET
    """ day payment is due """
    intercompany: bool | Unset = False
    """ the client is one of our own companies """
    invoice_number: str | Unset | None = UNSET
    """ number printed on it """
    issued_on: datetime.date | Unset | None = UNSET
    """ day it was sent; empty before """
    legal_entity_id: str | Unset | None = UNSET
    """ our company that issues it """
    owner_id: str | Unset | None = UNSET
    """ resource id of who answers for it """
    payment_terms_days: int | Unset | None = UNSET
    """ days from invoice date to due date """
    period_end: datetime.date | Unset | None = UNSET
    """ last day of the billed period """
    period_start: datetime.date | Unset | None = UNSET
    """ first day of the billed period """
    po_number: str | Unset | None = UNSET
    """ purchase order on the invoice """
    prepared_by: str | Unset | None = UNSET
    """ resource id of the preparer """
    project_id: str | Unset | None = UNSET
    """ main project """
    settled_on: datetime.date | Unset | None = UNSET
    """ day it was fully paid; empty before """
    tax_amount: str | Unset | None = UNSET
    """ tax """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        client_id = self.client_id

        currency: str = self.currency

        invoice_date = self.invoice_date.isoformat()

        invoice_id = self.invoice_id

        status: str = self.status

        billable_on: str | Unset | None
        if isinstance(self.billable_on, Unset):
            billable_on = UNSET
        elif isinstance(self.billable_on, datetime.date):
            billable_on = self.billable_on.isoformat()
        else:
            billable_on = self.billable_on

        billing_method: str | Unset | None
        if isinstance(self.billing_method, Unset):
            billing_method = UNSET
        elif isinstance(self.billing_method, str):
            billing_method = self.billing_method
        else:
            billing_method = self.billing_method

        contract_id: str | Unset | None
        if isinstance(self.contract_id, Unset):
            contract_id = UNSET
        else:
            contract_id = self.contract_id

        delivery_channel: str | Unset | None
        if isinstance(self.delivery_channel, Unset):
            delivery_channel = UNSET
        else:
            delivery_channel = self.delivery_channel

        description: str | Unset | None
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        due_date: str | Unset | None
        if isinstance(self.due_date, Unset):
            due_date = UNSET
        elif isinstance(self.due_date, datetime.date):
            due_date = self.due_date.isoformat()
        else:
            due_date = self.due_date

        intercompany = self.intercompany

        invoice_number: str | Unset | None
        if isinstance(self.invoice_number, Unset):
            invoice_number = UNSET
        else:
            invoice_number = self.invoice_number

        issued_on: str | Unset | None
        if isinstance(self.issued_on, Unset):
            issued_on = UNSET
        elif isinstance(self.issued_on, datetime.date):
            issued_on = self.issued_on.isoformat()
        else:
            issued_on = self.issued_on

        legal_entity_id: str | Unset | None
        if isinstance(self.legal_entity_id, Unset):
            legal_entity_id = UNSET
        else:
            legal_entity_id = self.legal_entity_id

        owner_id: str | Unset | None
        if isinstance(self.owner_id, Unset):
            owner_id = UNSET
        else:
            owner_id = self.owner_id

        payment_terms_days: int | Unset | None
        if isinstance(self.payment_terms_days, Unset):
            payment_terms_days = UNSET
        else:
            payment_terms_days = self.payment_terms_days

        period_end: str | Unset | None
        if isinstance(self.period_end, Unset):
            period_end = UNSET
        elif isinstance(self.period_end, datetime.date):
            period_end = self.period_end.isoformat()
        else:
            period_end = self.period_end

        period_start: str | Unset | None
        if isinstance(self.period_start, Unset):
            period_start = UNSET
        elif isinstance(self.period_start, datetime.date):
            period_start = self.period_start.isoformat()
        else:
            period_start = self.period_start

        po_number: str | Unset | None
        if isinstance(self.po_number, Unset):
            po_number = UNSET
        else:
            po_number = self.po_number

        prepared_by: str | Unset | None
        if isinstance(self.prepared_by, Unset):
            prepared_by = UNSET
        else:
            prepared_by = self.prepared_by

        project_id: str | Unset | None
        if isinstance(self.project_id, Unset):
            project_id = UNSET
        else:
            project_id = self.project_id

        settled_on: str | Unset | None
        if isinstance(self.settled_on, Unset):
            settled_on = UNSET
        elif isinstance(self.settled_on, datetime.date):
            settled_on = self.settled_on.isoformat()
        else:
            settled_on = self.settled_on

        tax_amount: str | Unset | None
        if isinstance(self.tax_amount, Unset):
            tax_amount = UNSET
        else:
            tax_amount = self.tax_amount

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "client_id": client_id,
                "currency": currency,
                "invoice_date": invoice_date,
                "invoice_id": invoice_id,
                "status": status,
            }
        )
        if billable_on is not UNSET:
            field_dict["billable_on"] = billable_on
        if billing_method is not UNSET:
            field_dict["billing_method"] = billing_method
        if contract_id is not UNSET:
            field_dict["contract_id"] = contract_id
        if delivery_channel is not UNSET:
            field_dict["delivery_channel"] = delivery_channel
        if description is not UNSET:
            field_dict["description"] = description
        if due_date is not UNSET:
            field_dict["due_date"] = due_date
        if intercompany is not UNSET:
            field_dict["intercompany"] = intercompany
        if invoice_number is not UNSET:
            field_dict["invoice_number"] = invoice_number
        if issued_on is not UNSET:
            field_dict["issued_on"] = issued_on
        if legal_entity_id is not UNSET:
            field_dict["legal_entity_id"] = legal_entity_id
        if owner_id is not UNSET:
            field_dict["owner_id"] = owner_id
        if payment_terms_days is not UNSET:
            field_dict["payment_terms_days"] = payment_terms_days
        if period_end is not UNSET:
            field_dict["period_end"] = period_end
        if period_start is not UNSET:
            field_dict["period_start"] = period_start
        if po_number is not UNSET:
            field_dict["po_number"] = po_number
        if prepared_by is not UNSET:
            field_dict["prepared_by"] = prepared_by
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if settled_on is not UNSET:
            field_dict["settled_on"] = settled_on
        if tax_amount is not UNSET:
            field_dict["tax_amount"] = tax_amount

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        client_id = d.pop("client_id")

        currency = check_currency(d.pop("currency"))

        invoice_date = datetime.date.fromisoformat(d.pop("invoice_date"))

        invoice_id = d.pop("invoice_id")

        status = check_invoice_status(d.pop("status"))

        def _parse_billable_on(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                billable_on_type_0 = datetime.date.fromisoformat(data)

                return billable_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        billable_on = _parse_billable_on(d.pop("billable_on", UNSET))

        def _parse_billing_method(data: object) -> BillingMethod | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                billing_method_type_0 = check_billing_method(data)

                return billing_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("BillingMethod | None | Unset", data)

        billing_method = _parse_billing_method(d.pop("billing_method", UNSET))

        def _parse_contract_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        contract_id = _parse_contract_id(d.pop("contract_id", UNSET))

        def _parse_delivery_channel(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        delivery_channel = _parse_delivery_channel(d.pop("delivery_channel", UNSET))

        def _parse_description(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_due_date(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                due_date_type_0 = datetime.date.fromisoformat(data)

                return due_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        due_date = _parse_due_date(d.pop("due_date", UNSET))

        intercompany = d.pop("intercompany", UNSET)

        def _parse_invoice_number(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        invoice_number = _parse_invoice_number(d.pop("invoice_number", UNSET))

        def _parse_issued_on(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                issued_on_type_0 = datetime.date.fromisoformat(data)

                return issued_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        issued_on = _parse_issued_on(d.pop("issued_on", UNSET))

        def _parse_legal_entity_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        legal_entity_id = _parse_legal_entity_id(d.pop("legal_entity_id", UNSET))

        def _parse_owner_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        owner_id = _parse_owner_id(d.pop("owner_id", UNSET))

        def _parse_payment_terms_days(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("int | None | Unset", data)

        payment_terms_days = _parse_payment_terms_days(d.pop("payment_terms_days", UNSET))

        def _parse_period_end(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                period_end_type_0 = datetime.date.fromisoformat(data)

                return period_end_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        period_end = _parse_period_end(d.pop("period_end", UNSET))

        def _parse_period_start(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                period_start_type_0 = datetime.date.fromisoformat(data)

                return period_start_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        period_start = _parse_period_start(d.pop("period_start", UNSET))

        def _parse_po_number(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        po_number = _parse_po_number(d.pop("po_number", UNSET))

        def _parse_prepared_by(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        prepared_by = _parse_prepared_by(d.pop("prepared_by", UNSET))

        def _parse_project_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        project_id = _parse_project_id(d.pop("project_id", UNSET))

        def _parse_settled_on(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                settled_on_type_0 = datetime.date.fromisoformat(data)

                return settled_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        settled_on = _parse_settled_on(d.pop("settled_on", UNSET))

        def _parse_tax_amount(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        tax_amount = _parse_tax_amount(d.pop("tax_amount", UNSET))

        inline_invoice = cls(
            amount=amount,
            client_id=client_id,
            currency=currency,
            invoice_date=invoice_date,
            invoice_id=invoice_id,
            status=status,
            billable_on=billable_on,
            billing_method=billing_method,
            contract_id=contract_id,
            delivery_channel=delivery_channel,
            description=description,
            due_date=due_date,
            intercompany=intercompany,
            invoice_number=invoice_number,
            issued_on=issued_on,
            legal_entity_id=legal_entity_id,
            owner_id=owner_id,
            payment_terms_days=payment_terms_days,
            period_end=period_end,
            period_start=period_start,
            po_number=po_number,
            prepared_by=prepared_by,
            project_id=project_id,
            settled_on=settled_on,
            tax_amount=tax_amount,
        )

        return inline_invoice
