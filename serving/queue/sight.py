"""Who sees which cases: those of one's own teams and those of no team; some roles see all, a key those it scored.

What nobody of its own team may decide is lent to the seniors of the others (``serving.queue.lending``).

Everything that shows a case, or anything that belongs to one, asks here.
"""

from typing import Any

from serving.auth.principal import Principal
from serving.auth.scopes import Scope

# Of a ``review_case`` called ``c``.
SEEN = """(%(sees_all)s OR c.team_id IS NULL
    OR c.team_id IN (SELECT m.team_id FROM team_member m WHERE m.account_id = %(viewer)s)
    OR (%(lends)s AND c.case_id IN (SELECT l.case_id FROM case_lent l))
    OR (%(is_key)s AND EXISTS (SELECT FROM score own WHERE own.invoice_id = c.invoice_id AND own.case_id = c.case_id
                               AND own.requested_by = %(viewer)s)))"""


def seen_by(principal: Principal) -> dict[str, Any]:
    """The parameters of ``SEEN`` for a caller."""
    return sight_of(
        principal.principal_id,
        sees_all=principal.may(Scope.CASES_ALL),
        senior=principal.may(Scope.CASES_SENIOR),
        is_key=principal.kind == "key",
    )


def sight_of(viewer: str, *, sees_all: bool, senior: bool = False, is_key: bool = False) -> dict[str, Any]:
    """The parameters of ``SEEN`` for an account or a key."""
    return {"viewer": viewer, "sees_all": sees_all, "lends": senior, "is_key": is_key}


def everything() -> dict[str, Any]:
    """The parameters of ``SEEN`` for the service itself, which works on cases of every team."""
    return sight_of("", sees_all=True)
