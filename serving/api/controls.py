"""Endpoints of controls: what is in force, what is proposed and its way into force, what is snoozed."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from serving.api.dependencies import PathId, RuleReader, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import Write, writes
from serving.auth.scopes import Scope
from serving.contract.strict import StrictRoute
from serving.controls import activation, lifecycle, shadow, snoozing
from serving.controls.backtest import backtest, latest
from serving.controls.checks import ControlError
from serving.controls.lifecycle import Actor
from serving.controls.load import ControlDocument, compiled_set
from serving.controls.ruleset import ControlSet
from serving.controls.schemas import (
    ActivationOut,
    ActivationsOut,
    BacktestOut,
    BacktestRequest,
    ControlsOut,
    DocumentOut,
    ProposalOut,
    ProposalRequest,
    ProposalsOut,
    ShadowOut,
    SnoozeOut,
    SnoozeRequest,
    SnoozesOut,
    WhyRequest,
    proposal_out,
    shadow_out,
)
from serving.controls.schemas import State as ProposalState
from serving.controls.snoozing import Wish
from serving.problems import Invalid, NotFound
from serving.sql import first

router = APIRouter(prefix="/v1/controls", tags=["rules"], responses=ERRORS, route_class=StrictRoute)

RuleWrite = Annotated[Write, writes(Scope.RULES_WRITE)]
RuleApproval = Annotated[Write, writes(Scope.RULES_APPROVE)]
Limit = Annotated[int, Field(ge=1, le=500, description="rows at most")]


class ListQuery(BaseModel):
    """How many rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Limit = 100


class ProposalQuery(ListQuery):
    """Which proposals."""

    state: ProposalState | None = Field(default=None, description="only one state")


class SnoozeQuery(ListQuery):
    """Which snoozes."""

    in_force: bool | None = Field(default=None, description="only those that silence their control now, or only others")


@router.get("", summary="The controls in force")
def read_controls(state: State, principal: RuleReader) -> ControlsOut:  # noqa: ARG001 - checked
    """Every control with its expression, owner and remedy, and the overlays."""
    found = state.controls
    overlays = list(found.overlays)
    return ControlsOut(
        version=found.version, controls=list(found.base), overlays=overlays, problem=state.rules.problem()
    )


@router.get("/activations", summary="What was in force when")
def read_activations(
    connection: Transaction,
    principal: RuleReader,  # noqa: ARG001 - checked
    query: Annotated[ListQuery, Query()],
) -> ActivationsOut:
    """The activation ledger: who put which set in force, when and why."""
    found = activation.activations(connection, query.limit)
    return ActivationsOut(activations=[ActivationOut.model_validate(row) for row in found])


@router.get("/versions/{version}", summary="One version of the controls")
def read_control_version(version: PathId, connection: Transaction, principal: RuleReader) -> DocumentOut:  # noqa: ARG001 - checked
    """The set as it was written, whether it is in force or not."""
    query = "SELECT content FROM rule_set WHERE version = %(version)s AND kind = 'controls'"
    row = first(connection, query, {"version": version})
    if row is None:
        raise NotFound(f"there are no controls {version!r}")
    return DocumentOut(version=version, document=row["content"])


@router.post("/proposals", status_code=201, response_model=ProposalOut, summary="Propose a set of controls")
def propose_controls(body: ProposalRequest, write: RuleWrite) -> Response:
    """Check a whole set and write it down as a proposal; nothing changes until it is back-tested and approved."""

    def make() -> ProposalOut:
        base = write.state.controls
        actor = Actor(write.principal.principal_id, body.reason)
        return proposal_out(lifecycle.propose(write.connection, checked(body.document), base, actor=actor))

    return write.once(body, make, status=201)


def checked(document: ControlDocument) -> ControlSet:
    """A document that was sent, compiled; raises ``Invalid``."""
    try:
        return compiled_set(document, place="document")
    except ControlError as error:
        raise Invalid.at("/document", str(error)) from error


@router.get("/proposals", summary="Proposed sets")
def read_proposals(
    connection: Transaction,
    principal: RuleReader,  # noqa: ARG001 - checked
    query: Annotated[ProposalQuery, Query()],
) -> ProposalsOut:
    """Proposals in any state, newest first."""
    found = lifecycle.proposals(connection, state=query.state, limit=query.limit)
    return ProposalsOut(proposals=[proposal_out(row) for row in found])


@router.get("/proposals/{proposal_id}", summary="One proposal")
def read_proposal(proposal_id: PathId, connection: Transaction, principal: RuleReader) -> ProposalOut:  # noqa: ARG001 - checked
    """A proposal with its life so far and its newest back-test."""
    return _whole(connection, proposal_id)


def _whole(connection: Connection, proposal_id: str) -> ProposalOut:
    row = lifecycle.proposal(connection, proposal_id)
    return proposal_out(row, lifecycle.events(connection, proposal_id), latest(connection, proposal_id))


@router.post("/proposals/{proposal_id}/backtest", response_model=BacktestOut, summary="Back-test a proposal")
def backtest_proposal(proposal_id: PathId, body: BacktestRequest, write: RuleWrite) -> Response:
    """Run it over past invoices as they were known then, beside the set in force; the answer takes seconds."""

    def make() -> BacktestOut:
        actor = Actor(write.principal.principal_id, f"back-test of up to {body.sample} invoices")
        now = write.state.clock()
        return BacktestOut.model_validate(
            backtest(write.connection, proposal_id, actor=actor, now=now, sample=body.sample)
        )

    return write.once(body, make)


@router.post(
    "/proposals/{proposal_id}/shadow", response_model=ProposalOut, summary="Let a proposal look at live scores"
)
def shadow_proposal(proposal_id: PathId, body: WhyRequest, write: RuleWrite) -> Response:
    """It is evaluated beside the set in force and decides nothing."""
    return write.once(
        body, lambda: proposal_out(lifecycle.shadow(write.connection, proposal_id, actor=_by(write, body)))
    )


@router.get("/proposals/{proposal_id}/shadow", summary="How a set in shadow differs")
def read_shadow(proposal_id: PathId, connection: Transaction, principal: RuleReader) -> ShadowOut:  # noqa: ARG001 - checked
    """What only one of the two sets says of live scores."""
    return shadow_out(shadow.summary(connection, proposal_id))


@router.post(
    "/proposals/{proposal_id}/approve", response_model=ProposalOut, summary="Approve another person's proposal"
)
def approve_proposal(proposal_id: PathId, body: WhyRequest, write: RuleApproval) -> Response:
    """The second person: never the proposer, and never a machine, since no key carries the scope."""

    actor = _by(write, body)
    return write.once(body, lambda: proposal_out(lifecycle.approve(write.connection, proposal_id, actor=actor)))


@router.post("/proposals/{proposal_id}/activate", response_model=ActivationOut, summary="Put an approved set in force")
def activate_proposal(proposal_id: PathId, body: WhyRequest, write: RuleApproval) -> Response:
    """Every process takes it up within seconds."""
    actor = _by(write, body)
    return write.once(
        body, lambda: ActivationOut.model_validate(lifecycle.activate(write.connection, proposal_id, actor=actor))
    )


@router.post("/proposals/{proposal_id}/withdraw", response_model=ProposalOut, summary="Give a proposal up")
def withdraw_proposal(proposal_id: PathId, body: WhyRequest, write: RuleWrite) -> Response:
    """A set that is not in force; a set in shadow stops looking."""
    actor = _by(write, body)
    return write.once(body, lambda: proposal_out(lifecycle.withdraw(write.connection, proposal_id, actor=actor)))


@router.post("/rollback", response_model=ActivationOut, summary="Put the previous controls back in force")
def rollback_controls(body: WhyRequest, write: RuleApproval) -> Response:
    """What was in force before the present set."""
    actor = _by(write, body)
    return write.once(body, lambda: ActivationOut.model_validate(lifecycle.rollback(write.connection, actor=actor)))


@router.get("/snoozes", summary="What is snoozed")
def read_snoozes(
    state: State,
    connection: Transaction,
    principal: RuleReader,  # noqa: ARG001 - checked
    query: Annotated[SnoozeQuery, Query()],
) -> SnoozesOut:
    """Snoozes, newest first, those that are over too."""
    found = snoozing.snoozes(connection, now=state.clock(), in_force=query.in_force, limit=query.limit)
    return SnoozesOut(snoozes=[SnoozeOut.model_validate(row) for row in found])


@router.post("/snoozes", status_code=201, response_model=SnoozeOut, summary="Snooze a control for a client or project")
def create_snooze(body: SnoozeRequest, write: RuleWrite) -> Response:
    """Its hits are still listed, and no longer route; a hard stop cannot be snoozed."""
    wish = Wish(body.control_id, body.client_id, body.project_id, body.until, body.reason)

    def make() -> SnoozeOut:
        state, actor = write.state, write.principal.principal_id
        return SnoozeOut.model_validate(
            snoozing.create(write.connection, state.controls, wish, actor=actor, now=state.clock())
        )

    return write.once(body, make, status=201)


@router.post("/snoozes/{snooze_id}/end", response_model=SnoozeOut, summary="End a snooze")
def end_snooze(snooze_id: PathId, body: WhyRequest, write: RuleWrite) -> Response:
    """Before it ends by itself."""
    actor, now = write.principal.principal_id, write.state.clock()

    def make() -> SnoozeOut:
        ended = snoozing.end(write.connection, snooze_id, actor=actor, why=body.why, now=now)
        return SnoozeOut.model_validate(ended)

    return write.once(body, make)


def _by(write: Write, body: WhyRequest) -> Actor:
    return Actor(write.principal.principal_id, body.why)
