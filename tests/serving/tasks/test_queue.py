"""Jobs exist if and only if what they tell of was committed, and the queue says how full it is."""

import asyncio
from datetime import UTC, datetime, timedelta

from procrastinate.testing import InMemoryConnector
from sqlalchemy import Connection, Engine, text

from serving.tasks import Job, depth, enqueue, upkeep
from serving.tasks import queue as names
from serving.tasks.app import make_app, tasks_of

JOB = Job(names.WORK_ON_RUN, names.RUNS, {"run_id": "r1"})


def jobs(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


def test_a_job_is_committed_with_its_transaction(engine: Engine) -> None:
    with engine.begin() as connection:
        enqueue(connection, JOB)
        assert jobs(engine) == 0
    assert jobs(engine) == 1


def test_a_job_is_rolled_back_with_its_transaction(engine: Engine) -> None:
    connection = engine.connect()
    enqueue(connection, JOB)
    connection.close()
    assert jobs(engine) == 0


def test_an_empty_queue_has_no_depth(connection: Connection) -> None:
    found = depth(connection)
    assert (dict(found.waiting), found.scheduled, found.running, found.failed) == ({}, 0, 0, 0)
    assert found.oldest_seconds == 0


def test_what_is_not_due_yet_is_not_waiting(connection: Connection) -> None:
    enqueue(connection, JOB)
    enqueue(connection, Job(names.DELIVER, names.CALLBACKS, {}, at=datetime.now(UTC) + timedelta(hours=1)))
    found = depth(connection)
    assert found.waiting[names.RUNS] == 1
    assert found.waiting.get(names.CALLBACKS, 0) == 0
    assert found.scheduled == 1


def test_the_oldest_due_job_tells_how_far_behind_the_workers_are(connection: Connection) -> None:
    enqueue(connection, Job(names.DELIVER, names.CALLBACKS, {}, at=datetime.now(UTC) - timedelta(minutes=10)))
    assert depth(connection).oldest_seconds >= 600


def test_every_name_that_can_be_enqueued_is_a_task() -> None:
    app = make_app(InMemoryConnector())
    by_the_clock = {name for name in vars(upkeep).values() if isinstance(name, str) and name.startswith("upkeep.")}
    enqueued = {names.DELIVER, names.WORK_ON_RUN, names.SEND_REQUEST, names.FOLLOW_ANSWER, names.VERIFY_AUDIT}
    assert set(tasks_of(app)) == {names.RESCUE, names.TIDY} | by_the_clock | enqueued
    assert {task.queue for task in tasks_of(app).values()} == set(names.QUEUES)
    asyncio.run(app.connector.close_async())
