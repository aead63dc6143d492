"""The story of a case: ledger records, case events and comments in one list, each with source and its two times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from serving.sql import Row
from serving.web import formats
from serving.web.reads.timeline import LedgerRow
from serving.web.words import ACTIONS, CAUSES, EVENTS, plain

OURS = "triage"


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes:
        happened, known: event time and knowledge time; equal for what happened in the queue.
        record: source, id and version of the ledger record; empty for case events.
        own: whether it happened in our queue.
    """

    happened: datetime
    known: datetime
    title: str
    text: str
    source: str
    record: str
    own: bool


Names = Mapping[str, str]


def story(
    events: list[Row], records: list[LedgerRow], comments: list[Row], *, people: Names, accounts: Names
) -> tuple[Entry, ...]:
    """Everything, newest first."""
    # A decision is told by the case event; the ledger's record of it would say it twice.
    told = [_of_record(each, people) for each in records if each.kind != "review_decision"]
    entries = [_of_event(event, accounts) for event in events] + told + [_of_comment(each) for each in comments]
    return tuple(sorted(entries, key=lambda entry: entry.known, reverse=True))


def _of_comment(comment: Row) -> Entry:
    moment = comment["written_at"]
    return Entry(moment, moment, f"{comment['author']} wrote", comment["text"], OURS, "", own=True)


def _of_event(event: Row, accounts: Names) -> Entry:
    detail = event["detail"]
    action = detail.get("action")
    title = f"{EVENTS[event['event']]}" + (f": {ACTIONS[action].lower()}" if event["event"] == "decided" else "")
    who = accounts.get(event["actor_id"], event["actor_id"])
    moment = event["happened_at"]
    return Entry(moment, moment, f"{title} – {who}", detail.get("note") or "", OURS, "", own=True)


def _of_record(found: LedgerRow, people: Names) -> Entry:
    row = found.row
    title, text = _TELLERS[found.kind](row, people)
    record = f"{found.kind} {row['source_id']}, version {row['version']}"
    return Entry(row["event_at"], row["known_at"], title, text, row["source"], record, own=False)


def _invoice(row: Row, _people: Names) -> tuple[str, str]:
    return f"Invoice {plain(row['status']).lower()}", _money(row)


def _approval(row: Row, people: Names) -> tuple[str, str]:
    who, what = people.get(row["approver_id"], row["approver_id"]), f"{plain(row['subject_kind'])} {row['subject_id']}"
    if row["decided_at"] is None:
        return f"Approval asked of {who}", what
    return f"{plain(row['decision'])} by {who}", what


def _note(row: Row, people: Names) -> tuple[str, str]:
    author = people.get(row["author_id"], row["author_id"]) if row["author_id"] else None
    return ("Note" if author is None else f"Note by {author}"), row["text"]


def _payment(row: Row, _people: Names) -> tuple[str, str]:
    return "Payment", f"{_money(row)}, value date {formats.day(row['paid_on'])}"


def _credit(row: Row, _people: Names) -> tuple[str, str]:
    return "Credit note", f"{_money(row)}: {CAUSES[row['cause']].lower()}"


def _dispute(row: Row, _people: Names) -> tuple[str, str]:
    amount = "" if row["amount"] is None else f"{_money(row)}: "
    return f"Dispute {plain(row['status']).lower()}", f"{amount}{CAUSES[row['cause']].lower()}"


def _link(row: Row, _people: Names) -> tuple[str, str]:
    return "Linked document", f"{row['from_id']} {plain(row['link']).lower()} {row['to_id']}"


def _sync(row: Row, _people: Names) -> tuple[str, str]:
    return f"Transfer {row['system']} {'arrived' if row['success'] else 'failed'}", row["message"] or ""


def _outcome(row: Row, _people: Names) -> tuple[str, str]:
    return f"Outcome: {plain(row['outcome']).lower()}", CAUSES[row["cause"]] if row["cause"] else ""


def _money(row: Row) -> str:
    return f"{formats.money(row['amount'])} {row['currency']}"


_TELLERS = {
    "invoice": _invoice,
    "approval": _approval,
    "note": _note,
    "payment": _payment,
    "credit_note": _credit,
    "dispute": _dispute,
    "document_link": _link,
    "sync_event": _sync,
    "outcome": _outcome,
}
