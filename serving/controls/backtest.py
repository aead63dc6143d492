"""Runs a proposed set over the past as it was known, beside the active one, before it may decide anything."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from features.history import History, load_slice, microseconds
from features.labels import build_labels
from serving.controls import lifecycle
from serving.controls.compare import Said, said_of, summary
from serving.controls.facts import facts_of
from serving.controls.known import Known
from serving.controls.lifecycle import Actor
from serving.controls.ruleset import ControlSet
from serving.controls.source import stored_set
from serving.ids import new_id
from serving.sql import Row, first, insert, only, rows

SAMPLE = 500
Progress = Callable[[int, int], None]

# An invoice is judged at the moment at which it first was scored, or just after it first became known.
_MOMENTS = """
SELECT i.invoice_id, (extract(epoch FROM coalesce(s.as_of, i.known_at + interval '1 microsecond')) * 1000000)::bigint
       AS as_of
FROM (SELECT invoice_id, min(known_at) AS known_at FROM invoice GROUP BY invoice_id) i
LEFT JOIN (SELECT invoice_id, min(as_of) AS as_of FROM score WHERE document IS NULL GROUP BY invoice_id) s
     USING (invoice_id)
WHERE i.known_at < %(until)s ORDER BY i.invoice_id
"""


def backtest(
    connection: Connection,
    proposal_id: str,
    *,
    actor: Actor,
    now: datetime,
    sample: int = SAMPLE,
    progress: Progress | None = None,
) -> Row:
    """Back-test a proposal against its base and store what came of it; raises ``NotFound`` or ``WrongState``.

    Of more than ``sample`` invoices a seeded sample is taken; the result says of how many.
    """
    found = lifecycle.proposal(connection, proposal_id)
    lifecycle.backtested(connection, proposal_id, actor=actor)
    proposed, active = stored_set(connection, found["version"]), stored_set(connection, found["base_version"])
    everything = rows(connection, _MOMENTS, {"until": now})
    chosen = sampled(everything, sample)
    said = list(_run(connection, chosen, (active, proposed), now, progress))
    result = {"of": len(everything), "version": found["version"], "base_version": found["base_version"]}
    backtest_id = new_id()
    values = {"backtest_id": backtest_id, "proposal_id": proposal_id, "base_version": found["base_version"]}
    content = {"invoices": len(said), "result": result | summary(said), "run_by": actor.principal_id}
    insert(connection, "control_backtest", values | content)
    return only(connection, "SELECT * FROM control_backtest WHERE backtest_id = %(id)s", {"id": backtest_id})


def latest(connection: Connection, proposal_id: str) -> Row | None:
    """The newest back-test of a proposal."""
    query = "SELECT * FROM control_backtest WHERE proposal_id = %(id)s ORDER BY backtest_id DESC LIMIT 1"
    return first(connection, query, {"id": proposal_id})


def sampled(moments: Sequence[Row], size: int) -> list[Row]:
    """At most ``size`` of them, the same ones for the same ledger, in order."""
    if len(moments) <= size:
        return list(moments)
    chosen = random.Random(len(moments)).sample(range(len(moments)), size)  # noqa: S311 - a sample, no secret
    return [moments[place] for place in sorted(chosen)]


def _run(
    connection: Connection,
    chosen: Sequence[Row],
    sets: tuple[ControlSet, ControlSet],
    now: datetime,
    progress: Progress | None,
) -> Iterator[Said]:
    for place, row in enumerate(chosen):
        history = load_slice(connection, [row["invoice_id"]])
        facts = facts_of(Known(history, row["as_of"]), row["invoice_id"])
        if facts["invoice"]["known"]:
            yield said_of(facts, *sets, bad=_came_to_bad(history, row, microseconds(now)))
        if progress is not None:
            progress(place + 1, len(chosen))


def _came_to_bad(history: History, row: Row, now: int) -> bool | None:
    """Whether the invoice was disputed or credited, as known by ``now``; ``None`` while nobody can know."""
    ids, moments = np.array([row["invoice_id"]], dtype=object), np.array([row["as_of"]], dtype=np.int64)
    disputed = build_labels(history, ids, moments, observed_until=now).disputed[0]
    return None if np.isnan(disputed) else bool(disputed)
