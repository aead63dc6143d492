"""Scoring a batch: blocks in order, each in a transaction of its own, its lines given when it is on disk.

A caller who reads slowly slows the scoring down, because the next block starts when the last line was taken; one who
goes away ends it between two blocks. With an Idempotency-Key every item has a key of its own, derived from the header's
and its place, so that a batch that broke off is simply sent again: what was scored is told again, the rest is scored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from serving.batch.schemas import BatchItem
from serving.callbacks.outbox import subscribe_to_case
from serving.callbacks.wishes import Wish, wish_of
from serving.idempotency import Answer, Attempt, give_up, keep, request_digest, reserve
from serving.problems import Problem, from_database, problem_document
from serving.scoring.schemas import score_response
from serving.scoring.service import Asker, UnknownInvoice, score_block, score_document
from serving.state import ServingState

BLOCK = 50
Numbered = tuple[int, BatchItem]


@dataclass(frozen=True)
class Batch:
    """A batch on its way through.

    Attributes:
        key: the request's Idempotency-Key.
        asked: the moment that the request named, if it did; a retry names the same.
    """

    state: ServingState
    items: Sequence[BatchItem]
    as_of: datetime
    asker: Asker
    key: str | None
    asked: datetime | None = None

    def attempt(self, index: int) -> Attempt:
        """An item as a request of its own."""
        digest = ""
        if self.key is not None:
            content = [self.items[index].model_dump(mode="json"), self.asked, self.asker.purpose]
            digest = request_digest("POST", "/v1/scores/batch", content)
        return Attempt(self.asker.principal_id, None if self.key is None else f"{self.key}#{index}", digest)


def lines(batch: Batch) -> Iterator[bytes]:
    """The answer, a line per item, in order."""
    numbered = list(enumerate(batch.items))
    for start in range(0, len(numbered), BLOCK):
        yield b"".join(_block(batch, numbered[start : start + BLOCK]))


def _block(batch: Batch, block: Sequence[Numbered]) -> list[bytes]:
    try:
        with batch.state.engine.begin() as connection:
            answers = _answers(connection, batch, block)
    except (DBAPIError, psycopg.Error, PoolTimeoutError) as error:
        refused = from_database(error)
        return [_problem_line(index, refused, batch) for index, _ in block]
    return [_line(index, answers[index], batch) for index, _ in block]


def _answers(connection: Connection, batch: Batch, block: Sequence[Numbered]) -> dict[int, Answer | Problem]:
    answers: dict[int, Answer | Problem] = {}
    pending: list[Numbered] = []
    for index, item in block:
        try:
            kept = reserve(connection, batch.attempt(index))
        except Problem as reused:
            answers[index] = reused
            continue
        if kept is None:
            pending.append((index, item))
        else:
            answers[index] = kept
    made = _scored(connection, batch, pending)
    for index, answer in made.items():
        if isinstance(answer, Answer):
            keep(connection, batch.attempt(index), answer)
        else:
            give_up(connection, batch.attempt(index))
    return answers | made


def _scored(connection: Connection, batch: Batch, pending: Sequence[Numbered]) -> dict[int, Answer | Problem]:
    """Invoices of the ledger are judged together, documents one by one."""
    made: dict[int, Answer | Problem] = {}
    wishes = _wishes(connection, batch, pending, made)
    wanted = [(index, item) for index, item in pending if index in wishes]
    ids = list(dict.fromkeys(item.invoice_id for _, item in wanted if item.invoice_id is not None))
    stored = score_block(connection, batch.state, ids, as_of=batch.as_of, asker=batch.asker) if ids else []
    rows = {row["invoice_id"]: row for row in stored}
    for index, item in wanted:
        if item.document is not None:
            try:
                with connection.begin_nested():
                    row = score_document(connection, batch.state, item.document, as_of=batch.as_of, asker=batch.asker)
            except Problem as refused:
                made[index] = refused
                continue
        elif item.invoice_id in rows:
            row = rows[item.invoice_id]
        else:
            made[index] = UnknownInvoice(item.invoice_id or "", batch.as_of)
            continue
        subscribe_to_case(connection, wishes[index], row, by=batch.asker.principal_id)
        made[index] = Answer(200, score_response(row).model_dump_json().encode())
    return made


def _wishes(
    connection: Connection, batch: Batch, pending: Sequence[Numbered], made: dict[int, Answer | Problem]
) -> dict[int, Wish | None]:
    """Whom each item calls back; items whose URL is not allowed get their refusal in ``made`` and are left out."""
    found: dict[int, Wish | None] = {}
    for index, item in pending:
        try:
            found[index] = wish_of(connection, batch.state, item.callback_url, item.correlation_id)
        except Problem as refused:
            made[index] = refused
    return found


def _line(index: int, answer: Answer | Problem, batch: Batch) -> bytes:
    if isinstance(answer, Problem):
        return _problem_line(index, answer, batch)
    head = orjson.dumps({"index": index, "status": answer.status, "replayed": answer.replayed, "problem": None})
    return head[:-1] + b',"score":' + answer.content + b"}\n"


def _problem_line(index: int, problem: Problem, batch: Batch) -> bytes:
    content = problem_document(problem, batch.asker.request_id)
    line = {"index": index, "status": problem.status, "replayed": False, "problem": content, "score": None}
    return orjson.dumps(line, default=str) + b"\n"
