"""The steps of a proposal past a second person, the same for controls and policies."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from sqlalchemy import Connection

from serving.api.dependencies import PathId, RuleApprover, RuleWriter, Transaction
from serving.rulebook.proposals import Actor, Proposals
from serving.web.attempt import attempt

Why = Annotated[str, Form(max_length=1000)]
APPROVED = "Approved. It comes into force when it is activated."
IN_FORCE = "In force; every process takes it up within two seconds."
ROLLED_BACK = "What was in force before is so again; every process takes it up within two seconds."


def step(
    connection: Connection, place: str, proposal_id: str, actor: Actor, work: Callable[..., Any], *, good: str
) -> Response:
    """One transition of a proposal with its reason, and back to the proposal's page."""
    return attempt(
        connection,
        f"{place}/{proposal_id}",
        lambda: work(connection, proposal_id, actor=actor),
        good=good,
        why=actor.why,
    )


def add_steps(router: APIRouter, proposals: Proposals, *, home: str, below: str = "") -> None:
    """Approve, activate, withdraw and roll back on a router; ``below``: what stands before a proposal's id."""
    place = home + below

    @router.post("/rollback")
    def rollback(connection: Transaction, principal: RuleApprover, why: Why = "") -> Response:
        """Put back in force what was so before."""
        actor = Actor(principal.principal_id, why.strip())
        return attempt(
            connection, home, lambda: proposals.rollback(connection, actor=actor), good=ROLLED_BACK, why=actor.why
        )

    @router.post(below + "/{proposal_id}/approve")
    def approve(proposal_id: PathId, connection: Transaction, principal: RuleApprover, why: Why = "") -> Response:
        """The second person."""
        actor = Actor(principal.principal_id, why.strip())
        return step(connection, place, proposal_id, actor, proposals.approve, good=APPROVED)

    @router.post(below + "/{proposal_id}/activate")
    def activate(proposal_id: PathId, connection: Transaction, principal: RuleApprover, why: Why = "") -> Response:
        """Put it in force."""
        actor = Actor(principal.principal_id, why.strip())
        return step(connection, place, proposal_id, actor, proposals.activate, good=IN_FORCE)

    @router.post(below + "/{proposal_id}/withdraw")
    def withdraw(proposal_id: PathId, connection: Transaction, principal: RuleWriter, why: Why = "") -> Response:
        """Give it up."""
        actor = Actor(principal.principal_id, why.strip())
        return step(connection, place, proposal_id, actor, proposals.withdraw, good="Withdrawn.")
