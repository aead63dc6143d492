"""An ordinary session of ours for a person whom the provider has proven."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine

from serving import audit
from serving.auth import repository
from serving.auth.logging_in import Login
from serving.auth.oidc.company import NotBegun, Proven
from serving.auth.oidc.people import account_of, principal_of_claims
from serving.auth.oidc.settings import OidcSettings
from serving.auth.principal import Forbidden
from serving.auth.secrets import digest, new_token
from serving.settings import ServingSettings


def log_in_proven(engine: Engine, proven: Proven, told: OidcSettings, *, settings: ServingSettings) -> Login:
    """Start a session, in a transaction of its own: a refusal is written down, not rolled back.

    Raises ``NotBegun`` when the login has made a session already, and ``Forbidden`` for whoever may not come in.
    """
    try:
        with engine.begin() as connection:
            return _start(connection, proven, told, settings)
    except Forbidden as refused:
        with engine.begin() as connection:
            _tell_refused(connection, proven.claims, refused.detail)
        raise


def _start(connection: Connection, proven: Proven, told: OidcSettings, settings: ServingSettings) -> Login:
    token, principal = new_token(), principal_of_claims(connection, proven.claims, told)
    who = principal.principal_id
    length, flow = settings.session_length, digest(proven.flow.state)
    if not repository.start_session(connection, who, digest(token), length=length, flow=flow):
        raise NotBegun
    audit.write(connection, "login", actor=who, subject=who, detail={"by": "identity provider"})
    return Login(token, principal)


def _tell_refused(connection: Connection, claims: Mapping[str, Any], why: str) -> None:
    who, login = account_of(claims)
    detail = {"why": why, "login": login, "by": "identity provider"}
    audit.write(connection, "login_refused", actor=who, subject=who, detail=detail)
