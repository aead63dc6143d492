"""The page behind a link, in words: no more of the invoice than the question needs."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from serving.asking.answering import Asked
from serving.asking.subjects import newest
from serving.attachments.sniff import ACCEPT, TAKEN
from serving.sql import Row
from serving.web import formats
from serving.web.reads.names import account_names, names_of
from serving.web.words import plain

_DATES: Final = {"milestone": "When did the client accept it?", "change_order": "When did the client sign it?"}


@dataclass(frozen=True)
class Typed:
    """What was typed and not taken yet."""

    decision: str = ""
    text: str = ""
    accepted_on: str = ""


@dataclass(frozen=True)
class Concerned:
    """One record that the question concerns; the amount only where it is what is decided."""

    what: str
    detail: str
    amount: str = ""


@dataclass(frozen=True)
class AnswerPage:
    """Context of ``answer.html``.

    Attributes:
        kind: ``approve``, ``evidence`` or ``answer``; empty when there is nothing to answer.
        date_label: asks for the day of the client's acceptance; empty where it does not matter.
        refused: what was missing, or why the link leads nowhere.
        thanks: the answer was taken just now.
    """

    status: int = 200
    kind: str = ""
    invoice_id: str = ""
    client: str = ""
    question: str = ""
    asker: str = ""
    person: str = ""
    until: str = ""
    concerned: tuple[Concerned, ...] = ()
    date_label: str = ""
    typed: Typed = Typed()
    refused: str = ""
    title: str = ""
    thanks: bool = False
    accept: str = ACCEPT
    taken: str = TAKEN


def answer_page(connection: Connection, asked: Asked, typed: Typed) -> AnswerPage:
    """The page of a live request."""
    request, kase = asked.request, asked.kase
    client = names_of(connection, "client", [kase["client_id"]]).get(kase["client_id"], "")
    found = [(subject["kind"], newest(connection, subject["kind"], subject["id"])) for subject in request["subjects"]]
    kinds = {kind for kind, _ in found} if request["kind"] == "evidence" else set()
    return AnswerPage(
        kind=request["kind"],
        invoice_id=kase["invoice_id"],
        client=client,
        question=request["question"],
        asker=account_names(connection, [request["asked_by"]]).get(request["asked_by"], "Finance"),
        person=request["asked_name"],
        until=formats.moment(request["expires_at"]),
        concerned=tuple(_concerned(connection, kind, row) for kind, row in found if row is not None),
        date_label=next((label for kind, label in _DATES.items() if kind in kinds), ""),
        typed=typed,
    )


def _concerned(connection: Connection, kind: str, row: Row) -> Concerned:
    if kind != "approval":
        return _described(connection, kind, row)
    subject = newest(connection, row["subject_kind"], row["subject_id"]) if row["subject_kind"] in _KNOWN else None
    if subject is None:
        return Concerned(
            f"{plain(row['subject_kind'])} {row['subject_id']}", f"asked {formats.day(row['requested_at'])}"
        )
    return _described(connection, row["subject_kind"], subject)


_KNOWN: Final = ("time_entry", "milestone", "change_order", "expense", "invoice")


def _described(connection: Connection, kind: str, row: Row) -> Concerned:
    if kind == "time_entry":
        who = names_of(connection, "resource", [row["resource_id"]]).get(row["resource_id"], row["resource_id"])
        return Concerned(
            f"{formats.number(row['hours'])} hours of {who}", f"{formats.day(row['worked_on'])}, {row['time_entry_id']}"
        )
    amount = f"{formats.money(row['amount'])} {row['currency']}"
    if kind == "milestone":
        return Concerned(row["name"], f"Milestone {row['milestone_id']}", amount)
    if kind == "expense":
        return Concerned(
            row["category"] or "Expense", f"{formats.day(row['incurred_on'])}, {row['expense_id']}", amount
        )
    if kind == "change_order":
        return Concerned(row["description"] or "Change order", f"Change order {row['change_order_id']}", amount)
    return Concerned(f"Invoice {row['invoice_id']}", formats.day(row["invoice_date"]), amount)
