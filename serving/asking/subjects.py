"""The ledger's records that a request concerns: whether they may be asked about, and the versions an answer writes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg import sql
from sqlalchemy import Connection

from ledger.records import KINDS, Note, Record
from serving.problems import Invalid
from serving.sql import Row, first

SOURCE: Final = "triage"
_NEWEST: Final = """
SELECT * FROM {table} WHERE {identity} = %(id)s ORDER BY known_at DESC, event_at DESC, record_id DESC LIMIT 1
"""
# Kinds whose own state says what an approval of them said.
_APPROVED_THEMSELVES: Final = ("time_entry", "expense")


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        decision: ``approved`` or ``rejected``, of a request to approve.
        text: the person's words; empty when they said none.
        evidence: reference of the file that was sent; ``None`` without one.
        accepted_on: the day on which the client accepted or signed, when the person says so.
    """

    decision: str | None = None
    text: str = ""
    evidence: str | None = None
    accepted_on: date | None = None


def newest(connection: Connection, kind: str, entity_id: str) -> Row | None:
    """A record's version in force."""
    query = sql.SQL(_NEWEST).format(table=sql.Identifier(kind), identity=sql.Identifier(KINDS[kind].identity))
    return first(connection, query, {"id": entity_id})


def check(connection: Connection, kase: Row, subjects: Iterable[dict[str, str]], *, approver: str | None) -> None:
    """Raise ``Invalid`` unless every record is known, belongs to the case's client, and waits for the approver.

    Args:
        approver: who is asked to approve; ``None`` when no approval is asked for.
    """
    for number, subject in enumerate(subjects):
        row = newest(connection, subject["kind"], subject["id"])
        place = f"/subjects/{number}"
        if row is None or row["client_id"] not in (None, kase["client_id"]):
            raise Invalid.at(place, f"the ledger knows no {subject['kind']} {subject['id']!r} of this client")
        if approver is not None and not _waits_for(subject, row, approver):
            raise Invalid.at(place, f"is no approval that waits for {approver}")


def _waits_for(subject: dict[str, str], row: Row, approver: str) -> bool:
    return subject["kind"] == "approval" and row["decided_at"] is None and row["approver_id"] == approver


def pending_of(connection: Connection, request: Row) -> list[Row]:
    """Of the approvals that a request asks for, those that still wait for the person who was asked."""
    found = ((subject, newest(connection, subject["kind"], subject["id"])) for subject in request["subjects"])
    return [row for subject, row in found if row is not None and _waits_for(subject, row, request["asked_id"])]


def records_of(connection: Connection, request: Row, kase: Row, answer: Answer, now: datetime) -> list[Record]:
    """What an answer says, as records of the ledger that are known from now on."""
    envelope = {"source": SOURCE, "version": "1", "event_at": now, "known_at": now}
    made: list[Record] = []
    if request["kind"] == "approve":
        made += _approvals(connection, request, answer, envelope)
    elif request["kind"] == "evidence" and answer.evidence is not None:
        made += _papers(connection, request, answer, envelope)
    if answer.text:
        made.append(_note(request, kase, answer, envelope))
    return made


def _approvals(connection: Connection, request: Row, answer: Answer, envelope: dict[str, Any]) -> Iterator[Record]:
    for row in pending_of(connection, request):
        decided = {"decided_at": envelope["event_at"], "decision": answer.decision}
        yield _version("approval", row, request, envelope, decided)
        kind = row["subject_kind"]
        subject = newest(connection, kind, row["subject_id"]) if kind in _APPROVED_THEMSELVES else None
        if subject is not None:
            approver = {"approver_id": request["asked_id"]} if kind == "time_entry" else {}
            yield _version(kind, subject, request, envelope, {"status": answer.decision, **approver})


def _papers(connection: Connection, request: Row, answer: Answer, envelope: dict[str, Any]) -> Iterator[Record]:
    for subject in request["subjects"]:
        row = newest(connection, subject["kind"], subject["id"])
        changes = _shown_by(subject["kind"], answer)
        if row is not None and changes:
            yield _version(subject["kind"], row, request, envelope, changes)


def _shown_by(kind: str, answer: Answer) -> dict[str, Any]:
    """What a document says of a record; acceptance counts from the day that the person names."""
    day = answer.accepted_on
    if kind == "milestone":
        return {"evidence_ref": answer.evidence} | ({"status": "accepted", "accepted_on": day} if day else {})
    if kind == "change_order":
        return {"status": "approved", "approved_on": day} if day else {}
    return {"receipt_attached": True} if kind == "expense" else {}


def _version(kind: str, row: Row, request: Row, envelope: dict[str, Any], changes: dict[str, Any]) -> Record:
    record = KINDS[kind]
    values = {name: row[name] for name in record.payload_columns()} | changes
    return record(**envelope, source_id=f"{request['request_id']}/{kind}/{row[record.identity]}", **values)


def _note(request: Row, kase: Row, answer: Answer, envelope: dict[str, Any]) -> Note:
    return Note(
        **envelope,
        source_id=request["request_id"],
        note_id=request["request_id"],
        client_id=kase["client_id"],
        project_id=kase["project_id"],
        invoice_id=kase["invoice_id"],
        author_id=request["asked_id"],
        text=answer.text,
    )
