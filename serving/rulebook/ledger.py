"""The activation ledger: which version of a kind of rules was in force when, by whom and why. Rows are only added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from psycopg import sql
from sqlalchemy import Connection

from serving import audit
from serving.sql import Row, change, first, json_value, only, rows

_KEEP = """
INSERT INTO rule_set (version, kind, content) VALUES (%(version)s, %(kind)s, %(content)s)
ON CONFLICT (version) DO NOTHING
"""
_NEWEST = "SELECT * FROM {activation} ORDER BY activation_id DESC LIMIT %(limit)s"
_THEN = """
SELECT version FROM {activation} WHERE activated_at < %(moment)s ORDER BY activation_id DESC LIMIT 1
"""
_ADD = """
INSERT INTO {activation} (action, version, previous_version, proposal_id, actor_id, why)
VALUES (%(action)s, %(version)s, %(previous)s, %(proposal)s, %(actor)s, %(why)s) RETURNING *
"""


class Versioned(Protocol):
    """A set of rules: its content as plain data, and a version that carries the content's digest."""

    @property
    def version(self) -> str:
        """The name that scores give."""

    @property
    def content(self) -> dict[str, Any]:
        """The document."""


@dataclass(frozen=True)
class Ledger:
    """The ledger of one kind of rules.

    Attributes:
        kind: what the audit log and ``rule_set`` call it.
        prefix: what its tables' names begin with.
    """

    kind: str
    prefix: str

    def query(self, text: str) -> sql.Composed:
        """SQL with the names of this kind's tables in it."""
        names = ("proposal", "proposal_event", "activation")
        return sql.SQL(text).format(**{name: sql.Identifier(f"{self.prefix}_{name}") for name in names})

    def lock(self, connection: Connection) -> None:
        """Let transitions come one after the other, until the transaction ends."""
        name = f"triage.{self.kind}"
        change(connection, "SELECT pg_advisory_xact_lock(hashtext(%(name)s))", {"name": name})

    def keep(self, connection: Connection, rules: Versioned) -> None:
        """Write a set's content down, unless it is there already."""
        values = {"version": rules.version, "kind": self.kind, "content": json_value(rules.content)}
        change(connection, _KEEP, values)

    def ship(self, connection: Connection, shipped: Versioned) -> None:
        """Make the shipped set the active one where a firm has never activated its own."""
        self.keep(connection, shipped)
        latest = self.latest(connection)
        if latest is not None and (latest["action"] != "shipped" or latest["version"] == shipped.version):
            return
        self.lock(connection)
        if self.latest(connection) == latest:
            self.record(connection, "shipped", shipped.version, actor=audit.SYSTEM, why="shipped with the software")

    def latest(self, connection: Connection) -> Row | None:
        """The newest row: what is in force."""
        return first(connection, self.query(_NEWEST), {"limit": 1})

    def active_version(self, connection: Connection) -> str | None:
        """Version in force; ``None`` before anything was activated."""
        latest = self.latest(connection)
        return None if latest is None else latest["version"]

    def version_at(self, connection: Connection, moment: datetime) -> str | None:
        """Version in force just before a moment."""
        row = first(connection, self.query(_THEN), {"moment": moment})
        return None if row is None else row["version"]

    def activations(self, connection: Connection, limit: int) -> list[Row]:
        """The newest rows of the ledger, newest first."""
        return rows(connection, self.query(_NEWEST), {"limit": limit})

    def content_of(self, connection: Connection, version: str) -> Any:
        """What was kept of a version; ``None`` when it never was."""
        query = "SELECT content FROM rule_set WHERE version = %(version)s AND kind = %(kind)s"
        row = first(connection, query, {"version": version, "kind": self.kind})
        return None if row is None else row["content"]

    def record(
        self, connection: Connection, action: str, version: str, *, actor: str, why: str, proposal_id: str | None = None
    ) -> Row:
        """Add a row and tell the audit log; the caller holds the lock."""
        values: dict[str, Any] = {"action": action, "version": version, "previous": self.active_version(connection)}
        row = only(connection, self.query(_ADD), values | {"proposal": proposal_id, "actor": actor, "why": why})
        detail = {"version": version, "previous": row["previous_version"], "proposal_id": proposal_id, "why": why}
        audit.write(connection, f"{self.kind}_{action}", actor=actor, subject=self.kind, detail=detail)
        return row
