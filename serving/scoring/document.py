"""An invoice that is sent along instead of being in the ledger: the canonical records' columns, as JSON."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model, model_validator

from ledger.records import Expense, Invoice, InvoiceLine, Milestone, Note, Record, TimeEntry
from ledger.records.billing import LineKind
from serving.contract.wire import wire_annotation, wire_validators

MOST_ROWS = 2000
INLINE_SOURCE = "inline"
EXAMPLE_DOCUMENT: dict[str, JsonValue] = {
    "invoice": {
        "invoice_id": "INV-2050", "client_id": "C-17", "contract_id": "K-3", "project_id": "P-9",
        "billing_method": "time_and_materials", "status": "draft", "currency": "EUR", "amount": "1800.00",
        "invoice_date": "2026-01-31", "due_date": "2026-03-02", "po_number": "4500",
    },
    "lines": [{
        "line_id": "INV-2050-1", "invoice_id": "INV-2050", "line_number": 1, "client_id": "C-17", "project_id": "P-9",
        "role": "senior", "line_kind": "time", "quantity": "10", "unit": "hour", "unit_rate": "180.00",
        "amount": "1800.00", "currency": "EUR",
    }],
}  # fmt: skip


def payload_schema(record: type[Record]) -> Any:
    """A schema of a record's own columns, with the record's types, checks and meanings, without the envelope."""
    fields: dict[str, Any] = {}
    for name in record.payload_columns():
        field = record.model_fields[name]
        fields[name] = (wire_annotation(field), field)
    config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    checks = wire_validators(record)
    return create_model(
        f"Inline{record.__name__}", __config__=config, __doc__=record.__doc__, __validators__=checks, **fields
    )


if TYPE_CHECKING:
    # Classes made at run time have no static type; a checker sees what they inherit from.
    InlineInvoice: TypeAlias = BaseModel
    InlineLine: TypeAlias = BaseModel
    InlineNote: TypeAlias = BaseModel
    InlineTimeEntry: TypeAlias = BaseModel
    InlineExpense: TypeAlias = BaseModel
    InlineMilestone: TypeAlias = BaseModel
else:
    InlineInvoice = payload_schema(Invoice)
    InlineLine = payload_schema(InvoiceLine)
    InlineNote = payload_schema(Note)
    InlineTimeEntry = payload_schema(TimeEntry)
    InlineExpense = payload_schema(Expense)
    InlineMilestone = payload_schema(Milestone)


class InlineDocument(BaseModel):
    """An invoice with its lines, and records that belong to it and are not in the ledger yet."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE_DOCUMENT]})

    invoice: InlineInvoice = Field(description="the header")
    lines: list[InlineLine] = Field(default=[], max_length=MOST_ROWS, description="its lines")
    notes: list[InlineNote] = Field(default=[], max_length=MOST_ROWS, description="notes about it")
    time_entries: list[InlineTimeEntry] = Field(default=[], max_length=MOST_ROWS, description="timesheets")
    expenses: list[InlineExpense] = Field(default=[], max_length=MOST_ROWS, description="expenses")
    milestones: list[InlineMilestone] = Field(default=[], max_length=MOST_ROWS, description="milestones")

    @model_validator(mode="after")
    def _hangs_together(self) -> "InlineDocument":
        header: Any = self.invoice
        for place, line in enumerate(self.lines):
            _check_line(header, line, place)
        _check_ids(self)
        return self


def _check_line(header: Any, line: Any, place: int) -> None:
    if line.invoice_id != header.invoice_id:
        raise ValueError(f"lines/{place}/invoice_id is not the header's invoice_id")
    if line.client_id != header.client_id:
        raise ValueError(f"lines/{place}/client_id is not the header's client_id")
    if line.line_kind is LineKind.TIME and line.quantity < 0 and header.amount >= 0:
        raise ValueError(f"lines/{place}/quantity: hours cannot be negative; give money back by an adjustment line")


def _check_ids(document: "InlineDocument") -> None:
    """Two rows under one id would be two versions of one record, of which only the last would count."""
    for name, record in PARTS:
        seen: dict[str, int] = {}
        for place, row in enumerate(getattr(document, name)):
            first = seen.setdefault(getattr(row, record.identity), place)
            if first != place:
                raise ValueError(f"{name}/{place}/{record.identity} is the same as {name}/{first}/{record.identity}")


# The parts of a document besides its header, and the records that their rows are.
PARTS: tuple[tuple[str, type[Record]], ...] = (
    ("lines", InvoiceLine),
    ("notes", Note),
    ("time_entries", TimeEntry),
    ("expenses", Expense),
    ("milestones", Milestone),
)


def records_of(document: InlineDocument, as_of: datetime) -> list[Record]:
    """The document as records that became known just before ``as_of``: whoever sends them knows them."""
    rows: list[tuple[type[Record], Any]] = [(Invoice, document.invoice)]
    for name, record in PARTS:
        rows.extend((record, row) for row in getattr(document, name))
    return [_record(record, row, as_of - timedelta(microseconds=1)) for record, row in rows]


def _record(record: type[Record], row: Any, moment: datetime) -> Record:
    values = {name: getattr(row, name) for name in record.payload_columns()}
    identity = str(values[record.identity])
    return record(
        source=INLINE_SOURCE, source_id=identity, version=moment.isoformat(), event_at=moment, known_at=moment, **values
    )
