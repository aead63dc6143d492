"""Asking for a run, looking at it, and stopping it; each change and its message in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from serving import audit
from serving.callbacks.outbox import subscribe_to_run, tell_of_run
from serving.callbacks.wishes import Wish
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound
from serving.runs import repository
from serving.runs.schemas import MOST_INVOICES, RunFilter, run_out
from serving.scoring.repository import unscored_drafts
from serving.scoring.service import Asker, Purpose
from serving.sql import Row
from serving.state import ServingState
from serving.tasks.queue import RUNS, WORK_ON_RUN, Job, enqueue

BLOCK = 1_000


class UnknownRun(NotFound):
    """No such run."""

    slug = "unknown-run"
    title = "Unknown run"

    def __init__(self, run_id: str) -> None:
        super().__init__(f"there is no run {run_id!r}")


class RunEnded(Conflict):
    """The run is over."""

    slug = "run-ended"
    title = "The run is over"


@dataclass(frozen=True)
class Order:
    """What a run is to do.

    Attributes:
        false_discovery_rate: tolerated share of false alarms among the flagged anomalies.
        wish: who is told at its end.
    """

    invoice_ids: Sequence[str]
    as_of: datetime
    purpose: Purpose = Purpose.LIVE
    false_discovery_rate: float = 0.1
    wish: Wish | None = None


def chosen_by(connection: Connection, choice: RunFilter, as_of: datetime) -> list[str]:
    """The invoices that a filter stands for at a moment; raises ``Invalid`` when they are too many for one run."""
    find = unscored_drafts if choice is RunFilter.UNSCORED else repository.unsent
    found = find(connection, as_of)
    if len(found) > MOST_INVOICES:
        raise Invalid.at("/filter", f"stands for {len(found):,} invoices; a run takes {MOST_INVOICES:,}: list them")
    return found


def create_run(connection: Connection, state: ServingState, order: Order, *, asker: Asker) -> Row:
    """Write the run down and put it into the queue; a worker takes it up once this is committed."""
    run_id, invoice_ids = new_id(), list(dict.fromkeys(order.invoice_ids))
    values = {
        "run_id": run_id,
        "state": "queued",
        "as_of": order.as_of,
        "purpose": order.purpose.value,
        "total": len(invoice_ids),
        "requested_by": asker.principal_id,
        "request_id": asker.request_id,
        "false_discovery_rate": order.false_discovery_rate,
    }
    repository.add(connection, values, invoice_ids, block=BLOCK)
    subscribe_to_run(connection, order.wish, run_id, by=asker.principal_id)
    for _ in range(workers_for(state, len(invoice_ids))):
        enqueue(connection, Job(WORK_ON_RUN, RUNS, {"run_id": run_id}))
    _tell(connection, "run_requested", run_id, asker, {"invoices": len(invoice_ids), "as_of": order.as_of.isoformat()})
    return find(connection, run_id)


def workers_for(state: ServingState, invoices: int) -> int:
    """How many workers may share a run: as set, and not more than it has blocks."""
    return max(1, min(state.settings.run_workers, -(-invoices // BLOCK)))


def find(connection: Connection, run_id: str) -> Row:
    """A run with progress, rate and time left; raises ``UnknownRun``."""
    run = repository.get(connection, run_id)
    if run is None:
        raise UnknownRun(run_id)
    return run | _pace(run)


def own(connection: Connection, requested_by: str, *, state: str | None, cursor: str | None, limit: int) -> list[Row]:
    """Runs that a caller asked for, newest first, each as ``find`` gives it."""
    found = repository.own(connection, requested_by, state=state, cursor=cursor, limit=limit)
    return [run | _pace(run) for run in found]


def _pace(run: Row) -> dict[str, Any]:
    if not run["done"] or not run["seconds"]:
        return {"per_second": None, "seconds_left": None}
    per_second = run["done"] / run["seconds"]
    left = (run["total"] - run["done"]) / per_second if run["state"] == "running" else None
    return {"per_second": round(per_second, 1), "seconds_left": None if left is None else round(left, 1)}


def cancel_run(connection: Connection, run_id: str, *, asker: Asker) -> Row:
    """Stop a run: blocks in hand are finished, no other is begun, what was scored stays. Raises ``RunEnded``."""
    run = find(connection, run_id)
    if not repository.stop(connection, run_id, "cancelled"):
        raise RunEnded(f"run {run_id} is {run['state']} since {run['ended_at'] or 'a moment ago'}")
    return conclude(connection, run_id, "run_cancelled", asker=asker)


def conclude(connection: Connection, run_id: str, action: str, *, asker: Asker) -> Row:
    """Tell the callback and the audit log of a run that ended in this transaction."""
    run = find(connection, run_id)
    tell_of_run(connection, run, summary=run_out(run).model_dump(mode="json"))
    _tell(connection, action, run_id, asker, {"done": run["done"], "because": run["because"]})
    return run


def _tell(connection: Connection, action: str, run_id: str, asker: Asker, detail: dict[str, Any]) -> None:
    audit.write(
        connection, action, actor=asker.principal_id, subject=run_id, detail=detail, request_id=asker.request_id
    )
