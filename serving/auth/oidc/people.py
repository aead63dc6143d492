"""From the provider's claims to a person of ours: a stable account, roles by the explicit map, the ledger id."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from serving import audit
from serving.auth import repository
from serving.auth.administration import refuse_both
from serving.auth.oidc.settings import OidcSettings
from serving.auth.principal import Forbidden, Principal, Unauthenticated
from serving.auth.scopes import Role, scopes_of
from serving.problems import Invalid

LONGEST_NAME: Final = 200


class NoRole(Forbidden):
    """A person whom the provider knows, and whom nothing here is for."""

    title = "Your login works, but you have no role here"


class Deactivated(Forbidden):
    """A person whose account an administrator closed here, whatever the provider says."""

    title = "Your account here is deactivated"


class TwoAccounts(Forbidden):
    """A person who has another account here: two accounts of one person would pass for two pairs of eyes."""

    title = "You have another account here"


@dataclass(frozen=True)
class Person:
    """A person as a token describes them."""

    account_id: str
    login: str
    name: str
    roles: tuple[Role, ...]
    resource_id: str | None

    def columns(self) -> dict[str, Any]:
        """The person as a row of ``account``."""
        return {**vars(self), "roles": [role.value for role in self.roles]}


def principal_of_claims(connection: Connection, claims: Mapping[str, Any], settings: OidcSettings) -> Principal:
    """The person whom a checked token names; their account is made or brought up to date.

    Raises ``Forbidden`` for a person without a role here, with an account that was deactivated here, or with another.
    """
    account_id, login = account_of(claims)
    resource_id = _text(_claim(claims, settings.resource_claim)) if settings.resource_claim else ""
    person = Person(account_id, login, _name(claims), roles_of(claims, settings), resource_id or None)
    _keep(connection, person)
    scopes = scopes_of(person.roles)
    return Principal(person.account_id, "account", person.name, person.roles, scopes, person.resource_id)


def account_of(claims: Mapping[str, Any]) -> tuple[str, str]:
    """Account id and login of the person whom claims name, whether or not there is such an account yet."""
    login = _login(claims)
    return account_id_of(login), login


def account_id_of(login: str) -> str:
    """The same id for the same ``issuer|subject`` for ever; a digest, because URLs do not fit into paths."""
    return f"oidc-{hashlib.sha256(login.encode()).hexdigest()[:32]}"


def roles_of(claims: Mapping[str, Any], settings: OidcSettings) -> tuple[Role, ...]:
    """Our roles of the claim's values; what the map does not name grants nothing. Raises ``Forbidden`` for none."""
    found = _claim(claims, settings.roles_claim)
    named = found if isinstance(found, list) else _text(found).split()
    roles = tuple(
        sorted({settings.role_map[name] for name in named if isinstance(name, str) and name in settings.role_map})
    )
    if not roles:
        raise NoRole("the identity provider gives you no role here; an administrator can map one of your groups")
    try:
        refuse_both(roles)
    except Invalid as error:
        raise NoRole("nobody both administers accounts and decides cases; your groups would let you do both") from error
    return roles


def _login(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    if len(subject) > 255 or "\x00" in subject:
        raise Unauthenticated("the token's subject is not usable")
    return f"{claims['iss']}|{subject}"


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "email", "sub"):
        text = _text(claims.get(claim)).strip()
        if text:
            return text[:LONGEST_NAME]
    raise Unauthenticated("the token names nobody")


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, which may hold dots itself, or else by a path of names."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _keep(connection: Connection, person: Person) -> None:
    known, columns = repository.account(connection, person.account_id), person.columns()
    if known is not None and not known["active"]:
        raise Deactivated("your account is deactivated here; an administrator can tell why")
    if person.resource_id is not None and repository.has_another(connection, person.account_id, person.resource_id):
        raise TwoAccounts("another account has your id in the ledger; an administrator can deactivate the other one")
    if known is None:
        if repository.add_person(connection, columns):
            _tell(connection, "account_created", person, {"login": person.login})
    elif any(known[column] != columns[column] for column in ("name", "roles", "resource_id")):
        repository.change_person(connection, columns)
        _tell(connection, "account_roles_changed", person, {"before": known["roles"]})


def _tell(connection: Connection, action: str, person: Person, detail: dict[str, Any]) -> None:
    said = {"after": list(person.roles), "resource_id": person.resource_id, "by": "identity provider"}
    audit.write(connection, action, actor=audit.SYSTEM, subject=person.account_id, detail=detail | said)
