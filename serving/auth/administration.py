"""What administrators do with accounts and keys; every step is in the audit log."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope, scopes_of
from serving.auth.secrets import digest, format_key, new_token
from serving.limits.allowance import Allowance
from serving.problems import Conflict, Invalid, NotFound
from serving.sql import Row, change, first, rows

_KEY = """
SELECT key_id, name, CASE WHEN sandbox THEN 'test' ELSE 'live' END AS kind,
       scopes, created_by, created_at, expires_at, revoked_at, rotated_at, last_used_at,
       requests_per_second, requests_per_day,
       coalesce((SELECT requests FROM key_usage u WHERE u.key_id = api_key.key_id
                 AND day = (clock_timestamp() AT TIME ZONE 'UTC')::date), 0) AS requests_today,
       CASE WHEN previous_until > clock_timestamp() THEN previous_until END AS previous_until,
       CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= clock_timestamp() THEN 'expired'
            ELSE 'live' END AS state
FROM api_key
"""
_ACCOUNT = """
SELECT account_id, login, name, roles, resource_id, active, created_at, password_hash IS NOT NULL AS local,
       (SELECT max(s.created_at) FROM account_session s WHERE s.account_id = account.account_id) AS last_login_at,
       (SELECT count(*) FROM account_session s WHERE s.account_id = account.account_id AND s.ended_at IS NULL
        AND s.expires_at > clock_timestamp()) AS sessions,
       ARRAY(SELECT t.name FROM team_member m JOIN team t USING (team_id) WHERE m.account_id = account.account_id
             ORDER BY t.name) AS teams
FROM account
"""
# Locked, so that two administrators who take each other's rights away at the same moment come one after the other.
_ADMINISTRATORS = """
SELECT account_id FROM account WHERE active AND roles && %(roles)s ORDER BY account_id FOR UPDATE
"""
_END_SESSIONS = """
UPDATE account_session SET ended_at = clock_timestamp() WHERE account_id = %(id)s AND ended_at IS NULL
AND expires_at > clock_timestamp()
"""
_ADMINISTERING = [role.value for role in Role if Scope.ACCOUNTS_ADMIN in scopes_of((role,))]
_ROTATE = """
UPDATE api_key SET previous_digest = secret_digest, previous_until = clock_timestamp() + %(overlap)s,
       secret_digest = %(digest)s, rotated_at = clock_timestamp(), expires_at = clock_timestamp() + %(valid)s
WHERE key_id = %(key_id)s AND revoked_at IS NULL
"""
_LIMIT = """
UPDATE api_key SET requests_per_second = %(second)s, requests_per_day = %(day)s
WHERE key_id = %(key_id)s AND revoked_at IS NULL
"""
# To the hour, so that a busy key costs a write an hour and not one per request.
_TOUCH = """
UPDATE api_key SET last_used_at = clock_timestamp() WHERE key_id = %(key_id)s
AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 hour')
"""


class LoginTaken(Conflict):
    """Somebody has the login name."""

    slug = "login-taken"
    title = "The login name is taken"


class KeyRevoked(Conflict):
    """The key was revoked and stays so."""

    slug = "key-revoked"
    title = "The key is revoked"


class OwnAccount(Conflict):
    """Administrators neither lock themselves out nor give themselves rights."""

    slug = "own-account"
    title = "This is your own account"


class LastAdministrator(Conflict):
    """Without this account nobody could administer accounts."""

    slug = "last-administrator"
    title = "This is the last administrator"


def keys(connection: Connection) -> list[Row]:
    """Every key, newest first, without its secret."""
    return rows(connection, f"{_KEY} ORDER BY created_at DESC, key_id")


def key(connection: Connection, key_id: str) -> Row:
    """One key; raises ``NotFound``."""
    found = first(connection, f"{_KEY} WHERE key_id = %(id)s", {"id": key_id})
    if found is None:
        raise NotFound(f"there is no key {key_id!r}")
    return found


def rotate_key(connection: Connection, key_id: str, *, overlap: timedelta, valid: timedelta, by: Principal) -> str:
    """A new secret under the same id; the old one is taken for the overlap. Raises ``NotFound`` and ``KeyRevoked``."""
    key(connection, key_id)
    secret = new_token()
    parameters = {"key_id": key_id, "digest": digest(secret), "overlap": overlap, "valid": valid}
    if change(connection, _ROTATE, parameters) != 1:
        raise KeyRevoked(f"the key {key_id} is revoked; make a new one")
    detail = {"overlap_hours": overlap.total_seconds() / 3600, "valid_days": valid.days}
    audit.write(connection, "key_rotated", actor=by.principal_id, subject=key_id, detail=detail)
    return format_key(key_id, secret)


def limit_key(connection: Connection, key_id: str, allowance: Allowance, *, by: Principal) -> None:
    """Give a key limits of its own, or with ``None`` those of the settings. Raises ``NotFound`` and ``KeyRevoked``."""
    key(connection, key_id)
    parameters = {"key_id": key_id, "second": allowance.per_second, "day": allowance.per_day}
    if change(connection, _LIMIT, parameters) != 1:
        raise KeyRevoked(f"the key {key_id} is revoked; make a new one")
    detail = {"requests_per_second": allowance.per_second, "requests_per_day": allowance.per_day}
    audit.write(connection, "key_limited", actor=by.principal_id, subject=key_id, detail=detail)


def touch_key(connection: Connection, key_id: str) -> None:
    """Note that a key is in use."""
    change(connection, _TOUCH, {"key_id": key_id})


def accounts(connection: Connection) -> list[Row]:
    """Every account by login, without its password."""
    return rows(connection, f"{_ACCOUNT} ORDER BY login")


def account(connection: Connection, account_id: str) -> Row:
    """One account; raises ``NotFound``."""
    found = first(connection, f"{_ACCOUNT} WHERE account_id = %(id)s", {"id": account_id})
    if found is None:
        raise NotFound(f"there is no account {account_id!r}")
    return found


def refuse_both(roles: Sequence[Role]) -> None:
    """Raises ``Invalid`` for roles that together could run the service and decide cases."""
    granted = scopes_of(tuple(roles))
    if {Scope.ACCOUNTS_ADMIN, Scope.CASES_WRITE} <= granted:
        raise Invalid.at("/roles", "nobody both administers accounts and decides cases")


def refuse_taken(connection: Connection, login: str) -> None:
    """Raises ``LoginTaken``."""
    if first(connection, "SELECT FROM account WHERE login = %(login)s", {"login": login}) is not None:
        raise LoginTaken(f"there is an account {login!r} already")


def set_roles(
    connection: Connection, account_id: str, roles: Sequence[Role], *, by: Principal, why: str | None = None
) -> None:
    """Give an account other roles; they hold from its next request on.

    Raises ``NotFound``, ``Invalid``, ``OwnAccount`` and ``LastAdministrator``.
    """
    refuse_both(roles)
    before = account(connection, account_id)["roles"]
    _refuse_own(account_id, by, "another administrator must change your roles")
    names = [role.value for role in roles]
    if not set(names) & set(_ADMINISTERING):
        _refuse_last(connection, account_id)
    _update(connection, account_id, "roles = %(roles)s", roles=names)
    _tell(connection, "account_roles_changed", account_id, by, {"before": before, "after": names, "why": why})


def deactivate(connection: Connection, account_id: str, *, by: Principal, why: str | None = None) -> None:
    """Let nobody log in with an account and end its sessions.

    Raises ``NotFound``, ``OwnAccount`` and ``LastAdministrator``.
    """
    account(connection, account_id)
    _refuse_own(account_id, by, "another administrator must deactivate your account")
    _refuse_last(connection, account_id)
    _update(connection, account_id, "active = false")
    ended = change(connection, _END_SESSIONS, {"id": account_id})
    _tell(connection, "account_deactivated", account_id, by, {"sessions_ended": ended, "why": why})


def _refuse_own(account_id: str, by: Principal, because: str) -> None:
    if account_id == by.principal_id:
        raise OwnAccount(because)


def _refuse_last(connection: Connection, account_id: str) -> None:
    found = [row["account_id"] for row in rows(connection, _ADMINISTRATORS, {"roles": _ADMINISTERING})]
    if found == [account_id]:
        raise LastAdministrator("make another administrator first")


def end_sessions(connection: Connection, account_id: str, *, by: Principal, why: str | None = None) -> int:
    """End every session of an account; how many there were. Raises ``NotFound``."""
    account(connection, account_id)
    ended = change(connection, _END_SESSIONS, {"id": account_id})
    _tell(connection, "account_sessions_ended", account_id, by, {"sessions_ended": ended, "why": why})
    return ended


def _update(connection: Connection, account_id: str, assignments: str, **values: Any) -> None:
    change(connection, f"UPDATE account SET {assignments} WHERE account_id = %(id)s", {"id": account_id, **values})  # noqa: S608 - literals


def _tell(connection: Connection, action: str, account_id: str, by: Principal, detail: dict[str, Any]) -> None:
    audit.write(connection, action, actor=by.principal_id, subject=account_id, detail=detail)
