"""What stands beside a case: who was asked and can be asked, its files, and whether the score is shown yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from serving.asking import repository
from serving.asking.derive import Question, question_of
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.queue.anchoring import is_hidden
from serving.queue.service import barred_from, reviewer_of
from serving.queue.states import OPEN_STATES
from serving.scoring.explain import Explanation
from serving.sql import Row
from serving.state import ServingState
from serving.web import formats
from serving.web.presenters.attachments import Files, files_of
from serving.web.reads.names import names_of
from serving.web.words import plain

_STATES = {"asked": "waiting", "answered": "answered", "expired": "no answer in time", "withdrawn": "withdrawn"}
_KINDS = {"approve": "Approval", "evidence": "Evidence", "answer": "Answer"}


@dataclass(frozen=True)
class AskLine:
    """One request."""

    url: str
    kind: str
    person: str
    question: str
    state: str
    detail: str
    answer: str
    live: bool
    asked_at: datetime


@dataclass(frozen=True)
class AskButton:
    """One question that can be asked with a click."""

    label: str
    kind: str
    question: str
    asked_id: str
    asked_name: str
    role: str
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """The panels.

    Attributes:
        may_ask: whether the caller may ask now.
        remedies: per remedy, in the order of the page, the questions that get it done.
        score_hidden: the score is not shown to this reviewer before they decide or ask for it.
        asking: resource id and name of the person whom the page was opened to ask; empty when it was not.
    """

    files: Files
    asks: tuple[AskLine, ...]
    may_ask: bool
    remedies: tuple[tuple[AskButton, ...], ...]
    score_hidden: bool = False
    asking: tuple[str, str] | None = None


def side_of(
    connection: Connection, state: ServingState, kase: Row, principal: Principal, *, found: Explanation, ask: str = ""
) -> Side:
    """The panels of one case for one viewer, who may have come to ask a person (resource id)."""
    hidden = is_hidden(connection, state, kase, principal)
    asks = repository.of_case(connection, kase["case_id"])
    may_ask = _may_ask(kase, principal)
    return Side(
        files=files_of(connection, kase["case_id"]),
        asks=tuple(_line(row) for row in reversed(asks)),
        may_ask=may_ask,
        remedies=_remedies(connection, found) if may_ask and not hidden else (),
        score_hidden=hidden,
        asking=next(iter(names_of(connection, "resource", [ask]).items()), None) if ask else None,
    )


def _may_ask(kase: Row, principal: Principal) -> bool:
    if kase["state"] not in OPEN_STATES or not principal.may(Scope.CASES_WRITE):
        return False
    held_by_other = kase["claimed_by"] not in (None, principal.principal_id) and not kase["lease_expired"]
    return not held_by_other and barred_from(kase, reviewer_of(principal)) is None


def _line(row: Row) -> AskLine:
    live = row["state"] == "asked"
    detail = f"until {formats.moment(row['expires_at'])}" if live else formats.moment(row["ended_at"])
    opened = "; opened" if live and row["opened_at"] else ""
    return AskLine(
        url=f"/cases/{row['case_id']}/requests/{row['request_id']}",
        kind=_KINDS[row["kind"]],
        person=row["asked_name"],
        question=row["question"],
        state=row["decision"] or _STATES[row["state"]],
        detail=detail + opened,
        answer=row["answer"] or "",
        live=live,
        asked_at=row["asked_at"],
    )


def _remedies(connection: Connection, found: Explanation) -> tuple[tuple[AskButton, ...], ...]:
    cheapest = sorted(found.remedies, key=lambda remedy: remedy.minutes)
    questions = [[question_of(lever) for lever in remedy.levers] for remedy in cheapest]
    ids = [question.asked_id for each in questions for question in each]
    people = names_of(connection, "resource", ids)
    return tuple(tuple(_button(question, people) for question in each) for each in questions)


def _button(question: Question, people: Mapping[str, str]) -> AskButton:
    role = plain(question.role)
    name = people.get(question.asked_id or "", question.asked_id or role)
    return AskButton(
        label=f"Ask {name}",
        kind=question.kind.value,
        question=question.text,
        asked_id=question.asked_id or "",
        asked_name=name,
        role=question.role,
        subjects=tuple(f"{kind}:{entity_id}" for kind, entity_id in question.subjects),
    )
