"""Works out what stands behind the scores of open cases before anybody opens them, and forgets it when they close.

Page and API show the same with or without it: what is kept is found by the score and by the models that speak in it,
and is otherwise worked out when it is asked for.
"""

from typing import Final

from sqlalchemy import Connection

from models.scorer import Scorer
from serving.queue.states import OPEN_STATES
from serving.scoring.explain import made_with, packed, work_out
from serving.scoring.repository import score_row
from serving.sql import Row, change, first, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

MOST: Final = 500  # open cases, those that come first
_PENDING = f"""
SELECT c.score_id FROM (
    SELECT case_id, score_id, priority FROM review_case WHERE state IN ('open', 'claimed', 'waiting')
    ORDER BY priority DESC LIMIT %(most)s
) c WHERE NOT EXISTS (SELECT FROM kept_explanation k WHERE k.score_id = c.score_id AND k.made_with = %(made_with)s)
  AND {free(Sweep.EXPLANATIONS, "c.score_id")}
ORDER BY c.priority DESC LIMIT %(limit)s
"""  # noqa: S608 - our own words
_STILL = "SELECT case_id, score_id FROM review_case WHERE score_id = %(score_id)s AND state = ANY(%(open)s)"
_KEEP = """
INSERT INTO kept_explanation (score_id, case_id, made_with, explanation)
VALUES (%(score_id)s, %(case_id)s, %(made_with)s, %(explanation)s)
ON CONFLICT (score_id) DO UPDATE SET made_with = EXCLUDED.made_with, explanation = EXCLUDED.explanation,
    kept_at = clock_timestamp()
"""
_FORGET = """
DELETE FROM kept_explanation k WHERE NOT EXISTS (
    SELECT FROM review_case c WHERE c.case_id = k.case_id AND c.score_id = k.score_id AND c.state = ANY(%(open)s))
"""


def explain_ahead(state: ServingState, *, limit: int = 5) -> int:
    """Work out what the next cases of the queue need, the first of them first; how many were looked at."""
    scorer = state.models.current()
    if not isinstance(scorer, Scorer):
        return 0
    asked = {"open": [str(one) for one in OPEN_STATES], "most": MOST, "made_with": made_with(scorer), "limit": limit}
    with state.engine.begin() as connection:
        change(connection, _FORGET, asked)
        pending = [Item(row["score_id"]) for row in rows(connection, _PENDING, asked)]
    return sweep_over(state, Sweep.EXPLANATIONS, pending, lambda items: _explain(state, items[0].key, scorer)).done


def _explain(state: ServingState, score_id: str, scorer: Scorer) -> bool:
    with state.engine.begin() as connection:
        row = first(connection, _STILL, {"score_id": score_id, "open": [str(one) for one in OPEN_STATES]})
        if row is not None:
            _keep(connection, row, scorer)
    return row is not None


def _keep(connection: Connection, row: Row, scorer: Scorer) -> None:
    score = score_row(connection, row["score_id"])
    found = None if score is None else work_out(connection, score, scorer)
    # What failed is marked as tried, or it would be tried for ever; whoever asks tries it once more.
    explanation = None if found is None or found.degraded else packed(found)
    change(connection, _KEEP, row | {"made_with": made_with(scorer), "explanation": explanation})
