"""Blind second looks: a second person decides without knowing what the first decided; disagreement goes to a senior.

The first decision took effect long ago; what comes of a second look is knowledge of how well reviewers agree. Whoever
took a look is kept from the case's own page until they have decided. A look that nobody finishes is free after a day.
"""

from datetime import timedelta
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving import audit
from serving.auth.principal import Forbidden, Principal
from serving.auth.scopes import Scope
from serving.problems import Conflict, FieldError, Invalid, NotFound
from serving.queue.repository import record_event
from serving.queue.service import find
from serving.queue.sight import SEEN, seen_by
from serving.queue.states import NEEDS_REASON, CaseEvent
from serving.sql import Row, change, first, only, rows

ACTIONS: Final = (ReviewAction.RELEASE, ReviewAction.CORRECT, ReviewAction.HOLD, ReviewAction.WRITE_OFF_REQUEST)
KEPT_FOR: Final = timedelta(days=1)


class UnknownLook(NotFound):
    """No such second look, or not for the caller."""

    slug = "unknown-second-look"
    title = "Unknown second look"


class LookEnded(Conflict):
    """Somebody else decided it meanwhile, or the caller's time is over."""

    slug = "second-look-ended"
    title = "This second look is not yours any more"


class Blinded(Forbidden):
    """Whoever looks a second time does not see the first decision before their own."""

    slug = "second-look"
    title = "You are looking at this case a second time"


# Who may take a look: somebody who had no part in the case, sees it, and has nothing to do with what is billed.
_FREE = sql.SQL("""
l.state = 'waiting' AND (l.taken_by IS NULL OR l.taken_at <= clock_timestamp() - %(kept)s)
AND l.first_reviewer <> %(me)s
AND (%(resource)s::text IS NULL OR NOT %(resource)s = ANY(c.separated))
AND (%(senior)s OR NOT (c.route = 'senior_review' OR c.escalated))
AND NOT EXISTS (SELECT FROM case_event e WHERE e.case_id = l.case_id AND e.actor_id = %(me)s) AND {seen}
""").format(seen=sql.SQL(SEEN))
_TAKE = sql.SQL("""
UPDATE second_look SET taken_by = %(me)s, taken_at = clock_timestamp() WHERE look_id = (
    SELECT l.look_id FROM second_look l JOIN review_case c USING (case_id) WHERE {free}
    ORDER BY l.look_id LIMIT 1 FOR UPDATE OF l SKIP LOCKED)
RETURNING *
""").format(free=_FREE)
_COUNT = sql.SQL("SELECT count(*) AS free FROM second_look l JOIN review_case c USING (case_id) WHERE {free}").format(
    free=_FREE
)
_MINE = "state = 'waiting' AND taken_by = %(me)s AND taken_at > clock_timestamp() - %(kept)s"
# Whose case went to a foreign team meanwhile is not there any more, and neither is the look.
_HELD = sql.SQL("""
SELECT l.look_id, l.case_id, d.score_id, d.decided_at
FROM second_look l JOIN review_case c USING (case_id) JOIN case_decision d USING (decision_id)
WHERE l.state = 'waiting' AND l.taken_by = %(me)s AND l.taken_at > clock_timestamp() - %(kept)s AND {seen}
""").format(seen=sql.SQL(SEEN))
_LOOKS = """
SELECT l.*, c.invoice_id, c.client_id, d.action AS first_action, d.reason_code AS first_reason, d.note AS first_note,
       d.score_id, d.decided_at, a.name AS first_name, b.name AS second_name
FROM second_look l JOIN review_case c USING (case_id) JOIN case_decision d USING (decision_id)
LEFT JOIN account a ON a.account_id = l.first_reviewer LEFT JOIN account b ON b.account_id = l.second_reviewer
"""


def _who(principal: Principal) -> Row:
    return {
        "me": principal.principal_id,
        "resource": principal.resource_id,
        "senior": principal.may(Scope.CASES_SENIOR),
        "kept": KEPT_FOR,
        **seen_by(principal),
    }


def take_next(connection: Connection, principal: Principal) -> Row | None:
    """The look that the caller has in hand, else the oldest that is free for them; ``None`` when there is none."""
    return held_by(connection, principal) or first(connection, _TAKE, _who(principal))


def held_by(connection: Connection, principal: Principal) -> Row | None:
    """The look that the caller has in hand."""
    return first(connection, _HELD, _who(principal))


def count_free(connection: Connection, principal: Principal) -> int:
    """How many looks the caller could take."""
    return int(only(connection, _COUNT, _who(principal))["free"])


def blinded(connection: Connection, case_id: str, principal: Principal) -> None:
    """Raise ``Blinded`` when the caller has a second look at this case in hand."""
    query = f"SELECT look_id FROM second_look WHERE case_id = %(case)s AND {_MINE}"  # noqa: S608 - a constant
    if first(connection, query, {"case": case_id, **_who(principal)}) is not None:
        raise Blinded("decide first, under Second looks; after that you see what the first reviewer decided")


def readable(connection: Connection, case_id: str, principal: Principal) -> Row:
    """A case whose story the caller may read; raises ``UnknownCase`` and ``Blinded``."""
    kase = find(connection, case_id, principal)
    blinded(connection, case_id, principal)
    return kase


def in_hand(connection: Connection, look_id: str, principal: Principal) -> Row:
    """A look that the caller has taken, without the first decision; raises ``LookEnded``."""
    query = _HELD + sql.SQL("AND l.look_id = %(look)s")
    found = first(connection, query, {"look": look_id, **_who(principal)})
    if found is None:
        raise LookEnded("take it again, or another one")
    return found


def decide(connection: Connection, look_id: str, said: Row, principal: Principal, *, request_id: str) -> Row:
    """Write what the second person decides (``action``, ``reason_code``, ``note``); the look with both decisions."""
    _check(said)
    statement = f"""
        UPDATE second_look l SET second_reviewer = %(me)s, action = %(action)s, reason_code = %(reason_code)s,
               note = %(note)s, looked_at = clock_timestamp(),
               state = CASE WHEN d.action = %(action)s THEN 'agreed' ELSE 'disagreed' END
        FROM case_decision d WHERE d.decision_id = l.decision_id AND look_id = %(look)s AND {_MINE}
    """  # noqa: S608 - a constant
    if change(connection, statement, said | {"look": look_id, **_who(principal)}) != 1:
        raise LookEnded("take it again, or another one")
    look = compared(connection, look_id, principal)
    _tell(connection, look, "second_look_decided", principal, request_id)
    return look


def _check(said: Row) -> None:
    if said["action"] not in ACTIONS:
        raise Invalid("Choose what to decide.", errors=[FieldError(pointer="/action", message="Choose one.")])
    if ReviewAction(said["action"]) in NEEDS_REASON and said["reason_code"] not in tuple(Cause):
        raise Invalid(
            "Choose a reason: this decision needs one.", errors=[FieldError(pointer="/reason_code", message="Choose.")]
        )


def compared(connection: Connection, look_id: str, principal: Principal) -> Row:
    """A finished look with both decisions: for its second reviewer, and for seniors. Raises ``UnknownLook``."""
    query = sql.SQL(_LOOKS) + sql.SQL("WHERE l.look_id = %(look)s AND l.state <> 'waiting' AND ") + sql.SQL(SEEN)
    look = first(connection, query, {"look": look_id, **_who(principal)})
    if look is None or not (look["second_reviewer"] == principal.principal_id or principal.may(Scope.CASES_SENIOR)):
        raise UnknownLook(f"there is no second look {look_id!r}, or not for you")
    return look


def settle(connection: Connection, look_id: str, said: Row, principal: Principal, *, request_id: str) -> Row:
    """A senior who is neither of the two says which decision (``settled_for``: first, second) was right, and why."""
    principal.require(Scope.CASES_SENIOR)
    look = compared(connection, look_id, principal)
    if principal.principal_id in (look["first_reviewer"], look["second_reviewer"]):
        raise Forbidden("one of the two decisions is yours; another senior settles it")
    if said["settled_for"] not in ("first", "second") or not (said["settled_note"] or "").strip():
        raise Invalid("Choose whose decision was right, and write why.")
    statement = """
        UPDATE second_look SET state = 'settled', settled_by = %(me)s, settled_for = %(settled_for)s,
               settled_note = %(settled_note)s, settled_at = clock_timestamp()
        WHERE look_id = %(look)s AND state = 'disagreed'
    """
    if change(connection, statement, said | {"look": look_id, "me": principal.principal_id}) != 1:
        raise LookEnded("it is settled already")
    look = compared(connection, look_id, principal)
    _tell(connection, look, "second_look_settled", principal, request_id)
    return look


def _tell(connection: Connection, look: Row, action: str, principal: Principal, request_id: str) -> None:
    actor, told = principal.principal_id, ("look_id", "state", "action", "reason_code", "settled_for")
    detail = {name: look[name] for name in told}
    if action == "second_look_decided":
        states = ("decided", "decided")
        record_event(connection, look["case_id"], CaseEvent.LOOKED_AGAIN, actor=actor, states=states, detail=detail)
    detail |= {"case_id": look["case_id"], "decision_id": look["decision_id"]}
    audit.write(connection, action, actor=actor, subject=look["invoice_id"], detail=detail, request_id=request_id)


def finished_by(connection: Connection, principal: Principal) -> list[Row]:
    """The caller's last looks, with both decisions."""
    query = sql.SQL(_LOOKS) + sql.SQL("WHERE l.second_reviewer = %(me)s ORDER BY l.looked_at DESC LIMIT 20")
    return rows(connection, query, _who(principal))


def disagreements(connection: Connection, principal: Principal) -> list[Row]:
    """What waits for a senior who is neither of the two."""
    query = sql.SQL(_LOOKS) + sql.SQL(
        "WHERE l.state = 'disagreed' AND %(me)s NOT IN (l.first_reviewer, l.second_reviewer) AND {} ORDER BY l.look_id"
    ).format(sql.SQL(SEEN))
    return rows(connection, query, _who(principal)) if principal.may(Scope.CASES_SENIOR) else []


def agreement(connection: Connection) -> Row:
    """How well reviewers agree: share, and Cohen's kappa with its interval."""
    return only(connection, "SELECT * FROM second_look_agreement_v1")
