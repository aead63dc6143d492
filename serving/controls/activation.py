"""The activation ledger: which set of controls was in force when, by whom and why. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from serving import audit
from serving.controls.ruleset import ControlSet
from serving.sql import Row, change, first, json_value, only, rows

SUBJECT = "controls"

_KEEP = """
INSERT INTO rule_set (version, kind, content) VALUES (%(version)s, 'controls', %(content)s)
ON CONFLICT (version) DO NOTHING
"""
_LATEST = "SELECT * FROM control_activation ORDER BY activation_id DESC LIMIT 1"
_THEN = """
SELECT version FROM control_activation WHERE activated_at < %(moment)s ORDER BY activation_id DESC LIMIT 1
"""
_ADD = """
INSERT INTO control_activation (action, version, previous_version, proposal_id, actor_id, why)
VALUES (%(action)s, %(version)s, %(previous)s, %(proposal)s, %(actor)s, %(why)s) RETURNING *
"""


def lock(connection: Connection) -> None:
    """Let transitions of control sets come one after the other, until the transaction ends."""
    change(connection, "SELECT pg_advisory_xact_lock(hashtext('triage.controls'))")


def keep(connection: Connection, controls: ControlSet) -> None:
    """Write a set's content down, unless it is there already."""
    change(connection, _KEEP, {"version": controls.version, "content": json_value(controls.content)})


def ship(connection: Connection, shipped: ControlSet) -> None:
    """Make the shipped set the active one where a firm has never activated its own."""
    keep(connection, shipped)
    latest = latest_activation(connection)
    if latest is not None and (latest["action"] != "shipped" or latest["version"] == shipped.version):
        return
    lock(connection)
    if latest_activation(connection) == latest:
        record(connection, "shipped", shipped.version, actor=audit.SYSTEM, why="shipped with the software")


def latest_activation(connection: Connection) -> Row | None:
    """The newest row: what is in force."""
    return first(connection, _LATEST)


def active_version(connection: Connection) -> str | None:
    """Version in force; ``None`` before anything was activated."""
    latest = latest_activation(connection)
    return None if latest is None else latest["version"]


def version_at(connection: Connection, moment: datetime) -> str | None:
    """Version in force just before a moment."""
    row = first(connection, _THEN, {"moment": moment})
    return None if row is None else row["version"]


def activations(connection: Connection, limit: int) -> list[Row]:
    """The newest rows of the ledger, newest first."""
    query = "SELECT * FROM control_activation ORDER BY activation_id DESC LIMIT %(limit)s"
    return rows(connection, query, {"limit": limit})


def record(
    connection: Connection, action: str, version: str, *, actor: str, why: str, proposal_id: str | None = None
) -> Row:
    """Add a row and tell the audit log; the caller holds the lock."""
    values: dict[str, Any] = {"action": action, "version": version, "previous": active_version(connection)}
    row = only(connection, _ADD, values | {"proposal": proposal_id, "actor": actor, "why": why})
    detail = {"version": version, "previous": row["previous_version"], "proposal_id": proposal_id, "why": why}
    audit.write(connection, f"controls_{action}", actor=actor, subject=SUBJECT, detail=detail)
    return row
