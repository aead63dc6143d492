"""Comments on cases: written once, never changed; a mentioned colleague is told until they have looked."""

import re
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import ROLE_SCOPES, Scope
from serving.ids import new_id
from serving.problems import Invalid
from serving.queue.sight import SEEN, seen_by
from serving.sql import Row, change, insert, only, rows

LONGEST: Final = 4000
_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][A-Za-z0-9._-]{0,98})")
_SEES_ALL = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.CASES_ALL in scopes]
_READS = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.CASES_READ in scopes]
# Whoever may read cases, and this one: of a case of a team, its members and those who see every team.
_PEOPLE = """
SELECT a.account_id, a.login, a.name FROM account a, review_case c
WHERE c.case_id = %(case_id)s AND a.active AND a.roles && %(reads)s
  AND (c.team_id IS NULL OR a.roles && %(sees_all_roles)s
       OR EXISTS (SELECT FROM team_member m WHERE m.team_id = c.team_id AND m.account_id = a.account_id))
"""
_COMMENTS = """
SELECT m.comment_id, m.author_id, coalesce(a.name, m.author_id) AS author, m.text, m.written_at
FROM case_comment m LEFT JOIN account a ON a.account_id = m.author_id
WHERE m.case_id = %(case_id)s ORDER BY m.written_at, m.comment_id
"""
_WAITING = sql.SQL("""
FROM case_mention n
JOIN case_comment m USING (comment_id)
JOIN review_case c ON c.case_id = m.case_id
LEFT JOIN account a ON a.account_id = m.author_id
WHERE n.account_id = %(viewer)s AND n.seen_at IS NULL AND {seen}
""").format(seen=sql.SQL(SEEN))
_UNSEEN = sql.SQL("""
SELECT m.comment_id, m.text, m.written_at, coalesce(a.name, m.author_id) AS author, c.case_id, c.invoice_id, c.client_id
{waiting} ORDER BY m.written_at DESC LIMIT 100
""").format(waiting=_WAITING)
_COUNT_UNSEEN = sql.SQL("SELECT count(*) AS n {waiting}").format(waiting=_WAITING)


def say(connection: Connection, kase: Row, text: str, *, principal: Principal, request_id: str | None) -> Row:
    """Write a comment on a case that the caller may see, and tell whom it mentions.

    Raises ``Invalid`` for an empty or too long text, and for a mention of nobody who may see the case: nothing is
    written then.
    """
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise Invalid.at("/text", f"write between 1 and {LONGEST} characters")
    mentioned = _mentioned(connection, kase["case_id"], said)
    comment_id = new_id()
    values = {"comment_id": comment_id, "case_id": kase["case_id"], "author_id": principal.principal_id, "text": said}
    insert(connection, "case_comment", values)
    for account_id in mentioned:
        insert(connection, "case_mention", {"account_id": account_id, "comment_id": comment_id})
    detail = {"case_id": kase["case_id"], "comment_id": comment_id, "text": said, "mentions": mentioned}
    audit.write(
        connection,
        "commented",
        actor=principal.principal_id,
        subject=kase["invoice_id"],
        detail=detail,
        request_id=request_id,
    )
    query = "SELECT written_at FROM case_comment WHERE comment_id = %(id)s"
    moment = only(connection, query, {"id": comment_id})["written_at"]
    return values | {"author": principal.name, "written_at": moment}


def _mentioned(connection: Connection, case_id: str, text: str) -> list[str]:
    logins = list(dict.fromkeys(match.rstrip(".-_") for match in _MENTION.findall(text)))
    if not logins:
        return []
    known = {row["login"].lower(): row["account_id"] for row in people_for(connection, case_id)}
    strange = [login for login in logins if login.lower() not in known]
    if strange:
        raise Invalid.at("/text", f"nobody who may see this case logs in as @{strange[0]}")
    return sorted({known[login.lower()] for login in logins})


def people_for(connection: Connection, case_id: str) -> list[Row]:
    """Whom a comment on the case may mention: ``account_id, login, name``, by login."""
    asked = {"case_id": case_id, "reads": _READS, "sees_all_roles": _SEES_ALL}
    return sorted(rows(connection, _PEOPLE, asked), key=lambda row: str(row["login"]))


def comments_of(connection: Connection, case_id: str) -> list[Row]:
    """``comment_id, author_id, author, text, written_at`` of a case's comments, oldest first."""
    return rows(connection, _COMMENTS, {"case_id": case_id})


def unseen_by(connection: Connection, principal: Principal) -> list[Row]:
    """Comments that mention the caller and were not looked at yet, newest first, at most a hundred."""
    return rows(connection, _UNSEEN, seen_by(principal))


def count_unseen(connection: Connection, principal: Principal) -> int:
    """How many comments wait for the caller."""
    return int(only(connection, _COUNT_UNSEEN, seen_by(principal))["n"])


def mark_seen(connection: Connection, case_id: str, principal: Principal) -> int:
    """The caller has looked at a case: its mentions of them are seen; how many were not."""
    statement = """
        UPDATE case_mention n SET seen_at = clock_timestamp() FROM case_comment m
        WHERE n.comment_id = m.comment_id AND m.case_id = %(case_id)s AND n.account_id = %(viewer)s
          AND n.seen_at IS NULL
    """
    return change(connection, statement, {"case_id": case_id, "viewer": principal.principal_id})
