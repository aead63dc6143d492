"""Where the controls in force come from: taken up from the database within seconds, without a restart."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

from serving.controls.checks import ControlError
from serving.controls.load import compiled_set, document_of
from serving.controls.ruleset import ControlSet
from serving.controls.snooze import Snooze, Snoozes
from serving.rulebook.polled import Polled
from serving.sql import first, rows

_ACTIVE_VERSION = "SELECT version FROM control_activation ORDER BY activation_id DESC LIMIT 1"
# Kept a little longer than they last, so that a score of a moment ago is not judged by what is over since.
_SNOOZES = """
SELECT s.snooze_id, s.control_id, s.client_id, s.project_id, s.created_at, s.until, e.ended_at
FROM control_snooze s LEFT JOIN control_snooze_end e USING (snooze_id)
WHERE least(s.until, coalesce(e.ended_at, s.until)) > clock_timestamp() - interval '1 day'
"""


class RuleSource(Protocol):
    """Where the current controls come from; asked once per score or block."""

    @property
    def shipped(self) -> ControlSet:
        """The set that is in force until another one is activated."""

    def current(self) -> ControlSet:
        """The controls to use now."""

    def problem(self) -> str | None:
        """Why these may not be the newest; ``None`` when they are."""


@dataclass(frozen=True)
class FixedRules:
    """Controls that do not change: a pinned request, a test, a replay."""

    controls: ControlSet
    trouble: str | None = None

    @property
    def shipped(self) -> ControlSet:
        """The controls given."""
        return self.controls

    def current(self) -> ControlSet:
        """The controls given."""
        return self.controls

    def problem(self) -> str | None:
        """What was known of it when they were pinned."""
        return self.trouble


class StoredRules(Polled[ControlSet]):
    """The set that is active in the database, with the snoozes of the moment; the shipped one until the first
    activation.
    """

    what = "controls"
    unreadable = (ControlError,)

    def __init__(self, engine: Engine, shipped: ControlSet, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(engine, shipped, clock=clock)
        self._shipped = shipped

    @property
    def shipped(self) -> ControlSet:
        """The set that came with the software."""
        return self._shipped

    def _read(self, connection: Connection) -> ControlSet:
        return active_controls(connection, self._shipped, known=self._now)

    def _name(self, value: ControlSet) -> str:
        return value.version


def active_controls(connection: Connection, shipped: ControlSet, *, known: ControlSet | None = None) -> ControlSet:
    """The active set, compiled anew only if it is not the ``known`` one; raises ``ControlError``."""
    row = first(connection, _ACTIVE_VERSION)
    version = shipped.version if row is None else row["version"]
    found = next((one for one in (known, shipped) if one is not None and one.version == version), None)
    if found is None:
        found = stored_set(connection, version)
    snoozes = Snoozes.of(Snooze(**one) for one in rows(connection, _SNOOZES))
    return found if snoozes == found.snoozes else found.with_snoozes(snoozes)


def stored_set(connection: Connection, version: str) -> ControlSet:
    """A version that the database keeps, compiled; raises ``ControlError`` when it is not there or cannot be used."""
    query = "SELECT content FROM rule_set WHERE version = %(version)s AND kind = 'controls'"
    row = first(connection, query, {"version": version})
    if row is None:
        raise ControlError(f"{version}: the database does not keep this set")
    made = compiled_set(document_of(row["content"], place=version), place=version)
    if made.version != version:
        raise ControlError(f"{version}: its content has the digest of {made.version}")
    return made
