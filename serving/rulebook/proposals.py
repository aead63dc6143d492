"""The life of a proposed set of rules: every transition one guarded statement, its event and its audit entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from serving import audit
from serving.ids import new_id
from serving.problems import Conflict, NotFound
from serving.rulebook.ledger import Ledger, Versioned
from serving.sql import Row, change, first, insert, rows

_PROPOSAL = "SELECT * FROM {proposal} WHERE proposal_id = %(id)s"
_EVENTS = """
SELECT to_state, actor_id, why, happened_at FROM {proposal_event} WHERE proposal_id = %(id)s ORDER BY event_id
"""
_PROPOSALS = """
SELECT * FROM {proposal} WHERE %(state)s::text IS NULL OR state = %(state)s
ORDER BY proposal_id DESC LIMIT %(limit)s
"""
_RUNNING = "SELECT proposal_id FROM {proposal} WHERE version = %(version)s AND state = ANY(%(states)s)"
_MOVE = """
UPDATE {proposal} SET state = %(to)s,
    approved_by = CASE WHEN %(to)s = 'approved' THEN %(actor)s ELSE approved_by END,
    approved_at = CASE WHEN %(to)s = 'approved' THEN clock_timestamp() ELSE approved_at END
WHERE proposal_id = %(id)s AND state = ANY(%(from)s)
"""
_REPLACE = "UPDATE {proposal} SET state = %(to)s WHERE state = 'active' RETURNING proposal_id"
_REINSTATE = """
UPDATE {proposal} SET state = 'active' WHERE proposal_id = (
    SELECT proposal_id FROM {proposal} WHERE version = %(version)s AND state IN ('superseded', 'rolled_back')
    ORDER BY proposal_id DESC LIMIT 1
) RETURNING proposal_id
"""
# The version in force before the present one: earlier rows, without what was rolled back from since.
_BEFORE = """
SELECT previous_version AS version FROM {activation}
WHERE version = %(version)s AND action <> 'rollback' ORDER BY activation_id DESC LIMIT 1
"""


class WrongState(Conflict):
    """The proposal is not where this transition starts."""

    slug = "control-proposal-state"
    title = "The proposal is in another state"


class SecondPersonNeeded(Conflict):
    """Whoever proposed a set cannot approve it."""

    slug = "second-person-needed"
    title = "A second person must approve"


@dataclass(frozen=True)
class Actor:
    """Who does it and why."""

    principal_id: str
    why: str


@dataclass(frozen=True)
class Proposals:
    """Proposals of one kind of rules.

    Attributes:
        ways: state → the states from which it may be reached by a person.
        wrong: what is raised for a transition that is not among them.
    """

    ledger: Ledger
    ways: Mapping[str, tuple[str, ...]]
    wrong: type[WrongState] = field(default=WrongState)

    def propose(self, connection: Connection, proposed: Versioned, base: Versioned, *, actor: Actor) -> Row:
        """Write a checked set down; raises ``Conflict`` when it is proposed, or in force, already."""
        self.ledger.lock(connection)
        if proposed.version == base.version:
            raise Conflict(f"{proposed.version} is in force already; change something")
        asked = {"version": proposed.version, "states": list(self.ways["withdrawn"])}
        found = first(connection, self.ledger.query(_RUNNING), asked)
        if found is not None:
            raise Conflict(f"{proposed.version} is proposed already as {found['proposal_id']}")
        self.ledger.keep(connection, proposed)
        self.ledger.keep(connection, base)
        proposal_id = new_id()
        values = {"proposal_id": proposal_id, "version": proposed.version, "base_version": base.version}
        written = values | {"reason": actor.why, "proposed_by": actor.principal_id}
        insert(connection, f"{self.ledger.prefix}_proposal", written)
        self.tell(connection, proposal_id, "proposed", actor)
        return self.one(connection, proposal_id)

    def one(self, connection: Connection, proposal_id: str) -> Row:
        """A proposal; raises ``NotFound``."""
        row = first(connection, self.ledger.query(_PROPOSAL), {"id": proposal_id})
        if row is None:
            raise NotFound(f"there is no proposal {proposal_id!r}")
        return row

    def newest(self, connection: Connection, *, state: str | None = None, limit: int = 50) -> list[Row]:
        """Proposals, newest first."""
        return rows(connection, self.ledger.query(_PROPOSALS), {"state": state, "limit": limit})

    def events(self, connection: Connection, proposal_id: str) -> list[Row]:
        """What happened to a proposal, in order."""
        return rows(connection, self.ledger.query(_EVENTS), {"id": proposal_id})

    def approve(self, connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
        """→ approved, by another person than the proposer; raises ``SecondPersonNeeded``."""
        if self.one(connection, proposal_id)["proposed_by"] == actor.principal_id:
            raise SecondPersonNeeded("you proposed this set yourself; another person must approve it")
        return self.move(connection, proposal_id, "approved", actor)

    def activate(self, connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
        """approved → active; the row of the activation ledger. What was proposed on an older base is refused."""
        self.ledger.lock(connection)
        found = self.one(connection, proposal_id)
        self._refuse_unless(found, "active")
        if found["base_version"] != self.ledger.active_version(connection):
            raise Conflict("another set became active since this one was proposed; propose it again on the new one")
        self._end_present(connection, "superseded", actor)
        self.move(connection, proposal_id, "active", actor)
        version, who = found["version"], actor.principal_id
        return self.ledger.record(connection, "activate", version, actor=who, why=actor.why, proposal_id=proposal_id)

    def withdraw(self, connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
        """Give a proposal up that is not in force."""
        return self.move(connection, proposal_id, "withdrawn", actor)

    def rollback(self, connection: Connection, *, actor: Actor) -> Row:
        """Put back in force what was active before the present set; the row of the activation ledger."""
        self.ledger.lock(connection)
        before = self.before(connection)
        if before is None:
            raise Conflict(f"nothing was in force before the present {self.ledger.kind}")
        self._end_present(connection, "rolled_back", actor)
        for row in rows(connection, self.ledger.query(_REINSTATE), {"version": before}):
            self.tell(connection, row["proposal_id"], "active", actor)
        return self.ledger.record(connection, "rollback", before, actor=actor.principal_id, why=actor.why)

    def before(self, connection: Connection) -> str | None:
        """What a rollback would put in force."""
        version = self.ledger.active_version(connection)
        found = None if version is None else first(connection, self.ledger.query(_BEFORE), {"version": version})
        return None if found is None else found["version"]

    def move(self, connection: Connection, proposal_id: str, to: str, actor: Actor) -> Row:
        """One guarded transition with its event; raises ``wrong``."""
        parameters = {"id": proposal_id, "to": to, "actor": actor.principal_id, "from": list(self.ways[to])}
        if change(connection, self.ledger.query(_MOVE), parameters) != 1:
            self._refuse_unless(self.one(connection, proposal_id), to)
            raise self.wrong("the proposal was changed meanwhile; look at it again")
        self.tell(connection, proposal_id, to, actor)
        return self.one(connection, proposal_id)

    def tell(self, connection: Connection, proposal_id: str, to: str, actor: Actor) -> None:
        """The event of a transition and its audit entry."""
        values = {"proposal_id": proposal_id, "to_state": to, "actor_id": actor.principal_id, "why": actor.why}
        insert(connection, f"{self.ledger.prefix}_proposal_event", values)
        detail: dict[str, Any] = {"proposal_id": proposal_id, "why": actor.why}
        kind = self.ledger.kind
        audit.write(connection, f"{kind}_{to}", actor=actor.principal_id, subject=kind, detail=detail)

    def _end_present(self, connection: Connection, to: str, actor: Actor) -> None:
        for row in rows(connection, self.ledger.query(_REPLACE), {"to": to}):
            self.tell(connection, row["proposal_id"], to, actor)

    def _refuse_unless(self, found: Row, to: str) -> None:
        if found["state"] not in self.ways[to]:
            needed = " or ".join(self.ways[to])
            raise self.wrong(
                f"the proposal is {found['state']}; to become {to} it must be {needed}", state=found["state"]
            )
