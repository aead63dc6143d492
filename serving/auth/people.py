"""What administrators change of a person's account beside roles: name, ledger id, password, and its return."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from serving import audit
from serving.auth.administration import account, end_sessions
from serving.auth.principal import Principal
from serving.auth.secrets import hash_password
from serving.problems import Conflict
from serving.sql import change

_DESCRIBE = "UPDATE account SET name = %(name)s, resource_id = %(resource_id)s WHERE account_id = %(id)s"
_REACTIVATE = "UPDATE account SET active = true WHERE account_id = %(id)s AND NOT active"
_RESET = """
UPDATE account SET password_hash = %(hash)s
WHERE account_id = %(id)s AND password_hash IS NOT NULL
"""


class NoPassword(Conflict):
    """The person logs in with the identity provider."""

    slug = "no-password"
    title = "The account has no password"


@dataclass(frozen=True)
class Described:
    """How a person is called, and who they are in the ledger: duties are separated by it."""

    name: str
    resource_id: str | None


def describe(connection: Connection, account_id: str, described: Described, *, by: Principal, why: str) -> None:
    """Give an account another name or ledger id; raises ``NotFound``."""
    before = account(connection, account_id)
    after = {"name": described.name, "resource_id": described.resource_id}
    change(connection, _DESCRIBE, {"id": account_id, **after})
    old = {name: before[name] for name in after}
    _tell(connection, "account_described", account_id, by, {"before": old, "after": after, "why": why})


def reactivate(connection: Connection, account_id: str, *, by: Principal, why: str) -> None:
    """Let a person log in again; sessions of before stay ended. Raises ``NotFound`` and ``Conflict``."""
    account(connection, account_id)
    if change(connection, _REACTIVATE, {"id": account_id}) != 1:
        raise Conflict("the account is active")
    _tell(connection, "account_reactivated", account_id, by, {"why": why})


def reset_password(connection: Connection, account_id: str, password: str, *, by: Principal, why: str) -> None:
    """Give a person another password and end their sessions; known browsers are known no longer.

    Raises ``NotFound``, and ``NoPassword`` for people of the identity provider.
    """
    account(connection, account_id)
    if change(connection, _RESET, {"id": account_id, "hash": hash_password(password)}) != 1:
        raise NoPassword("the person logs in with the identity provider; change the password there")
    _tell(connection, "account_password_reset", account_id, by, {"why": why})
    end_sessions(connection, account_id, by=by, why=why)


def _tell(connection: Connection, action: str, account_id: str, by: Principal, detail: dict[str, Any]) -> None:
    audit.write(connection, action, actor=by.principal_id, subject=account_id, detail=detail)
