"""Jobs of workers that stopped: one that cannot be put back keeps neither the others nor a new worker."""

import asyncio
from datetime import timedelta

from procrastinate import PsycopgConnector
from sqlalchemy import Engine, text

from ledger.database import Database
from serving.tasks.app import make_app, rescue
from serving.tasks.queue import UPKEEP

ADD = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, queueing_lock)
VALUES (:queue, :task, 0, '{}', CAST(:status AS procrastinate_job_status), :lock)
"""


def add(engine: Engine, task: str, status: str, *, lock: str | None = None) -> None:
    """A job: ``doing``, in the hands of a worker that is gone, or ``todo``."""
    with engine.begin() as connection:
        connection.execute(text(ADD), {"queue": UPKEEP, "task": task, "status": status, "lock": lock})


def statuses(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id"))
        return [(row[0], row[1]) for row in found]


def rescued(engine: Engine) -> int:
    async def once() -> int:
        conninfo = Database(engine.url, embedded=True).conninfo()
        connector = PsycopgConnector(conninfo=conninfo, min_size=1, max_size=2, timeout=10)
        async with make_app(connector).open_async() as app:
            return await rescue(app, stalled_after=timedelta(seconds=1))

    return asyncio.run(once())


def test_a_round_whose_next_one_waits_already_is_dropped_and_the_rest_is_put_back(engine: Engine) -> None:
    add(engine, "upkeep.bulk", "doing", lock="upkeep.bulk")
    add(engine, "upkeep.bulk", "todo", lock="upkeep.bulk")
    add(engine, "runs.work", "doing")
    assert rescued(engine) == 1
    assert statuses(engine) == [("upkeep.bulk", "todo"), ("runs.work", "todo")]
