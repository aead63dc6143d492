"""Shadow mode: a proposed set looks at every live score beside the active one, and never decides.

It looks after the score is stored, from the ledger as that score saw it, so that scoring pays nothing for it. Each
score is looked at once; a pass that is killed goes on where it stopped.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from features.history import load_slice, microseconds
from serving.controls import lifecycle
from serving.controls.compare import is_held, keys
from serving.controls.control import Severity
from serving.controls.evaluate import evaluate
from serving.controls.facts import facts_of
from serving.controls.known import Known
from serving.controls.replay import snoozes_at
from serving.controls.ruleset import ControlSet
from serving.controls.source import stored_set
from serving.scoring.document import InlineDocument, records_of
from serving.sql import Row, change, only, rows
from serving.tasks.set_aside import Sweep, free

BATCH = 200

_PENDING = f"""
SELECT s.score_id, s.invoice_id, s.as_of, s.document, s.ledger_snapshot, s.controls, s.control_version
FROM score s
WHERE s.scored_at >= %(since)s
  AND NOT EXISTS (SELECT FROM control_shadow x WHERE x.proposal_id = %(proposal)s AND x.score_id = s.score_id)
  AND CASE WHEN %(scores)s::text[] IS NULL THEN {free(Sweep.SHADOW, "s.score_id")} ELSE s.score_id = ANY(%(scores)s) END
ORDER BY s.score_id LIMIT %(limit)s
"""  # noqa: S608 - our own words
_KEEP = """
INSERT INTO control_shadow (proposal_id, score_id, newly, gone, would_hold)
VALUES (%(proposal)s, %(score)s, %(newly)s, %(gone)s, %(would_hold)s) ON CONFLICT DO NOTHING
"""
_COUNTS = """
SELECT count(*) AS scores, count(*) FILTER (WHERE newly <> '{}' OR gone <> '{}') AS different,
       count(*) FILTER (WHERE would_hold) AS newly_held, count(*) FILTER (WHERE NOT would_hold) AS no_longer_held
FROM control_shadow WHERE proposal_id = %(proposal)s
"""
_DIFFERENT = """
SELECT x.score_id, s.invoice_id, s.amount, s.currency, x.newly, x.gone, x.would_hold
FROM control_shadow x JOIN score s USING (score_id)
WHERE x.proposal_id = %(proposal)s AND (x.newly <> '{}' OR x.gone <> '{}') ORDER BY x.score_id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Watched:
    """The set in shadow and the live scores that it has not seen."""

    proposal_id: str
    proposed: ControlSet
    scores: list[Row]


def unseen(connection: Connection, *, limit: int = BATCH, scores: Sequence[str] | None = None) -> Watched | None:
    """Live scores that the set in shadow has not seen, all of them or some; ``None`` when there is nothing to do."""
    found = next(iter(lifecycle.proposals(connection, state="shadow", limit=1)), None)
    if found is None:
        return None
    asked = {"proposal": found["proposal_id"], "since": found["shadow_since"], "limit": limit}
    pending = rows(connection, _PENDING, asked | {"scores": None if scores is None else list(scores)})
    return Watched(found["proposal_id"], stored_set(connection, found["version"]), pending) if pending else None


def catch_up(connection: Connection, *, limit: int = BATCH, scores: Sequence[str] | None = None) -> int:
    """Look at up to ``limit`` live scores that the set in shadow has not seen; how many. 0 when none is in shadow."""
    watched = unseen(connection, limit=limit, scores=scores)
    if watched is None:
        return 0
    for score in watched.scores:
        kept = {"proposal": watched.proposal_id, **_compared(connection, score, watched.proposed)}
        change(connection, _KEEP, kept)
    return len(watched.scores)


def _compared(connection: Connection, score: Row, proposed: ControlSet) -> Row:
    """What the proposed set says otherwise, on the ledger as the score saw it and under the same snoozes."""
    snoozes = snoozes_at(connection, score["as_of"])
    inline = None if score["document"] is None else InlineDocument.model_validate(score["document"])
    records: Sequence[Any] = () if inline is None else records_of(inline, score["as_of"])
    snapshot = score["ledger_snapshot"]
    history = load_slice(connection, [score["invoice_id"]], records=records, snapshot=snapshot)
    known = Known(history, microseconds(score["as_of"]))
    after = evaluate(proposed.with_snoozes(snoozes), facts_of(known, score["invoice_id"]))
    said, then = keys(after), _stored_keys(score["controls"])
    held, was_held = is_held(after), any(hit["severity"] == Severity.HARD_STOP for hit in score["controls"])
    return {
        "score": score["score_id"],
        "newly": sorted(said - then),
        "gone": sorted(then - said),
        "would_hold": None if held is was_held else held,
    }


def _stored_keys(hits: Sequence[dict[str, Any]]) -> set[str]:
    return {f"{hit['control_id']}:{hit['severity']}" + (":snoozed" if hit.get("snoozed") else "") for hit in hits}


def summary(connection: Connection, proposal_id: str, *, limit: int = 50) -> Row:
    """How often a set in shadow differed, control by control, with the newest differences."""
    lifecycle.proposal(connection, proposal_id)
    counts = only(connection, _COUNTS, {"proposal": proposal_id})
    query = "SELECT {0} AS said FROM control_shadow WHERE proposal_id = %(proposal)s AND {0} <> '{{}}'"
    by = {
        name: Counter(
            one for row in rows(connection, query.format(name), {"proposal": proposal_id}) for one in row["said"]
        )
        for name in ("newly", "gone")
    }
    newest = rows(connection, _DIFFERENT, {"proposal": proposal_id, "limit": limit})
    return counts | {name: dict(sorted(found.items())) for name, found in by.items()} | {"newest": newest}
