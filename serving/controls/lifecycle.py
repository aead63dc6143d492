"""The life of a proposed set of controls.

proposed → backtested → (shadow) → approved → active → superseded
                                                └─────→ rolled_back
"""

from sqlalchemy import Connection

from serving.controls import activation
from serving.problems import Conflict
from serving.rulebook.proposals import Actor, Proposals, SecondPersonNeeded, WrongState
from serving.sql import Row, change

__all__ = ["Actor", "SecondPersonNeeded", "WrongState"]

_WATCHES = "UPDATE control_proposal SET shadow_since = clock_timestamp() WHERE proposal_id = %(id)s"

WAYS: dict[str, tuple[str, ...]] = {
    "backtested": ("proposed", "backtested"),
    "shadow": ("backtested",),
    "approved": ("backtested", "shadow"),
    "active": ("approved",),
    "withdrawn": ("proposed", "backtested", "shadow", "approved"),
}
PROPOSALS = Proposals(activation.LEDGER, WAYS)

propose = PROPOSALS.propose
proposal = PROPOSALS.one
proposals = PROPOSALS.newest
events = PROPOSALS.events
approve = PROPOSALS.approve
activate = PROPOSALS.activate
withdraw = PROPOSALS.withdraw
rollback = PROPOSALS.rollback


def backtested(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """A back-test of it was stored."""
    return PROPOSALS.move(connection, proposal_id, "backtested", actor)


def shadow(connection: Connection, proposal_id: str, *, actor: Actor) -> Row:
    """backtested → shadow: it looks at live scores and decides nothing. One set at a time."""
    activation.lock(connection)
    other = next(iter(proposals(connection, state="shadow", limit=1)), None)
    if other is not None and other["proposal_id"] != proposal_id:
        raise Conflict(f"proposal {other['proposal_id']} is in shadow; approve or withdraw it first")
    PROPOSALS.move(connection, proposal_id, "shadow", actor)
    change(connection, _WATCHES, {"id": proposal_id})
    return proposal(connection, proposal_id)
