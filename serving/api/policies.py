"""Endpoints of proposed policies: their way into force past a preview and a second person."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.controls import ListQuery, RuleApproval, RuleWrite
from serving.api.dependencies import PathId, RuleReader, Transaction
from serving.api.errors import ERRORS
from serving.contract.strict import StrictRoute
from serving.controls.schemas import ActivationOut, ActivationsOut, WhyRequest
from serving.policies import lifecycle
from serving.policies.preview import Preview, preview
from serving.policies.schemas import (
    PolicyProposalOut,
    PolicyProposalRequest,
    PolicyProposalsOut,
    PreviewOut,
    PreviewRequest,
    State,
    whole,
)
from serving.policies.source import stored_policy
from serving.rulebook.proposals import Actor

router = APIRouter(prefix="/v1/policies", tags=["rules"], responses=ERRORS, route_class=StrictRoute)


class PolicyProposalQuery(BaseModel):
    """Which proposals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=100, ge=1, le=500, description="rows at most")
    state: State | None = Field(default=None, description="only one state")


@router.get("/activations", summary="Which policy was in force when")
def read_policy_activations(
    connection: Transaction,
    principal: RuleReader,  # noqa: ARG001 - checked
    query: Annotated[ListQuery, Query()],
) -> ActivationsOut:
    """The activation ledger: who put which policy in force, when and why."""
    found = lifecycle.LEDGER.activations(connection, query.limit)
    return ActivationsOut(activations=[ActivationOut.model_validate(row) for row in found])


@router.post("/proposals", status_code=201, response_model=PolicyProposalOut, summary="Propose a policy")
def propose_policy(body: PolicyProposalRequest, write: RuleWrite) -> Response:
    """Write a whole policy down with what it would have done to the newest scores; nothing changes yet."""

    def make() -> PolicyProposalOut:
        actor, state = Actor(write.principal.principal_id, body.reason), write.state
        row = lifecycle.propose(write.connection, body.policy, state.policy, actor=actor, now=state.clock())
        return whole(write.connection, row["proposal_id"])

    return write.once(body, make, status=201)


@router.get("/proposals", summary="Proposed policies")
def read_policy_proposals(
    connection: Transaction,
    principal: RuleReader,  # noqa: ARG001 - checked
    query: Annotated[PolicyProposalQuery, Query()],
) -> PolicyProposalsOut:
    """Proposals in any state, newest first."""
    found = lifecycle.proposals(connection, state=query.state, limit=query.limit)
    return PolicyProposalsOut(proposals=[PolicyProposalOut.model_validate(row) for row in found])


@router.get("/proposals/{proposal_id}", summary="One proposed policy")
def read_policy_proposal(proposal_id: PathId, connection: Transaction, principal: RuleReader) -> PolicyProposalOut:  # noqa: ARG001 - checked
    """What it changes field by field, its life so far, and where the newest scores would have gone."""
    return whole(connection, proposal_id)


@router.post("/proposals/{proposal_id}/preview", response_model=PreviewOut, summary="Preview a policy on history")
def preview_policy(proposal_id: PathId, body: PreviewRequest, write: RuleWrite) -> Response:
    """Route the newest scores anew, from what was stored of them."""

    def make() -> PreviewOut:
        row = lifecycle.proposal(write.connection, proposal_id)
        base, proposed = (stored_policy(write.connection, row[name]) for name in ("base_version", "version"))
        asked, actor = Preview(proposal_id, base, proposed), write.principal.principal_id
        made = preview(write.connection, asked, actor=actor, now=write.state.clock(), most=body.scores)
        return PreviewOut.model_validate(made)

    return write.once(body, make)


@router.post(
    "/proposals/{proposal_id}/approve", response_model=PolicyProposalOut, summary="Approve another person's policy"
)
def approve_policy(proposal_id: PathId, body: WhyRequest, write: RuleApproval) -> Response:
    """The second person: never the proposer, and never a machine, since no key carries the scope."""

    def make() -> PolicyProposalOut:
        lifecycle.approve(write.connection, proposal_id, actor=Actor(write.principal.principal_id, body.why))
        return whole(write.connection, proposal_id)

    return write.once(body, make)


@router.post(
    "/proposals/{proposal_id}/activate", response_model=ActivationOut, summary="Put an approved policy in force"
)
def activate_policy(proposal_id: PathId, body: WhyRequest, write: RuleApproval) -> Response:
    """Every process takes it up within seconds."""
    actor = Actor(write.principal.principal_id, body.why)
    return write.once(
        body, lambda: ActivationOut.model_validate(lifecycle.activate(write.connection, proposal_id, actor=actor))
    )


@router.post("/proposals/{proposal_id}/withdraw", response_model=PolicyProposalOut, summary="Give a policy up")
def withdraw_policy(proposal_id: PathId, body: WhyRequest, write: RuleWrite) -> Response:
    """One that is not in force."""

    def make() -> PolicyProposalOut:
        lifecycle.withdraw(write.connection, proposal_id, actor=Actor(write.principal.principal_id, body.why))
        return whole(write.connection, proposal_id)

    return write.once(body, make)


@router.post("/rollback", response_model=ActivationOut, summary="Put the previous policy back in force")
def rollback_policy(body: WhyRequest, write: RuleApproval) -> Response:
    """What was in force before the present policy."""
    actor = Actor(write.principal.principal_id, body.why)
    return write.once(body, lambda: ActivationOut.model_validate(lifecycle.rollback(write.connection, actor=actor)))
