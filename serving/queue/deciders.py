"""Who may decide a case and sees it: the one answer that lending, escalating and metrics go by."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from serving.auth.scopes import ROLE_SCOPES, Scope
from serving.problems import Conflict
from serving.queue.teams import REVIEWING, SENIOR
from serving.sql import Row, only, rows

MOST_NAMED: Final = 5
_SEEING_ALL: Final = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.CASES_ALL in scopes]
# Of an account ``a`` and a ``review_case`` called ``c``.
_SENIOR: Final = "a.roles && %(senior)s"
_NEEDS_SENIOR: Final = "(c.route = 'senior_review' OR c.escalated OR cardinality(c.approvals) > 0)"
_SEPARATED: Final = "(a.resource_id IS NOT NULL AND a.resource_id = ANY(c.separated))"
_MAY: Final = f"""(a.active AND a.roles && %(reviewing)s AND NOT {_SEPARATED} AND NOT a.account_id = ANY(c.approvals)
    AND ({_SENIOR} OR NOT ({_NEEDS_SENIOR} OR %(escalated)s)))"""
_SEES: Final = """(c.team_id IS NULL OR a.roles && %(seeing_all)s
    OR EXISTS (SELECT FROM team_member m WHERE m.team_id = c.team_id AND m.account_id = a.account_id))"""
STUCK: Final = f"NOT EXISTS (SELECT FROM account a WHERE {_MAY} AND {_SEES})"
_PEOPLE: Final = f"""
SELECT a.name, {_SEES} AS sees, {_MAY} AS may FROM account a, review_case c
WHERE c.case_id = %(case_id)s AND a.active AND {_SENIOR} AND a.account_id <> %(without)s
ORDER BY a.name, a.account_id
"""  # noqa: S608 - our own words
_NOBODY: Final = f"""
SELECT count(*) AS cases FROM review_case c
WHERE c.state IN ('open', 'waiting') AND NOT EXISTS (SELECT FROM account a WHERE {_MAY})
"""  # noqa: S608 - our own words


class NobodyAbove(Conflict):
    """No senior of the firm may decide the case: the escalation would reach nobody."""

    slug = "nobody-to-escalate-to"
    title = "Nobody could take it over"

    def __init__(self, barred: list[str]) -> None:
        named = ", ".join(barred[:MOST_NAMED])
        why = f"the senior reviewers ({named}) may not decide this case" if named else "there is no senior reviewer"
        super().__init__(
            f"{why}; decide it, or ask an administrator for a senior reviewer who has nothing to do with this invoice",
            barred=barred[:MOST_NAMED],
        )


@dataclass(frozen=True)
class Reach:
    """Whom an escalated case reaches.

    Attributes:
        sees: names of seniors who see the case and may decide it.
        elsewhere: names of seniors of other teams who may decide it once it is lent.
        barred: names of seniors who may not.
    """

    sees: tuple[str, ...]
    elsewhere: tuple[str, ...]
    barred: tuple[str, ...]


def asked(**more: Any) -> Row:
    """The parameters of the conditions above."""
    return {"reviewing": REVIEWING, "senior": SENIOR, "seeing_all": _SEEING_ALL, "escalated": False} | more


def reach(connection: Connection, case_id: str, *, without: str) -> Reach:
    """Whom a case would reach if it were escalated by a person, who is left out."""
    found = rows(connection, _PEOPLE, asked(case_id=case_id, without=without, escalated=True))
    return Reach(
        sees=tuple(row["name"] for row in found if row["may"] and row["sees"]),
        elsewhere=tuple(row["name"] for row in found if row["may"] and not row["sees"]),
        barred=tuple(row["name"] for row in found if not row["may"]),
    )


def check_reach(connection: Connection, case_id: str, *, without: str) -> Reach:
    """The same; raises ``NobodyAbove`` where it would reach nobody."""
    found = reach(connection, case_id, without=without)
    if not found.sees and not found.elsewhere:
        raise NobodyAbove(list(found.barred))
    return found


def undecidable(connection: Connection) -> int:
    """Open cases that nobody in the firm may decide, for metrics."""
    return int(only(connection, _NOBODY, asked())["cases"])
