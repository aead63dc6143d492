"""Works on a run: block after block, each one transaction, until there is none left, time is up or a stop is asked.

Several workers may share a run: a block is claimed by its row lock, which goes with the worker that dies. What a killed
worker had in hand is scored by the next one, and nothing that was committed is scored again.
"""

import time
from collections.abc import Callable
from typing import Final

import numpy as np
import structlog

from models.findings import benjamini_hochberg
from serving.audit import SYSTEM
from serving.runs import repository
from serving.runs.service import conclude
from serving.scoring.runs import score_and_count
from serving.scoring.service import Asker, Purpose
from serving.state import ServingState
from serving.tasks.queue import RUNS, WORK_ON_RUN, Job, enqueue

log = structlog.get_logger(__name__)

# A job ends after this long and queues its continuation: callbacks and other runs get their turn.
SLICE_SECONDS: Final = 10.0


def work_on_run(state: ServingState, run_id: str, *, stopping: Callable[[], bool]) -> None:
    """Score blocks of a run; the last worker on it closes it."""
    with state.engine.begin() as connection:
        repository.start(connection, run_id)
    until = time.monotonic() + SLICE_SECONDS
    while work_on_block(state, run_id):
        if stopping() or time.monotonic() > until:
            with state.engine.begin() as connection:
                enqueue(connection, Job(WORK_ON_RUN, RUNS, {"run_id": run_id}))
            return
    finish_run(state, run_id)


def work_on_block(state: ServingState, run_id: str) -> bool:
    """Score the next free block; says whether there was one."""
    with state.engine.begin() as connection:
        block = repository.claim_block(connection, run_id)
        if block is None:
            return False
        asker = Asker(block["requested_by"], block["request_id"], run_id, Purpose(block["purpose"]))
        counted = score_and_count(connection, state, block["invoice_ids"], as_of=block["as_of"], asker=asker)
        repository.end_block(connection, run_id, block["number"], counted)
    return True


def finish_run(state: ServingState, run_id: str) -> bool:
    """Close a run whose blocks are all scored, and flag its anomalies; says whether it was closed here."""
    with state.engine.begin() as connection:
        if not repository.is_through(connection, run_id):
            return False
        run = repository.get(connection, run_id)
        assert run is not None
        threshold, anomalies = flagged_up_to(repository.p_values(connection, run_id), run["false_discovery_rate"])
        if not repository.finish(connection, run_id, threshold=threshold, anomalies=anomalies):
            return False
        conclude(connection, run_id, "run_finished", asker=Asker(run["requested_by"], run["request_id"], run_id))
    log.info("run finished", run_id=run_id, invoices=run["total"])
    return True


def flagged_up_to(p_values: list[float], rate: float) -> tuple[float | None, int]:
    """The largest flagged p-value and how many are flagged, by Benjamini & Hochberg (1995) at the tolerated rate.

    >>> flagged_up_to([0.001, 0.02, 0.5, 0.9], 0.1)
    (0.02, 2)
    """
    values = np.array(p_values, dtype=np.float64)
    flagged = values[benjamini_hochberg(values, rate)]
    return (float(flagged.max()), len(flagged)) if len(flagged) else (None, 0)


def give_up_run(state: ServingState, run_id: str, *, because: str) -> None:
    """A run that fails again and again is failed, so that nobody waits for it; what was scored stays."""
    with state.engine.begin() as connection:
        if repository.stop(connection, run_id, "failed", because=because[:500]):
            conclude(connection, run_id, "run_failed", asker=Asker(SYSTEM, None, run_id))
