"""Hides the score from a small share of reviewers until they have decided, to learn how much it anchors them.

The draw depends on case and reviewer alone, so that looking again does not redraw it. Controls, records and remedies of
controls stay visible; what the models say does not. Whoever asks to see it sees it, and that is written down: what a
decision says of ``saw_score`` is what was shown, not what a client claims.
"""

from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.chance import drawn
from serving.queue.repository import get, record_event
from serving.queue.sight import seen_by
from serving.queue.states import OPEN_STATES, CaseEvent
from serving.sql import Row, change, first
from serving.state import ServingState


def is_hidden(connection: Connection, state: ServingState, kase: Row, principal: Principal) -> bool:
    """Whether this reviewer does not see the score of this case yet; the draw is written down when it first matters."""
    case_id, who = kase["case_id"], principal.principal_id
    share = state.settings.hidden_score_share
    if kase["state"] not in OPEN_STATES or principal.kind != "account" or drawn("hidden", case_id, who) >= share:
        return False
    keep = """
        INSERT INTO hidden_score (case_id, account_id, share) VALUES (%(case)s, %(who)s, %(share)s)
        ON CONFLICT (case_id, account_id) DO NOTHING
    """
    parameters = {"case": case_id, "who": who, "share": share}
    change(connection, keep, parameters)
    query = "SELECT shown_at FROM hidden_score WHERE case_id = %(case)s AND account_id = %(who)s"
    row = first(connection, query, parameters)
    return row is not None and row["shown_at"] is None


def show(connection: Connection, state: ServingState, kase: Row, principal: Principal) -> bool:
    """Let a reviewer see the score from now on; says whether it was hidden until now."""
    if not is_hidden(connection, state, kase, principal):
        return False
    statement = """
        UPDATE hidden_score SET shown_at = clock_timestamp()
        WHERE case_id = %(case)s AND account_id = %(who)s AND shown_at IS NULL
    """
    shown = change(connection, statement, {"case": kase["case_id"], "who": principal.principal_id}) == 1
    if shown:
        states, actor = (kase["state"], kase["state"]), principal.principal_id
        record_event(connection, kase["case_id"], CaseEvent.SCORE_SHOWN, actor=actor, states=states, detail={})
    return shown


def show_score(connection: Connection, state: ServingState, score: Row, principal: Principal) -> None:
    """Note that a reviewer read a score elsewhere than on its case: it counts as seen."""
    kase = None if score["case_id"] is None else get(connection, score["case_id"], seen_by(principal))
    if kase is not None:
        show(connection, state, kase, principal)
