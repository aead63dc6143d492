"""Accounts, sessions and keys in the database."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from serving.sql import Row, change, first, insert, only, rows

_SESSION = """
SELECT a.account_id, a.name, a.roles, a.resource_id
FROM account_session s JOIN account a USING (account_id)
WHERE s.token_digest = %(digest)s AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND a.active
"""
_KEY = """
SELECT key_id, secret_digest, name, scopes, requests_per_second, requests_per_day, sandbox,
       CASE WHEN previous_until > clock_timestamp() THEN previous_digest END AS previous_digest
FROM api_key
WHERE key_id = %(key_id)s AND revoked_at IS NULL AND expires_at > clock_timestamp()
"""
_ACCOUNT_FOR_LOGIN = """
SELECT account_id, name, password_hash, roles, resource_id, active FROM account WHERE login = %(login)s
"""
_NEW_SESSION = """
INSERT INTO account_session (token_digest, account_id, expires_at, login_flow)
VALUES (%(digest)s, %(account_id)s, clock_timestamp() + %(length)s, %(flow)s) ON CONFLICT (login_flow) DO NOTHING
"""
_NEW_PERSON = """
INSERT INTO account (account_id, login, name, roles, resource_id)
VALUES (%(account_id)s, %(login)s, %(name)s, %(roles)s, %(resource_id)s) ON CONFLICT (account_id) DO NOTHING
"""
_CHANGED_PERSON = """
UPDATE account SET name = %(name)s, roles = %(roles)s, resource_id = %(resource_id)s WHERE account_id = %(account_id)s
"""
_NEW_KEY = """
INSERT INTO api_key (key_id, secret_digest, name, scopes, created_by, expires_at, sandbox)
VALUES (%(key_id)s, %(digest)s, %(name)s, %(scopes)s, %(created_by)s, clock_timestamp() + %(valid)s, %(sandbox)s)
"""


def account_of_session(connection: Connection, token_digest: str) -> Row | None:
    """The active account behind a live session."""
    return first(connection, _SESSION, {"digest": token_digest})


def live_key(connection: Connection, key_id: str) -> Row | None:
    """A key that is neither expired nor revoked."""
    return first(connection, _KEY, {"key_id": key_id})


def account_for_login(connection: Connection, login: str) -> Row | None:
    """An account by login name, with what is kept of its password."""
    return first(connection, _ACCOUNT_FOR_LOGIN, {"login": login})


def logins_among(connection: Connection, names: list[str]) -> list[str]:
    """Those of some names that are log-ins of accounts."""
    query = "SELECT login FROM account WHERE login = ANY(%(names)s) ORDER BY login"
    return [row["login"] for row in rows(connection, query, {"names": names})]


def start_session(
    connection: Connection, account_id: str, token_digest: str, *, length: timedelta, flow: str | None = None
) -> bool:
    """Keep a new session; ``False`` when the login with the provider (``flow``) has made one already."""
    values = {"digest": token_digest, "account_id": account_id, "length": length, "flow": flow}
    return change(connection, _NEW_SESSION, values) == 1


def began_elsewhere(connection: Connection, token_digest: str) -> bool:
    """Whether a session was begun by logging in with the identity provider."""
    query = "SELECT FROM account_session WHERE token_digest = %(digest)s AND login_flow IS NOT NULL"
    return first(connection, query, {"digest": token_digest}) is not None


def end_session(connection: Connection, token_digest: str) -> None:
    """End a session; ending it again changes nothing."""
    change(
        connection,
        "UPDATE account_session SET ended_at = clock_timestamp() WHERE token_digest = %(d)s AND ended_at IS NULL",
        {"d": token_digest},
    )


def add_account(connection: Connection, **columns: Any) -> None:
    """Write a new account."""
    insert(connection, "account", columns)


def account(connection: Connection, account_id: str) -> Row | None:
    """An account by id."""
    query = "SELECT account_id, name, roles, resource_id, active FROM account WHERE account_id = %(id)s"
    return first(connection, query, {"id": account_id})


def has_another(connection: Connection, account_id: str, resource_id: str) -> bool:
    """Whether somebody can log in with another account of the same person of the ledger."""
    query = "SELECT FROM account WHERE resource_id = %(resource)s AND active AND account_id <> %(id)s LIMIT 1"
    return first(connection, query, {"resource": resource_id, "id": account_id}) is not None


def add_person(connection: Connection, columns: dict[str, Any]) -> bool:
    """Write an account without a password; says whether it is new, as two requests of one person may come at once."""
    return change(connection, _NEW_PERSON, columns) == 1


def change_person(connection: Connection, columns: dict[str, Any]) -> None:
    """Bring an account up to what the identity provider says."""
    change(connection, _CHANGED_PERSON, columns)


def deactivate_account(connection: Connection, login: str) -> None:
    """Let nobody log in with an account any more, and end its sessions' effect at once."""
    change(connection, "UPDATE account SET active = false WHERE login = %(login)s", {"login": login})


def add_key(connection: Connection, **parameters: Any) -> None:
    """Write a new key: ``key_id, digest, name, scopes, created_by, valid``, and ``sandbox`` for a test key."""
    change(connection, _NEW_KEY, {"sandbox": False} | parameters)


def revoke_key(connection: Connection, key_id: str) -> bool:
    """Make a key useless from now on; says whether it was live."""
    statement = "UPDATE api_key SET revoked_at = clock_timestamp() WHERE key_id = %(id)s AND revoked_at IS NULL"
    return change(connection, statement, {"id": key_id}) == 1


def has_accounts(connection: Connection) -> bool:
    """Whether anybody was ever made."""
    return bool(only(connection, "SELECT EXISTS (SELECT FROM account) AS found")["found"])
