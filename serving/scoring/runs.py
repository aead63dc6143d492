"""Scoring a whole billing run: block by block, each block durable, so that a killed run goes on where it stopped."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection

from serving.faults import is_of_the_moment, is_of_the_server
from serving.ids import new_id
from serving.scoring.dispositions import answer_route
from serving.scoring.repository import scored_in_run, unscored_drafts
from serving.scoring.service import Asker, score_block
from serving.sql import Row, savepoint
from serving.state import ServingState

log = structlog.get_logger(__name__)
BLOCK = 1_000
# More than these in a block are no matter of single invoices: the block is tried again as a whole.
MOST_FAULTY: Final = 20
Progress = Callable[[int], None]


@dataclass
class RunResult:
    """What became of a run.

    Attributes:
        routes: route → number of invoices scored by this call.
        not_cleared: what kept invoices from being cleared → number of them.
        skipped: invoices that an earlier, interrupted call of the same run had scored.
        unknown: ids that the ledger did not know at the moment.
        faulty: invoice that could not be scored → what went wrong.
    """

    run_id: str
    routes: Counter[str] = field(default_factory=Counter)
    not_cleared: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    unknown: list[str] = field(default_factory=list)
    faulty: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counted:
    """What became of a block; as ``RunResult``."""

    routes: Counter[str]
    unknown: list[str]
    faulty: dict[str, str]
    not_cleared: Counter[str] = field(default_factory=Counter)


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
        counted = score_and_count(connection, state, block, as_of=as_of, asker=asker)
    result.routes.update(counted.routes)
    result.not_cleared.update(counted.not_cleared)
    result.unknown.extend(counted.unknown)
    result.faulty.update(counted.faulty)


def score_and_count(
    connection: Connection, state: ServingState, block: Sequence[str], *, as_of: datetime, asker: Asker
) -> Counted:
    """Score a block in the caller's transaction.

    An invoice with which something goes wrong is left out and named, and the rest goes on: the block is halved until
    the invoice is found. Raises what a database that does not answer raises, a deadlock, and the fault itself when
    there are more than ``MOST_FAULTY``: the block is tried again.
    """
    block_of = _Block(connection, state, as_of, asker)
    stored = block_of.scored(block)
    known = {row["invoice_id"] for row in stored} | block_of.faulty.keys()
    routes = Counter(answer_route(row["route"], row["disposition"], row["decision"]).value for row in stored)
    unknown = [invoice_id for invoice_id in block if invoice_id not in known]
    return Counted(routes, unknown, block_of.faulty, Counter(filter(None, map(_withheld, stored))))


def _withheld(row: Row) -> str | None:
    """What kept a score from being cleared, short enough to be counted."""
    said = row["not_cleared"]
    if said is None:
        return None
    off = said["certificate"]
    return str(said["ground"]) if off is None else f"{said['ground']}: {off}"


@dataclass
class _Block:
    """Scores a block, and keeps what could not be scored."""

    connection: Connection
    state: ServingState
    as_of: datetime
    asker: Asker
    faulty: dict[str, str] = field(default_factory=dict)

    def scored(self, block: Sequence[str]) -> list[Row]:
        """The stored scores of a block or part of one."""
        try:
            with savepoint(self.connection):
                return score_block(self.connection, self.state, block, as_of=self.as_of, asker=self.asker)
        except Exception as fault:  # whatever it is, the other invoices must not wait for it
            if is_of_the_server(fault) or is_of_the_moment(fault) or len(self.faulty) >= MOST_FAULTY:
                raise
            if len(block) > 1:
                half = len(block) // 2
                return [*self.scored(block[:half]), *self.scored(block[half:])]
            self.faulty[block[0]] = f"{type(fault).__name__}: {fault}"
            log.exception("an invoice of a run could not be scored", invoice=block[0], run=self.asker.run_id)
            return []


def drafts_to_score(state: ServingState) -> list[str]:
    """Invoices not issued yet whose newest version was never scored."""
    with state.engine.connect() as connection:
        return unscored_drafts(connection, state.clock())
