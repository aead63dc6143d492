"""The life of a proposed set of controls: every transition one guarded statement, its event and its audit entry.

proposed → backtested → (shadow) → approved → active → superseded
                                                └─────→ rolled_back
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from serving import audit
from serving.controls import activation
from serving.controls.ruleset import ControlSet
from serving.ids import new_id
from serving.problems import Conflict, NotFound
from serving.sql import Row, change, first, insert, rows

_PROPOSAL = "SELECT * FROM control_proposal WHERE proposal_id = %(id)s"
_EVENTS = """
SELECT to_state, actor_id, why, happened_at FROM control_proposal_event WHERE proposal_id = %(id)s ORDER BY event_id
"""
_PROPOSALS = """
SELECT * FROM control_proposal WHERE %(state)s::text IS NULL OR state = %(state)s
ORDER BY proposal_id DESC LIMIT %(limit)s
"""
_MOVE = """
UPDATE control_proposal SET state = %(to)s,
    shadow_since = CASE WHEN %(to)s = 'shadow' THEN clock_timestamp() ELSE shadow_since END,
    approved_by = CASE WHEN %(to)s = 'approved' THEN %(actor)s ELSE approved_by END,
    approved_at = CASE WHEN %(to)s = 'approved' THEN clock_timestamp() ELSE approved_at END
WHERE proposal_id = %(id)s AND state = ANY(%(from)s)
"""
_REPLACE = "UPDATE control_proposal SET state = %(to)s WHERE state = 'active' RETURNING proposal_id"
_REINSTATE = """
UPDATE control_proposal SET state = 'active' WHERE proposal_id = (
    SELECT proposal_id FROM control_proposal WHERE version = %(version)s AND state IN ('superseded', 'rolled_back')
    ORDER BY proposal_id DESC LIMIT 1
) RETURNING proposal_id
"""
# The version in force before the present one: earlier rows, without what was rolled back from since.
_BEFORE = """
SELECT previous_version AS version FROM control_activation
WHERE version = %(version)s AND action <> 'rollback' ORDER BY activation_id DESC LIMIT 1
"""

WAYS: dict[str, tuple[str, ...]] = {
    "backtested": ("proposed", "backtested"),
    "shadow": ("backtested",),
    "approved": ("backtested", "shadow"),
    "active": ("approved",),
    "withdrawn": ("proposed", "backtested", "shadow", "approved"),
}


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


def propose(connection: Connection, controls: ControlSet, base: ControlSet, *, actor: Actor) -> Row:
    """Write a checked set down as a proposal; raises ``Conflict`` when it is proposed, or in force, already."""
    activation.lock(connection)
    if controls.version == base.version:
        raise Conflict(f"{controls.version} is in force already; change something")
    running = "SELECT proposal_id FROM control_proposal WHERE version = %(version)s AND state = ANY(%(states)s)"
    found = first(connection, running, {"version": controls.version, "states": list(WAYS["withdrawn"])})
    if found is not None:
        raise Conflict(f"{controls.version} is proposed already as {found['proposal_id']}")
    activation.keep(connection, controls)
    activation.keep(connection, base)
    proposal_id = new_id()
    values = {"proposal_id": proposal_id, "version": controls.version, "base_version": base.version}
    insert(connection, "control_proposal", values | {"reason": actor.why, "proposed_by": actor.principal_id})
    _tell(connection, proposal_id, "proposed", actor)
    return proposal(connection, proposal_id)


def proposal(connection: Connection, proposal_id: str) -> Row:
    """A proposal; raises ``NotFound``."""
    row = first(connection, _PROPOSAL, {"id": proposal_id})
    if row is None:
        raise NotFound(f"there is no proposal {proposal_id!r}")
    return row


def proposals(connection: Connection, *, state: str | None = None, limit: int = 50) -> list[Row]:
    """Proposals, newest first."""
    return rows(connection, _PROPOSALS, {"state": state, "limit": limit})


def events(connection: Connection, proposal_id: str) -> list[Row]:
    """What happened to a proposal, in order."""
    return rows(connection, _EVENTS, {"id": proposal_id})


def backtested(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """A back-test of it was stored."""
    return _move(connection, proposal_id, "backtested", actor)


def shadow(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """backtested → shadow: it looks at live scores and decides nothing. One set at a time."""
    activation.lock(connection)
    other = next(iter(proposals(connection, state="shadow", limit=1)), None)
    if other is not None and other["proposal_id"] != proposal_id:
        raise Conflict(f"proposal {other['proposal_id']} is in shadow; approve or withdraw it first")
    return _move(connection, proposal_id, "shadow", actor)


def approve(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """backtested or shadow → approved, by another person than the proposer; raises ``SecondPersonNeeded``."""
    if proposal(connection, proposal_id)["proposed_by"] == actor.principal_id:
        raise SecondPersonNeeded("you proposed this set yourself; another person must approve it")
    return _move(connection, proposal_id, "approved", actor)


def withdraw(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """Give a proposal up that is not in force."""
    return _move(connection, proposal_id, "withdrawn", actor)


def activate(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """approved → active; the row of the activation ledger. What was proposed on an older base is refused."""
    activation.lock(connection)
    found = proposal(connection, proposal_id)
    _refuse_unless(found, "active")
    if found["base_version"] != activation.active_version(connection):
        raise Conflict("another set became active since this one was proposed; propose it again on the new one")
    for row in rows(connection, _REPLACE, {"to": "superseded"}):
        _tell(connection, row["proposal_id"], "superseded", actor)
    _move(connection, proposal_id, "active", actor)
    version, who = found["version"], actor.principal_id
    return activation.record(connection, "activate", version, actor=who, why=actor.why, proposal_id=proposal_id)


def rollback(connection: Connection, *, actor: Actor) -> Row:
    """Put the set back in force that was active before the present one; the row of the activation ledger."""
    activation.lock(connection)
    version = activation.active_version(connection)
    before = None if version is None else first(connection, _BEFORE, {"version": version})
    if before is None or before["version"] is None:
        raise Conflict("nothing was in force before the present controls")
    for row in rows(connection, _REPLACE, {"to": "rolled_back"}):
        _tell(connection, row["proposal_id"], "rolled_back", actor)
    for row in rows(connection, _REINSTATE, {"version": before["version"]}):
        _tell(connection, row["proposal_id"], "active", actor)
    return activation.record(connection, "rollback", before["version"], actor=actor.principal_id, why=actor.why)


def _move(connection: Connection, proposal_id: str, to: str, actor: Actor) -> Row:
    parameters = {"id": proposal_id, "to": to, "actor": actor.principal_id, "from": list(WAYS[to])}
    if change(connection, _MOVE, parameters) != 1:
        _refuse_unless(proposal(connection, proposal_id), to)
        raise WrongState("the proposal was changed meanwhile; look at it again")
    _tell(connection, proposal_id, to, actor)
    return proposal(connection, proposal_id)


def _refuse_unless(found: Row, to: str) -> None:
    if found["state"] not in WAYS[to]:
        needed = " or ".join(WAYS[to])
        raise WrongState(f"the proposal is {found['state']}; to become {to} it must be {needed}", state=found["state"])


def _tell(connection: Connection, proposal_id: str, to: str, actor: Actor) -> None:
    values = {"proposal_id": proposal_id, "to_state": to, "actor_id": actor.principal_id, "why": actor.why}
    insert(connection, "control_proposal_event", values)
    detail = {"proposal_id": proposal_id, "why": actor.why}
    audit.write(connection, f"controls_{to}", actor=actor.principal_id, subject=activation.SUBJECT, detail=detail)
