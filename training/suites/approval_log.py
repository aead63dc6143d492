"""A public log of approvals (requests for payment, one row per event) told as canonical records."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow.csv as pa_csv

from ledger.records import Approval, Client, Dispute, Invoice, Record

SOURCE = "requests-for-payment"
SUBMITTED, REJECTED, APPROVED, PAID = "SUBMITTED", "REJECTED", "APPROVED", "Payment Handled"
# What the study may know of a request when it is submitted. The log's project, number and variant columns are filled in
# afterwards (an UNKNOWN there tells of a rejection), so that none of them is read.
CASE, AMOUNT, UNIT = "case:concept:name", "(case)_RequestedAmount", "(case)_OrganizationalEntity"
WHAT, WHEN, WHO = "concept:name", "time:timestamp", "org:role"
COLUMNS = (CASE, AMOUNT, UNIT, WHAT, WHEN, WHO)

Event = Mapping[str, str]


def read_log(path: Path) -> list[Record]:
    """The log's records: one client per unit, one invoice per request, what was decided on it and when it was paid.

    A request is known when it was first submitted; the answers of approvers, each from the moment it was given; a
    rejection is an objection to the request. Requests that were never submitted are left out.
    """
    options = pa_csv.ConvertOptions(include_columns=list(COLUMNS), column_types=dict.fromkeys(COLUMNS, "string"))
    rows = pa_csv.read_csv(path, convert_options=options).to_pylist()
    cases: dict[str, list[Event]] = {}
    for row in sorted(rows, key=lambda row: _moment(row)):
        cases.setdefault(row[CASE], []).append(row)
    records: list[Record] = []
    for events in cases.values():
        records += _case(events)
    return [*_units(records), *records]


def _units(records: Iterable[Record]) -> Iterator[Client]:
    """Each unit, known since its first request."""
    first: dict[str, datetime] = {}
    for record in records:
        if isinstance(record, Invoice):
            first[record.client_id] = min(record.known_at, first.get(record.client_id, record.known_at))
    for unit, moment in first.items():
        yield Client(
            source=SOURCE, source_id=unit, version="1", event_at=moment, known_at=moment, client_id=unit, name=unit
        )


def _case(events: list[Event]) -> Iterator[Record]:
    places = [place for place, event in enumerate(events) if SUBMITTED in event[WHAT]]
    if not places:
        return
    after = events[places[0] :]
    submitted = _moment(after[0])
    yield _invoice(after[0], submitted, None)
    for asked, answered in pairwise(after):
        if APPROVED in answered[WHAT] or REJECTED in answered[WHAT]:
            yield _approval(answered, _moment(asked))
    if rejected := next((event for event in after if REJECTED in event[WHAT]), None):
        yield _objection(rejected)
    if paid := next((event for event in after if event[WHAT] == PAID), None):
        yield _invoice(paid, submitted, _moment(paid))


def _invoice(event: Event, submitted: datetime, paid: datetime | None) -> Invoice:
    moment = paid or submitted
    return Invoice(
        source=SOURCE,
        source_id=event[CASE],
        version="paid" if paid else "submitted",
        event_at=moment,
        known_at=moment,
        invoice_id=event[CASE],
        client_id=event[UNIT],
        status="settled" if paid else "draft",
        currency="EUR",
        amount=round(Decimal(event[AMOUNT]), 2),
        invoice_date=submitted.date(),
        billable_on=submitted.date(),
        issued_on=paid.date() if paid else None,
        settled_on=paid.date() if paid else None,
    )


def _approval(event: Event, asked: datetime) -> Approval:
    moment = _moment(event)
    return Approval(
        source=SOURCE,
        source_id=f"{event[CASE]} {moment.isoformat()} {event[WHO]}",
        version="1",
        event_at=moment,
        known_at=moment,
        approval_id=f"{event[CASE]} {moment.isoformat()} {event[WHO]}",
        subject_kind="invoice",
        subject_id=event[CASE],
        client_id=event[UNIT],
        invoice_id=event[CASE],
        approver_id=event[WHO],
        approver_role=event[WHO].lower(),
        requested_at=asked,
        decided_at=moment,
        decision="rejected" if REJECTED in event[WHAT] else "approved",
    )


def _objection(event: Event) -> Dispute:
    moment = _moment(event)
    return Dispute(
        source=SOURCE,
        source_id=event[CASE],
        version="1",
        event_at=moment,
        known_at=moment,
        dispute_id=event[CASE],
        invoice_id=event[CASE],
        client_id=event[UNIT],
        cause="other",
        status="open",
    )


def _moment(event: Event) -> datetime:
    return datetime.fromisoformat(event[WHEN])
