"""A small mapping and small files for the import tests."""

from pathlib import Path
from typing import Any

from ledger.imports.mapping import Mapping

HEADER = "number,client,day,entered,amount,currency,paper,paid"
DAY = {"column": "day", "parse": "date", "format": "%d/%m/%Y"}
STARTED = {**DAY, "at": "start_of_day"}
ENTERED = {"column": "entered", "parse": "datetime", "format": "%d/%m/%Y %H:%M"}

INVOICE: dict[str, Any] = {
    "kind": "invoice",
    "source_id": {"column": "number"},
    "version": {"value": "issued"},
    "event_at": STARTED,
    "known_at": {"latest_of": [STARTED, ENTERED]},
    "fields": {
        "invoice_id": {"column": "number"},
        "client_id": {"column": "client"},
        "status": {"value": "issued"},
        "currency": {"column": "currency"},
        "amount": {"column": "amount", "parse": "decimal"},
        "invoice_date": DAY,
        "delivery_channel": {"column": "paper", "parse": "map", "values": {"P": "paper", "E": "electronic"}},
    },
}
PAYMENT: dict[str, Any] = {
    "kind": "payment",
    "when": {"column": "paid", "not_among": [""]},
    "source_id": {"template": "{client}/{number}"},
    "event_at": {"column": "paid", "parse": "date", "format": "%d/%m/%Y", "at": "end_of_day"},
    "known_at": {"column": "paid", "parse": "date", "format": "%d/%m/%Y", "at": "end_of_day"},
    "fields": {
        "payment_id": {"template": "{client}/{number}"},
        "invoice_id": {"column": "number"},
        "client_id": {"column": "client"},
        "amount": {"column": "amount", "parse": "decimal"},
        "currency": {"column": "currency"},
        "paid_on": {"column": "paid", "parse": "date", "format": "%d/%m/%Y"},
    },
}
GOOD = "0007,ACME,01/02/2024,01/02/2024 09:30,12.50,EUR,P,"
PAID = "0008,ACME,02/02/2024,03/02/2024 10:00,99,EUR,E,20/02/2024"


def mapping(*records: dict[str, Any], **changes: Any) -> Mapping:
    """The invoice and payment mapping of this file's CSV, or other records under the same head."""
    head = {"name": "shop", "source": "shop", "time_zone": "Europe/London"}
    return Mapping.model_validate({**head, "records": records or (INVOICE, PAYMENT), **changes})


def invoice_with(**fields: Any) -> dict[str, Any]:
    """The invoice record with other expressions for some fields."""
    return {**INVOICE, "fields": {**INVOICE["fields"], **fields}}


def csv_file(folder: Path, *lines: str, header: str = HEADER, name: str = "shop.csv") -> Path:
    """A CSV file with these lines below the header."""
    path = folder / name
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path
