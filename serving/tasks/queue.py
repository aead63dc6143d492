"""Puts jobs into the task queue on the caller's transaction, and says how much is waiting there.

The queue is procrastinate's. Its own SQL function is called on our connection, so that a job is committed or rolled
back with the rows it is about, and a database that is down stays the one kind of error that callers know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from serving.sql import json_value, only, rows

# Task names: who enqueues needs them, and must not import what carries them out.
DELIVER: Final = "callbacks.deliver"
WORK_ON_RUN: Final = "runs.work"
SEND_REQUEST: Final = "asking.send"
FOLLOW_ANSWER: Final = "asking.follow"
VERIFY_AUDIT: Final = "audit.verify"
RESCUE: Final = "tasks.rescue"
TIDY: Final = "tasks.tidy"

CALLBACKS: Final = "callbacks"
RUNS: Final = "runs"
UPKEEP: Final = "upkeep"
QUEUES: Final = (CALLBACKS, RUNS, UPKEEP)

_ENQUEUE = """
SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
    %(queue)s::text, %(task)s::text, %(priority)s::int, NULL, NULL, %(arguments)s::jsonb, %(at)s::timestamptz
)::procrastinate_job_to_defer_v1]))[1] AS id
"""


@dataclass(frozen=True)
class Job:
    """A task to carry out later.

    Attributes:
        priority: larger goes first.
        at: not before this moment; ``None`` is as soon as possible.
    """

    task: str
    queue: str
    arguments: Mapping[str, str | int]
    priority: int = 0
    at: datetime | None = None


def enqueue(connection: Connection, job: Job) -> int:
    """Add a job in the caller's transaction; its number in the queue."""
    parameters = {
        "queue": job.queue,
        "task": job.task,
        "priority": job.priority,
        "arguments": json_value(dict(job.arguments)),
        "at": job.at,
    }
    return int(only(connection, _ENQUEUE, parameters)["id"])


@dataclass(frozen=True)
class Depth:
    """How full the queue is.

    Attributes:
        waiting: queue → jobs that are due and nobody works on.
        scheduled: jobs that are not due yet.
        running: jobs that a worker has in hand.
        failed: jobs that were given up; they stay until somebody looks, for thirty days.
        oldest_seconds: how long the oldest due job has been waiting; 0 when none is.
    """

    waiting: Mapping[str, int]
    scheduled: int
    running: int
    failed: int
    oldest_seconds: float


_DEPTH = """
SELECT queue_name,
       count(*) FILTER (WHERE status = 'todo' AND due) AS waiting,
       count(*) FILTER (WHERE status = 'todo' AND NOT due) AS scheduled,
       count(*) FILTER (WHERE status = 'doing') AS running,
       count(*) FILTER (WHERE status = 'failed') AS failed,
       coalesce(max(EXTRACT(EPOCH FROM clock_timestamp() - since)) FILTER (WHERE status = 'todo' AND due), 0) AS oldest
FROM (
    SELECT j.queue_name, j.status, coalesce(j.scheduled_at <= clock_timestamp(), true) AS due,
           coalesce(j.scheduled_at, (SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)) AS since
    FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing', 'failed')
) jobs GROUP BY queue_name
"""


def depth(connection: Connection) -> Depth:
    """How full the queue is now, for metrics."""
    found = rows(connection, _DEPTH)
    return Depth(
        waiting={row["queue_name"]: row["waiting"] for row in found},
        scheduled=sum(row["scheduled"] for row in found),
        running=sum(row["running"] for row in found),
        failed=sum(row["failed"] for row in found),
        oldest_seconds=max((float(row["oldest"]) for row in found), default=0.0),
    )
