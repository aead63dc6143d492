"""Recognising callers, ending sessions, making accounts and keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from sqlalchemy import Connection

from serving import audit
from serving.auth import repository
from serving.auth.administration import touch_key
from serving.auth.principal import Forbidden, Principal, Unauthenticated
from serving.auth.scopes import Role, Scope, scopes_of
from serving.auth.secrets import (
    digest,
    digest_matches,
    format_key,
    hash_password,
    new_token,
    parse_key,
)
from serving.ids import new_id
from serving.limits.allowance import Allowance
from serving.sql import Row


def began_elsewhere(connection: Connection, token: str) -> bool:
    """Whether the session was begun by logging in with the identity provider."""
    return repository.began_elsewhere(connection, digest(token))


def log_out(connection: Connection, token: str, *, principal: Principal) -> None:
    """End the session."""
    repository.end_session(connection, digest(token))
    audit.write(connection, "logout", actor=principal.principal_id, subject=principal.principal_id, detail={})


def principal_of_session(connection: Connection, token: str) -> Principal:
    """The person behind a session cookie; raises ``Unauthenticated``."""
    account = repository.account_of_session(connection, digest(token))
    if account is None:
        raise Unauthenticated("the session has ended; log in again")
    return person_of(account)


def principal_of_account(connection: Connection, account_id: str) -> Principal | None:
    """A person with what they may do now, whether they are logged in or not; ``None`` for one who may not log in."""
    account = repository.account(connection, account_id)
    return person_of(account) if account is not None and account["active"] else None


def principal_of_key(connection: Connection, presented: str) -> Principal:
    """The machine behind an API key; raises ``Unauthenticated``."""
    parsed = parse_key(presented)
    row = parsed and repository.live_key(connection, parsed[0])
    digests = [row["secret_digest"], row["previous_digest"]] if row else []
    if not parsed or not row or not any(digest_matches(stored, parsed[1]) for stored in digests if stored):
        raise Unauthenticated("the API key is unknown, expired or revoked")
    touch_key(connection, row["key_id"])
    scopes = frozenset(Scope(scope) for scope in row["scopes"])
    allowance = Allowance(row["requests_per_second"], row["requests_per_day"])
    return Principal(
        row["key_id"],
        "key",
        row["name"],
        (Role.SERVICE,),
        scopes | {Scope.SELF},
        allowance=allowance,
        sandbox=row["sandbox"],
    )


def person_of(account: Row) -> Principal:
    """The principal that an account's row is."""
    roles = tuple(Role(role) for role in account["roles"])
    return Principal(account["account_id"], "account", account["name"], roles, scopes_of(roles), account["resource_id"])


@dataclass(frozen=True)
class NewAccount:
    """What an account is made from."""

    login: str
    name: str
    password: str
    roles: tuple[Role, ...]
    resource_id: str | None = None


def create_account(connection: Connection, account: NewAccount, *, actor: str) -> str:
    """Make an account; its id."""
    account_id = new_id()
    repository.add_account(
        connection,
        account_id=account_id,
        login=account.login,
        name=account.name,
        password_hash=hash_password(account.password),
        roles=[role.value for role in account.roles],
        resource_id=account.resource_id,
    )
    detail = {"login": account.login, "roles": list(account.roles), "resource_id": account.resource_id}
    audit.write(connection, "account_created", actor=actor, subject=account_id, detail=detail)
    return account_id


def create_key(
    connection: Connection,
    name: str,
    scopes: Sequence[Scope],
    *,
    actor: str,
    valid: timedelta = timedelta(days=90),
    sandbox: bool = False,
) -> str:
    """Make an API key; returned once, only its digest is kept. Raises ``Forbidden`` for scopes no machine may hold.

    ``sandbox``: a test key, which reaches nothing but the sandbox.
    """
    allowed = scopes_of((Role.SERVICE,)) | {Scope.AUDIT_READ, Scope.RECORDS_BACKDATE}
    if not set(scopes) <= allowed:
        raise Forbidden("decisions on cases and administration are for people: a key cannot carry those scopes")
    key_id, secret = token_hex(6), new_token()
    repository.add_key(
        connection,
        key_id=key_id,
        digest=digest(secret),
        name=name,
        scopes=[scope.value for scope in scopes],
        created_by=actor,
        valid=valid,
        sandbox=sandbox,
    )
    detail = {"name": name, "scopes": list(scopes)} | ({"sandbox": True} if sandbox else {})
    audit.write(connection, "key_created", actor=actor, subject=key_id, detail=detail)
    return format_key(key_id, secret)


def revoke_key(connection: Connection, key_id: str, *, actor: str) -> bool:
    """Make a key useless; says whether it was live."""
    revoked = repository.revoke_key(connection, key_id)
    if revoked:
        audit.write(connection, "key_revoked", actor=actor, subject=key_id, detail={})
    return revoked
