"""Where the policy in force comes from: taken up from the database within seconds, without a restart."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

from serving.policies.lifecycle import LEDGER
from serving.policy import Policy, PolicyError
from serving.rulebook.polled import Polled


class PolicySource(Protocol):
    """Says which policy people put in force; ``None`` while that is the one of the file."""

    @property
    def due(self) -> bool:
        """Whether the next answer asks the database."""

    def current(self) -> Policy | None:
        """The policy that was activated."""

    def problem(self) -> str | None:
        """Why this may not be the newest; ``None`` when it is."""


@dataclass(frozen=True)
class PolicyOfFile:
    """Nothing but the file's policy: a pinned request, a test, a replay."""

    trouble: str | None = None
    due: bool = False

    def current(self) -> Policy | None:
        """Nothing was activated."""
        return None

    def problem(self) -> str | None:
        """What was known of it when it was pinned."""
        return self.trouble


class StoredPolicy(Polled[Policy | None]):
    """The policy that is active in the database; ``None`` until the first activation."""

    what = "policy"
    unreadable = (PolicyError,)

    def __init__(self, engine: Engine, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(engine, None, clock=clock)

    def _read(self, connection: Connection) -> Policy | None:
        return activated(connection, known=self._now)

    def _name(self, value: Policy | None) -> str:
        return "of the file" if value is None else value.version


def activated(connection: Connection, *, known: Policy | None = None) -> Policy | None:
    """The policy that people put in force, read anew only if it is not the ``known`` one; raises ``PolicyError``."""
    latest = LEDGER.latest(connection)
    if latest is None or latest["action"] == "shipped":
        return None
    version: str = latest["version"]
    return known if known is not None and known.version == version else stored_policy(connection, version)


def stored_policy(connection: Connection, version: str) -> Policy:
    """A version that the database keeps; raises ``PolicyError`` when it is not there or cannot be used."""
    content = LEDGER.content_of(connection, version)
    if content is None:
        raise PolicyError(f"{version}: the database does not keep this policy")
    return Policy.kept(content, version)
