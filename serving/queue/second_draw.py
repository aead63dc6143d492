"""Which decided cases a second person looks at: a small share, drawn by hash, with its propensity."""

from sqlalchemy import Connection

from serving.chance import drawn
from serving.ids import new_id
from serving.sql import change
from serving.state import ServingState

_ADD = """
INSERT INTO second_look (look_id, case_id, decision_id, first_reviewer, propensity)
SELECT %(look)s, case_id, decision_id, reviewer_id, %(share)s FROM case_decision WHERE decision_id = %(decision)s
"""


def draw_look(connection: Connection, state: ServingState, case_id: str, decision_id: str) -> bool:
    """Draw whether a final decision gets a second look; it takes effect all the same. Says whether it was drawn."""
    share = state.settings.second_look_share
    if drawn("second look", case_id) >= share:
        return False
    return change(connection, _ADD, {"look": new_id(), "decision": decision_id, "share": share}) == 1
