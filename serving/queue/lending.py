"""Sees to it that a case of a team reaches somebody who sees it and may decide it.

Within a team these are its members and the roles that see every team, as far as seniority and separated duties allow.
Where nobody is left, the case is lent to the seniors of the other teams: they see it and decide it like their own,
until somebody in its own sight may decide it again. Nobody at all: an escalation is refused and says who is barred.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.queue import repository
from serving.queue.deciders import STUCK, asked
from serving.queue.states import CaseEvent
from serving.sql import Row, change, first, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

MOST_AT_ONCE: Final = 500
# Lent and not stuck any more, or stuck and not lent. What a senior of another team has in hand stays with them, and
# what they closed stays in their sight.
_WRONG: Final = f"""
SELECT c.case_id FROM review_case c LEFT JOIN case_lent l USING (case_id)
WHERE c.state IN ('open', 'waiting') AND (c.team_id IS NOT NULL OR l.case_id IS NOT NULL)
  AND (l.case_id IS NOT NULL) <> (c.team_id IS NOT NULL AND {STUCK}) AND {free(Sweep.LENDING, "c.case_id")}
ORDER BY c.case_id LIMIT %(most)s
"""  # noqa: S608 - our own words
_LOCK: Final = f"""
SELECT c.state, c.invoice_id, c.team_id IS NOT NULL AND {STUCK} AS stuck,
       EXISTS (SELECT FROM case_lent l WHERE l.case_id = c.case_id) AS lent
FROM review_case c WHERE c.case_id = %(case_id)s AND c.state IN ('open', 'waiting') FOR UPDATE OF c
"""  # noqa: S608 - our own words


def lend(connection: Connection, case_id: str) -> bool:
    """Lend a case at rest that nobody in its sight may decide; says whether that was done."""
    kase = first(connection, _LOCK, asked(case_id=case_id))
    if kase is None or kase["lent"] or not kase["stuck"]:
        return False
    change(connection, "INSERT INTO case_lent (case_id) VALUES (%(id)s)", {"id": case_id})
    _tell(connection, case_id, kase, CaseEvent.LENT)
    return True


def take_back(connection: Connection, case_id: str) -> bool:
    """End the loan of a case at rest that somebody in its own sight may decide again; says whether that was done."""
    kase = first(connection, _LOCK, asked(case_id=case_id))
    if kase is None or not kase["lent"] or kase["stuck"]:
        return False
    change(connection, "DELETE FROM case_lent WHERE case_id = %(id)s", {"id": case_id})
    _tell(connection, case_id, kase, CaseEvent.LENT_BACK)
    return True


def _tell(connection: Connection, case_id: str, kase: Row, event: CaseEvent) -> None:
    states = (kase["state"], kase["state"])
    repository.record_event(connection, case_id, event, actor=audit.SYSTEM, states=states, detail={})
    detail = {"case_id": case_id}
    audit.write(connection, f"case_{event.value}", actor=audit.SYSTEM, subject=kase["invoice_id"], detail=detail)


def lend_cases(state: ServingState) -> int:
    """Lend what nobody who sees it may decide, and take back what somebody may again; how many."""
    with state.engine.connect() as connection:
        wrong = [Item(row["case_id"]) for row in rows(connection, _WRONG, asked(most=MOST_AT_ONCE))]
    return sweep_over(state, Sweep.LENDING, wrong, partial(_settle, state)).done


def _settle(state: ServingState, items: Sequence[Item]) -> int:
    with state.engine.begin() as connection:
        return lend(connection, items[0].key) or take_back(connection, items[0].key)
