"""What the tests of runs do again and again."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, text

from ledger.database import Database
from serving.runs import service
from serving.runs.service import Order
from serving.scoring.service import Asker
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.worker import Worker, WorkerOptions
from tests.serving.factories import NOW, clean, invoice, master, write

ASKER = Asker("machine", "req-1")


def billing(engine: Engine, count: int) -> list[str]:
    """Drafts of which every third does not add up."""
    records = [record for number in range(1, count + 1) for record in clean(number)]
    spoiled = [invoice(number, version="2", amount="1700") for number in range(3, count + 1, 3)]
    write(engine, [*master(), *records, *spoiled])
    return [f"INV-{number}" for number in range(1, count + 1)]


def order(state: ServingState, invoice_ids: Sequence[str]) -> str:
    """Ask for a run."""
    with state.engine.begin() as connection:
        return str(service.create_run(connection, state, Order(invoice_ids, NOW), asker=ASKER)["run_id"])


def look(state: ServingState, run_id: str) -> Row:
    """The run as it stands."""
    with state.engine.begin() as connection:
        return service.find(connection, run_id)


def scored(state: ServingState) -> tuple[int, int]:
    """Scores, and different invoices among them."""
    with state.engine.connect() as connection:
        found = connection.execute(text("SELECT count(*), count(DISTINCT invoice_id) FROM score")).one()
    return int(found[0]), int(found[1])


def work_once(state: ServingState, database: Database) -> None:
    """Let a worker do everything that is due."""
    options = WorkerOptions(once=True, stalled_after=timedelta(seconds=1))
    asyncio.run(Worker(state, database.conninfo(), options).run())
