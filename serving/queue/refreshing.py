"""Open cases are scored again when what they are scored by changes: policy, controls, models, exchange rates.

A worker notices the change by comparing what the scores of open cases name with what is in force, and works through the
cases a portion at a time, the most expected cash first. Where it stands is what is left to find: a worker that dies
leaves the rest to the next one, and a case that was reached is not found again.

Who holds a case keeps it, with the figures of now, as long as they may decide it; its old fence decides nothing.
Nothing is woken: a change of rules is no answer, and no new fact about an invoice that rests.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import orjson
from sqlalchemy import Connection

from serving import audit
from serving.queue.holding import make_way
from serving.scoring.repository import score_row
from serving.scoring.service import Asker, rescore
from serving.sql import Row, change, first, json_value, only, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

PORTION: Final = 200
# Other processes take up new rules within seconds; until then they may store scores by the old ones.
SETTLED_AFTER: Final = timedelta(seconds=15)

_NEW_RATES: Final = """
SELECT DISTINCT currency FROM fx_rate
WHERE recorded_tx >= pg_snapshot_xmin(%(rates)s::pg_snapshot)
  AND NOT pg_visible_in_snapshot(recorded_tx, %(rates)s::pg_snapshot)
"""
_UNREACHED: Final = """
FROM review_case c JOIN score s ON s.score_id = c.score_id
WHERE c.state IN ('open', 'claimed', 'waiting') AND (
    (c.refreshed_for IS DISTINCT FROM %(basis)s AND (
        s.policy_version <> %(policy)s OR s.control_version <> %(controls)s
        OR s.model_digests <> coalesce(%(models)s::jsonb, s.model_digests)))
    OR (c.currency = ANY(%(currencies)s) AND EXISTS (
        SELECT FROM fx_rate f WHERE f.currency = c.currency
        AND f.recorded_tx >= pg_snapshot_xmin(%(rates)s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(f.recorded_tx, s.ledger_snapshot::pg_snapshot))))
"""
_PORTION: Final = f"""
SELECT c.case_id, count(*) OVER () AS remaining {_UNREACHED} AND {free(Sweep.REFRESH, "c.case_id")}
ORDER BY c.priority DESC, c.case_id DESC LIMIT %(most)s
"""
_ONE: Final = f"SELECT c.* {_UNREACHED} AND c.case_id = %(case_id)s FOR UPDATE OF c"
_REACHED: Final = "UPDATE review_case SET refreshed_for = %(basis)s WHERE case_id = %(case_id)s"
_NOTICE: Final = """
UPDATE refresh SET remaining = %(remaining)s, basis = %(basis)s,
    noticed_at = coalesce(noticed_at, clock_timestamp()),
    changed_at = CASE WHEN noticed_at IS NULL OR basis <> %(basis)s THEN clock_timestamp() ELSE changed_at END
"""
_SETTLE: Final = """
UPDATE refresh SET noticed_at = NULL, rates = %(seen)s::pg_snapshot
WHERE remaining = 0 AND changed_at <= clock_timestamp() - %(after)s::interval
"""


def refresh_cases(state: ServingState) -> int:
    """Score a portion of the open cases that a change has not reached; how many."""
    state = state.pinned()
    if state.rules.problem() is not None or state.policies.problem() is not None:
        return 0  # what is in force is not known for sure
    with state.engine.begin() as connection:
        found = _unreached(connection, state)
    swept = sweep_over(state, Sweep.REFRESH, [Item(case_id) for case_id in found], partial(_refresh, state))
    return swept.done


def _unreached(connection: Connection, state: ServingState) -> list[str]:
    """The next portion; notes how far the newest change has come."""
    seen = str(only(connection, "SELECT pg_current_snapshot()::text AS seen")["seen"])
    known, asked = only(connection, "SELECT basis, noticed_at FROM refresh FOR UPDATE"), _asked(connection, state)
    if known["noticed_at"] is None and known["basis"] == asked["basis"] and not asked["currencies"]:
        return []
    found = rows(connection, _PORTION, asked | {"most": PORTION})
    change(connection, _NOTICE, asked | {"remaining": found[0]["remaining"] if found else 0})
    change(connection, _SETTLE, {"seen": seen, "after": SETTLED_AFTER})
    return [row["case_id"] for row in found]


def _asked(connection: Connection, state: ServingState) -> Row:
    """What is in force, as the statements above ask for it; models that cannot all be loaded are left out."""
    rates = str(only(connection, "SELECT rates::text AS rates FROM refresh")["rates"])
    described = [] if state.models.problems else state.models.describe()
    models = {str(one["risk"]): one["digest"] for one in described}
    content = [state.policy.version, state.controls.version, models]
    return {
        "basis": hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        "policy": state.policy.version,
        "controls": state.controls.version,
        "models": json_value(models) if models else None,
        "rates": rates,
        "currencies": [row["currency"] for row in rows(connection, _NEW_RATES, {"rates": rates})],
    }


def _refresh(state: ServingState, items: Sequence[Item]) -> int:
    """Score a case again unless that was done meanwhile; whoever may not decide it any more makes way."""
    case_id = items[0].key
    with state.engine.begin() as connection:
        asked = _asked(connection, state) | {"case_id": case_id}
        kase = first(connection, _ONE, asked)
        if kase is None:
            return 0
        previous = score_row(connection, kase["score_id"])
        assert previous is not None
        rescore(connection, state, previous, asker=Asker(audit.SYSTEM))
        change(connection, _REACHED, asked)
        make_way(connection, case_id)
    return 1
