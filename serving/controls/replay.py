"""The very controls of a stored score, or of a moment, built again from the database.

A score names the version of its controls (with their overlays), and each of its hits the snooze that silenced it: a
snooze that silenced nothing had no effect. So version and hits together give back just what decided.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from serving.controls.activation import version_at
from serving.controls.ruleset import ControlSet
from serving.controls.snooze import Snooze, Snoozes
from serving.controls.source import stored_set
from serving.sql import rows

_BY_ID = """
SELECT snooze_id, control_id, client_id, project_id, created_at, until FROM control_snooze
WHERE snooze_id = ANY(%(ids)s)
"""
_THEN = """
SELECT s.snooze_id, s.control_id, s.client_id, s.project_id, s.created_at, s.until, e.ended_at
FROM control_snooze s LEFT JOIN control_snooze_end e USING (snooze_id)
WHERE s.created_at < %(moment)s AND s.until > %(moment)s
"""


def controls_for_replay(connection: Connection, version: str, hits: Sequence[Mapping[str, Any]]) -> ControlSet:
    """The controls of a stored score: its ``control_version``, and its ``controls`` (the hits as stored).

    Raises ``ControlError`` when the database does not keep the version, or this code cannot read it any more.
    """
    ids = sorted({hit["snoozed"]["snooze_id"] for hit in hits if hit.get("snoozed")})
    found = rows(connection, _BY_ID, {"ids": ids}) if ids else []
    return stored_set(connection, version).with_snoozes(Snoozes.of(Snooze(**row) for row in found))


def controls_at(connection: Connection, moment: datetime, *, otherwise: ControlSet) -> ControlSet:
    """The controls in force at a moment, with the snoozes of then; ``otherwise`` before the first activation."""
    version = version_at(connection, moment)
    found = otherwise if version in (None, otherwise.version) else stored_set(connection, str(version))
    return found.with_snoozes(snoozes_at(connection, moment))


def snoozes_at(connection: Connection, moment: datetime) -> Snoozes:
    """The snoozes that could be in force at a moment."""
    return Snoozes.of(Snooze(**row) for row in rows(connection, _THEN, {"moment": moment}))
