"""The life of a proposed policy.

proposed → approved → active → superseded
                         └───→ rolled_back
"""

from datetime import datetime

from sqlalchemy import Connection

from serving.policies.preview import Preview, preview
from serving.policy import Policy
from serving.problems import Conflict
from serving.rulebook.ledger import Ledger
from serving.rulebook.proposals import Actor, Proposals, WrongState
from serving.sql import Row

KIND = "policy"
LEDGER = Ledger(kind=KIND, prefix="policy")
WAYS: dict[str, tuple[str, ...]] = {
    "approved": ("proposed",),
    "active": ("approved",),
    "withdrawn": ("proposed", "approved"),
}


class PolicyInOtherState(WrongState):
    """The proposed policy is not where this transition starts."""

    slug = "policy-proposal-state"


PROPOSALS = Proposals(LEDGER, WAYS, wrong=PolicyInOtherState)

proposal = PROPOSALS.one
proposals = PROPOSALS.newest
events = PROPOSALS.events
approve = PROPOSALS.approve
activate = PROPOSALS.activate
withdraw = PROPOSALS.withdraw
rollback = PROPOSALS.rollback


def propose(connection: Connection, policy: Policy, base: Policy, *, actor: Actor, now: datetime) -> Row:
    """Write a policy down as a proposal, with what it would have done to the newest scores.

    Raises ``Conflict`` when it is proposed or in force already, or when it says the same under another number.
    """
    if policy.content | {"number": base.number} == base.content:
        raise Conflict("it says the same as the policy in force; change something beside the number")
    made = PROPOSALS.propose(connection, policy, base, actor=actor)
    preview(connection, Preview(made["proposal_id"], base, policy), actor=actor.principal_id, now=now)
    return made
