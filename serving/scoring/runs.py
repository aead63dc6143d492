"""Scoring a whole billing run: block by block, each block durable, so that a killed run goes on where it stopped."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from serving.ids import new_id
from serving.scoring.dispositions import answer_route
from serving.scoring.repository import scored_in_run, unscored_drafts
from serving.scoring.service import Asker, score_block
from serving.state import ServingState

BLOCK = 1_000
Progress = Callable[[int], None]


@dataclass
class RunResult:
    """What became of a run.

    Attributes:
        routes: route → number of invoices scored by this call.
        skipped: invoices that an earlier, interrupted call of the same run had scored.
        unknown: ids that the ledger did not know at the moment.
    """

    run_id: str
    routes: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    unknown: list[str] = field(default_factory=list)


def score_run(
    state: ServingState,
    invoice_ids: Sequence[str],
    *,
    as_of: datetime,
    run_id: str | None = None,
    actor: str = "system",
    progress: Progress | None = None,
) -> RunResult:
    """Score many invoices. The same ``run_id`` again scores only what is missing: nothing is lost, nothing doubled."""
    result = RunResult(run_id or new_id())
    with state.engine.connect() as connection:
        done = scored_in_run(connection, result.run_id)
    pending = [invoice_id for invoice_id in dict.fromkeys(invoice_ids) if invoice_id not in done]
    result.skipped = len(done)
    for start in range(0, len(pending), BLOCK):
        _score_one_block(state, pending[start : start + BLOCK], as_of, Asker(actor, run_id=result.run_id), result)
        if progress is not None:
            progress(min(start + BLOCK, len(pending)))
    return result


def _score_one_block(
    state: ServingState, block: Sequence[str], as_of: datetime, asker: Asker, result: RunResult
) -> None:
    with state.engine.begin() as connection:
        routes, unknown = score_and_count(connection, state, block, as_of=as_of, asker=asker)
    result.routes.update(routes)
    result.unknown.extend(unknown)


def score_and_count(
    connection: Connection, state: ServingState, block: Sequence[str], *, as_of: datetime, asker: Asker
) -> tuple[Counter[str], list[str]]:
    """Score a block in the caller's transaction: route → how many, and the ids that the ledger did not know."""
    stored = score_block(connection, state, block, as_of=as_of, asker=asker)
    known = {row["invoice_id"] for row in stored}
    routes = Counter(answer_route(row["route"], row["disposition"], row["decision"]).value for row in stored)
    return routes, [invoice_id for invoice_id in block if invoice_id not in known]


def drafts_to_score(state: ServingState) -> list[str]:
    """Invoices not issued yet whose newest version was never scored."""
    with state.engine.connect() as connection:
        return unscored_drafts(connection, state.clock())
