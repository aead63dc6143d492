"""What the tests of callbacks do again and again: score with a callback, decide, look, and let a worker run."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from ledger.database import Database
from ledger.records.events import ReviewAction
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.callbacks import messages
from serving.callbacks.deliver import deliver_message
from serving.callbacks.outbox import subscribe_to_case
from serving.callbacks.wishes import wish_of
from serving.queue import service
from serving.queue.decide import DecisionRequest, decide
from serving.scoring.service import Asker, score_invoice
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.worker import Worker, WorkerOptions
from tests.serving.factories import clean, invoice, master, write
from tests.serving.kit import person


def fill(engine: Engine, count: int = 1) -> None:
    """Invoices that do not add up: each gets a case."""
    records = [record for number in range(1, count + 1) for record in clean(number)]
    write(
        engine, [*master(), *records, *(invoice(number, version="2", amount="1700") for number in range(1, count + 1))]
    )


@dataclass(frozen=True)
class Asked:
    """A score whose caller wants to be called back."""

    state: ServingState
    score: Row

    @property
    def case_id(self) -> str:
        """Its case."""
        return str(self.score["case_id"])


def ask(state: ServingState, url: str, *, number: int = 1, correlation_id: str | None = "flow-7") -> Asked:
    """Score an invoice and ask for a callback."""
    with state.engine.begin() as connection:
        wish = wish_of(connection, state, url, correlation_id)
        score = score_invoice(connection, state, f"INV-{number}", as_of=state.clock(), asker=Asker("machine"))
        subscribe_to_case(connection, wish, score, by="machine")
    return Asked(state, score)


def reviewer(engine: Engine, name: str = "rita") -> Principal:
    """Somebody who decides."""
    return person(engine, name, Role.SENIOR_REVIEWER)


def decide_case(asked: Asked, who: Principal, action: ReviewAction = ReviewAction.HOLD, **more: Any) -> None:
    """Claim the case and decide it."""
    with asked.state.engine.begin() as connection:
        fence = service.claim(connection, asked.state, asked.case_id, principal=who)["fence"]
        needed = {"reason_code": "rate", "note": "rate is wrong"} | more
        request = DecisionRequest.model_validate({"action": action, "fence": fence, **needed})
        asks = action is ReviewAction.REQUEST_EVIDENCE
        decide(connection, asked.state, asked.case_id, request, principal=who, asks=asks)


def sent(state: ServingState) -> list[Row]:
    """All messages, oldest first."""
    with state.engine.begin() as connection:
        return messages.listed(connection)[::-1]


def attempts(state: ServingState, message: Row) -> list[Row]:
    """The attempts of a message."""
    with state.engine.begin() as connection:
        return messages.attempts_of(connection, message["message_id"])


def deliver(state: ServingState, message: Row, *, times: int = 1) -> Row:
    """Make the next attempts without waiting for their time; the message afterwards."""
    for _ in range(times):
        deliver_message(state, message["message_id"], find(state, message)["attempts"] + 1)
    return find(state, message)


def find(state: ServingState, message: Row) -> Row:
    """The message as it stands now."""
    with state.engine.begin() as connection:
        return messages.find(connection, message["message_id"])


def work_once(state: ServingState, database: Database) -> None:
    """Let a worker do everything that is due."""
    options = WorkerOptions(once=True, stalled_after=timedelta(seconds=1))
    asyncio.run(Worker(state, database.conninfo(), options).run())


def jobs(engine: Engine) -> int:
    """Jobs of callbacks, in whatever state."""
    with engine.connect() as connection:
        return int(
            connection.execute(
                text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'callbacks'")
            ).scalar_one()
        )
