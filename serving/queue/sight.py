"""Who sees which cases: those of one's own teams and those of no team; some roles see all.

Everything that shows a case, or anything that belongs to one, asks here.
"""

from typing import Any

from serving.auth.principal import Principal
from serving.auth.scopes import Scope

# Of a ``review_case`` called ``c``.
SEEN = """(%(sees_all)s OR c.team_id IS NULL
    OR c.team_id IN (SELECT m.team_id FROM team_member m WHERE m.account_id = %(viewer)s))"""


def seen_by(principal: Principal) -> dict[str, Any]:
    """The parameters of ``SEEN`` for a caller."""
    return {"viewer": principal.principal_id, "sees_all": principal.may(Scope.CASES_ALL)}


def everything() -> dict[str, Any]:
    """The parameters of ``SEEN`` for the service itself, which works on cases of every team."""
    return {"viewer": "", "sees_all": True}
