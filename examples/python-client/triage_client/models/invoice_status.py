from typing import Literal

InvoiceStatus = Literal["approved", "cancelled", "credited", "draft", "issued", "settled", "written_off"]

INVOICE_STATUS_VALUES: set[InvoiceStatus] = {
    "approved",
    "cancelled",
    "credited",
    "draft",
    "issued",
    "settled",
    "written_off",
}


def check_invoice_status(value: str) -> InvoiceStatus:
    if value in INVOICE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {INVOICE_STATUS_VALUES!r}")
