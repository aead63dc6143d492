"""Answering through a link: what the person sees, and their answer, taken once and written into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ledger.records import Record
from ledger.store import append
from serving import audit
from serving.asking import repository, subjects
from serving.attachments.store import Sender, keep
from serving.auth.secrets import digest
from serving.problems import FieldError, Invalid, Problem
from serving.queue.repository import get as get_case
from serving.queue.repository import record_event
from serving.queue.sight import everything
from serving.queue.states import CaseEvent
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.queue import CALLBACKS, FOLLOW_ANSWER, Job, enqueue

MOST_FILES = 5


class DeadLink(Problem):
    """The link leads nowhere: it never did, or the request was answered, withdrawn or is over."""

    status = 404
    slug = "dead-link"
    title = "This link leads nowhere any more"

    def __init__(self) -> None:
        super().__init__("it was used, withdrawn, is too old, or was copied only in part")


@dataclass(frozen=True)
class Said:
    """What a person sent."""

    decision: str | None = None
    text: str = ""
    files: Sequence[tuple[str, bytes]] = ()
    accepted_on: date | None = None


@dataclass(frozen=True)
class Asked:
    """A live request with its case."""

    request: Row
    kase: Row

    @property
    def person(self) -> str:
        """Who answers, as events and audit name them: the one who was asked."""
        return str(self.request["asked_id"] or self.request["asked_name"])


def behind(connection: Connection, token: str) -> Asked:
    """The live request that a token leads to; raises ``DeadLink``."""
    request = repository.behind(connection, digest(token))
    if request is None or not request["live"]:
        raise DeadLink
    kase = get_case(connection, request["case_id"], everything())
    assert kase is not None
    return Asked(request, kase)


def is_known(connection: Connection, token: str) -> bool:
    """Whether a link was ever made with this token: a guess was not."""
    return repository.behind(connection, digest(token)) is not None


def note_opening(connection: Connection, asked: Asked, *, correlation_id: str) -> None:
    """Tell once that the link was opened, by a person or by a mail scanner; the request stays as it is."""
    if repository.mark_opened(connection, asked.request["request_id"]):
        _tell(connection, asked, CaseEvent.ASK_OPENED, "request_opened", correlation_id, {})


def answer(connection: Connection, state: ServingState, token: str, said: Said, *, correlation_id: str) -> str:
    """Take an answer; the id of its request. What follows is done by ``serving.asking.follow``.

    The answer becomes records of the ledger in this transaction. Scoring reads what committed transactions wrote, so
    the case is scored right after it; the task that is enqueued here sees to it when this process cannot.
    Raises ``DeadLink`` (of two answers at once the second one too) and ``Invalid`` for an answer that lacks something.
    """
    asked = behind(connection, token)
    request, text = asked.request, said.text.strip()
    _check(request, said, text)
    decision = said.decision if request["kind"] == "approve" else None
    if not repository.mark_answered(connection, request["request_id"], decision=decision, answer=text or None):
        raise DeadLink
    files = _keep_files(connection, state, asked, said, correlation_id)
    reference = f"case file {files[0]['attachment_id']}" if files else None
    told, now = subjects.Answer(decision, text, reference, said.accepted_on), state.clock()
    made = subjects.records_of(connection, request, asked.kase, told, now)
    append(connection, made)
    detail = _detail(decision, files, made) | {"known_at": now}
    _tell(connection, asked, CaseEvent.ANSWERED, "request_answered", correlation_id, detail)
    enqueue(connection, Job(FOLLOW_ANSWER, CALLBACKS, {"request_id": request["request_id"]}, 10))
    return str(request["request_id"])


def _check(request: Row, said: Said, text: str) -> None:
    kind = request["kind"]
    if kind == "approve" and said.decision not in ("approved", "rejected"):
        raise lacks("decision", "Choose Approve or Reject.")
    if kind == "approve" and said.decision == "rejected" and not text:
        raise lacks("comment", "Say in the comment why you reject it.")
    if kind == "evidence" and not (said.files or text):
        raise lacks("files", "Choose a file, or say in the comment why there is none.")
    if kind == "answer" and not text:
        raise lacks("comment", "Write your answer.")
    if len(said.files) > MOST_FILES:
        raise lacks("files", f"Send {MOST_FILES} files at most.")


def lacks(pointer: str, message: str) -> Invalid:
    """An answer that lacks something, in words for whoever gave it."""
    return Invalid(message, errors=[FieldError(pointer=pointer, message=message)])


def _keep_files(
    connection: Connection, state: ServingState, asked: Asked, said: Said, correlation_id: str
) -> list[Row]:
    sender = Sender(asked.person, asked.request["request_id"], correlation_id)
    return [keep(connection, state.settings, asked.kase, file, sender=sender) for file in said.files]


def _detail(decision: str | None, files: list[Row], made: list[Record]) -> Row:
    return {
        "decision": decision,
        "files": [row["attachment_id"] for row in files],
        "records": [{"kind": record.kind, "id": record.entity_id} for record in made],
    }


def _tell(
    connection: Connection, asked: Asked, event: CaseEvent, action: str, correlation_id: str, detail: Row
) -> None:
    request, kase = asked.request, asked.kase
    named = {name: request[name] for name in ("request_id", "kind", "asked_id", "asked_name")} | detail
    states = (kase["state"], kase["state"])
    record_event(connection, kase["case_id"], event, actor=asked.person, states=states, detail=named)
    audit.write(
        connection,
        action,
        actor=asked.person,
        subject=kase["invoice_id"],
        detail=named | {"case_id": kase["case_id"]},
        request_id=correlation_id,
    )
