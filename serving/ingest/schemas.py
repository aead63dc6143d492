"""Sent records and what became of them, as published."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue

from ledger.quarantine import raw_cells
from ledger.records.base import Says
from serving.contract.strict import Sent
from serving.contract.types import Published
from serving.ingest.service import Fate, Result

MOST_RECORDS = 1_000
EXAMPLE_RECORD: dict[str, JsonValue] = {
    "kind": "payment", "source": "netsuite", "source_id": "8812", "version": "1", "event_at": "2026-02-09T08:00:00Z",
    "payment_id": "PAY-8812", "invoice_id": "INV-2041", "client_id": "C-17", "amount": "1800.00", "currency": "EUR",
    "paid_on": "2026-02-09",
}  # fmt: skip
EXAMPLE_RESULT: dict[str, JsonValue] = {
    "index": 0, "status": "accepted", "record_id": "88120", "quarantine_id": None, "pointer": None, "reason": None,
}  # fmt: skip
EXAMPLE_REFUSED: dict[str, JsonValue] = {
    "index": 1, "status": "quarantined", "record_id": None, "quarantine_id": "17", "pointer": "/records/1/currency",
    "reason": "Value error, unknown ISO 4217 currency 'XXQ'",
}  # fmt: skip
EXAMPLE_ROW: dict[str, JsonValue] = {
    "quarantine_id": "17", "origin": "api:4f2a90c1d3e5", "row_number": None, "kind": "payment", "pointer": "/currency",
    "reason": "Value error, unknown ISO 4217 currency 'XXQ'", "raw": EXAMPLE_RECORD | {"currency": "XXQ"},
    "quarantined_at": "2026-02-10T12:00:00Z",
}  # fmt: skip

# Any object is taken, because one bad record must not fail the others: what fits no kind goes to quarantine.
# What fits one is published beside it, for people and for tools that build requests.
SentRecord = Annotated[
    dict[str, JsonValue],
    Says(
        **{
            "x-documented-as": {"$ref": "#/components/schemas/LedgerRecord"},
            "description": "a LedgerRecord; others are kept aside",
        }
    ),
]


class RecordsRequest(Sent):
    """Records of any kinds: objects with ``kind``, the envelope, and the columns of docs/data-dictionary.md."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"records": [EXAMPLE_RECORD]}]})

    records: list[SentRecord] = Field(
        min_length=1, max_length=MOST_RECORDS, description="the records; the order does not matter"
    )


class RecordResult(Published):
    """What became of one record."""

    index: int = Field(description="its place in the request, or its line, from 0")
    status: Fate = Field(description="what became of it")
    record_id: str | None = Field(description="the ledger's version under this key; of a conflict, the one that stays")
    quarantine_id: str | None = Field(description="where the refused row is kept")
    pointer: str | None = Field(description="JSON pointer to what was refused")
    reason: str | None = Field(description="why it was refused")


class RecordsResponse(Published):
    """What became of the records."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accepted": 1,
                    "duplicates": 0,
                    "conflicts": 0,
                    "quarantined": 1,
                    "results": [EXAMPLE_RESULT, EXAMPLE_REFUSED],
                }
            ]
        }
    )

    accepted: int = Field(description="records that are in the ledger now and were not before")
    duplicates: int = Field(description="records that were there already, with the same content")
    conflicts: int = Field(description="records whose key is taken by other content")
    quarantined: int = Field(description="rows that are no records")
    results: list[RecordResult] = Field(
        description="one per record, in order; of a stream, the first 1,000 that were not accepted"
    )


class QuarantinedOut(Published):
    """A row that waits for repair."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROW]})

    quarantine_id: str = Field(description="id of the row in quarantine")
    origin: str = Field(description="mapping and file of an import, or api and who sent it")
    row_number: int | None = Field(description="row in the file")
    kind: str | None = Field(description="kind of record, where it is known")
    pointer: str | None = Field(description="the column or field at fault")
    reason: str = Field(description="why it was refused")
    raw: dict[str, JsonValue] = Field(description="the row as it came")
    quarantined_at: datetime = Field(description="when it came")


class QuarantinePageOut(Published):
    """A page of the quarantine."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [EXAMPLE_ROW], "next_cursor": None}]})

    rows: list[QuarantinedOut] = Field(description="unresolved rows, oldest first")
    next_cursor: str | None = Field(description="send it as ?cursor= for the next page; null at the end")


class RepairRequest(Sent):
    """Corrections of a row in quarantine."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"repairs": {"currency": "EUR"}}]})

    repairs: dict[str, JsonValue] = Field(default={}, description="field → corrected value; others stay as they came")


def result_out(index: int, result: Result, *, below: str) -> RecordResult:
    """The published form of a result; ``below`` is the pointer to its record."""
    refusal = result.refusal
    return RecordResult(
        index=index,
        status=result.fate,
        record_id=None if result.record_id is None else str(result.record_id),
        quarantine_id=None if result.quarantine_id is None else str(result.quarantine_id),
        pointer=None if refusal is None else f"{below}{refusal.pointer}",
        reason=None if refusal is None else refusal.reason,
    )


def quarantined_out(row: Any) -> QuarantinedOut:
    """The published form of a row in quarantine."""
    return QuarantinedOut(
        quarantine_id=str(row.quarantine_id),
        origin=row.origin,
        row_number=row.row_number,
        kind=row.kind,
        pointer=row.field,
        reason=row.reason,
        raw={name: _shown(cell) for name, cell in raw_cells(row.raw).items()},
        quarantined_at=row.quarantined_at,
    )


def _shown(cell: Any) -> Any:
    """A cell as JSON; what JSON has no type for is shown as text."""
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode("utf-8")
    return cell if cell is None or isinstance(cell, bool | int | list | dict) else str(cell)
