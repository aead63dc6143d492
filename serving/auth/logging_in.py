"""Logging in with a password: the same answers and the same work for every name, and nobody locked out by others.

Wrong passwords are counted by address and name together, and by address alone at a higher number; a browser in which
the person has logged in before is counted by itself. So nobody learns which names exist, and nobody can keep a person
out by failing under their name. Each process counts its own.
"""

import math
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Engine

from serving import audit
from serving.auth import repository
from serving.auth.devices import device_cookie, known_device
from serving.auth.principal import Principal, Unauthenticated
from serving.auth.secrets import digest, new_token, password_matches
from serving.auth.service import person_of
from serving.callbacks.vault import Vault
from serving.limits.addresses import counted_address
from serving.limits.failures import Failures, Who
from serving.problems import Problem
from serving.settings import ServingSettings
from serving.sql import Row

WRONG: Final = "the login or the password is wrong"


class TooManyLogIns(Problem):
    """Too many wrong passwords or keys came from one place."""

    status = 429
    slug = "too-many-log-ins"
    title = "Too many failed log-ins"

    def __init__(self, seconds: float) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(f"too many failed log-ins from here; try again in {minutes} min")
        self.headers = {"Retry-After": str(max(1, math.ceil(seconds)))}


@dataclass(frozen=True)
class Login:
    """A new session: the token goes into the cookie and is kept nowhere else; so does the mark of a known browser."""

    token: str
    principal: Principal
    device: str = ""


@dataclass(frozen=True)
class Attempt:
    """What somebody types, and from where.

    Attributes:
        address: the caller's; forwarded by a declared proxy or the connection's own.
        device: cookie of a browser in which somebody has logged in before.
    """

    login: str
    password: str = field(repr=False)
    address: str = ""
    device: str = field(default="", repr=False)


def log_in(engine: Engine, attempt: Attempt, *, settings: ServingSettings, failures: Failures) -> Login:
    """Check a password and start a session.

    Raises ``Unauthenticated`` for a wrong login or password, and ``TooManyLogIns`` after too many.
    """
    vault = Vault.of(settings)
    with engine.connect() as connection:
        account = repository.account_for_login(connection, attempt.login)
    limits = _limits(attempt, known_device(vault, attempt.device, account), settings)
    wait = max(failures.wait(who, most) for who, most in limits.items())
    if wait > 0:
        raise TooManyLogIns(wait)
    for who in limits:  # before the password is looked at: many at once are no way around
        failures.count(who, settings.lock_length.total_seconds())
    stored = None if account is None else account["password_hash"]
    right = password_matches(stored, attempt.password)  # a stranger's takes as long
    if account is None or not right or not account["active"]:
        raise Unauthenticated(WRONG)
    narrowest, *wider = limits
    failures.forget(narrowest)
    for who in wider:
        failures.take_back(who)
    with engine.begin() as connection:
        return _start(connection, account, device_cookie(vault, account), settings)


def _limits(attempt: Attempt, device: str | None, settings: ServingSettings) -> dict[Who, int]:
    """By what an attempt is counted, the narrowest first, and how many may fail."""
    if device is not None:
        return {("device", device): settings.failed_logins}
    address = counted_address(attempt.address)
    return {
        ("name", address, attempt.login): settings.failed_logins,
        ("address", address): settings.failed_logins_per_address,
    }


def _start(connection: Connection, account: Row, device: str, settings: ServingSettings) -> Login:
    token = new_token()
    repository.start_session(connection, account["account_id"], digest(token), length=settings.session_length)
    audit.write(connection, "login", actor=account["account_id"], subject=account["account_id"], detail={})
    return Login(token, person_of(account), device)
