"""A proposed set of controls: what it changes, its back-test and its way into force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from serving.api.dependencies import PathId, RuleApprover, RuleReader, RuleWriter, State, Transaction
from serving.auth.scopes import Scope
from serving.controls import activation, lifecycle, shadow
from serving.controls.backtest import backtest, latest
from serving.controls.difference import ControlChange, changes
from serving.rulebook.proposals import Actor
from serving.sql import Row
from serving.web.attempt import attempt
from serving.web.presenters.controls import Backtested, backtested
from serving.web.reads.names import people_in
from serving.web.render import render

router = APIRouter(prefix="/controls", include_in_schema=False, default_response_class=HTMLResponse)
HOME = "/controls"
SAMPLE = 500
Why = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True)
class ControlProposalPage:
    """Context of ``control_proposal.html``.

    Attributes:
        own: whoever is asking proposed it, and so cannot approve it.
    """

    proposal: Row
    changes: list[ControlChange]
    backtest: Row | None
    result: Backtested | None
    shadow: Row | None
    events: list[Row]
    names: Mapping[str, str]
    own: bool
    may_propose: bool
    may_approve: bool


@router.get("/proposals/{proposal_id}")
def read_control_proposal(
    proposal_id: PathId, request: Request, connection: Transaction, principal: RuleReader
) -> Response:
    """One proposed set."""
    found, events = lifecycle.proposal(connection, proposal_id), lifecycle.events(connection, proposal_id)
    old, new = (activation.LEDGER.content_of(connection, found[name]) for name in ("base_version", "version"))
    tested = latest(connection, proposal_id)
    titles = {one["id"]: one["title"] for document in (old, new) for one in document["controls"]}
    page = ControlProposalPage(
        proposal=found,
        changes=changes(old, new),
        backtest=tested,
        result=None if tested is None else backtested(tested["result"], titles),
        shadow=None if found["shadow_since"] is None else shadow.summary(connection, proposal_id),
        events=events,
        names=people_in(connection, [found], events),
        own=found["proposed_by"] == principal.principal_id,
        may_propose=principal.may(Scope.RULES_WRITE),
        may_approve=principal.may(Scope.RULES_APPROVE),
    )
    return render(request, "control_proposal.html", page, principal=principal)


@router.post("/proposals/{proposal_id}/backtest")
def run_backtest(proposal_id: PathId, state: State, connection: Transaction, principal: RuleWriter) -> Response:
    """Run it over past invoices as they were known then; the answer takes seconds."""
    actor = Actor(principal.principal_id, f"back-test of up to {SAMPLE} invoices")
    now = state.clock()
    return attempt(
        connection,
        f"{HOME}/proposals/{proposal_id}",
        lambda: backtest(connection, proposal_id, actor=actor, now=now, sample=SAMPLE),
        good="Back-tested.",
    )


Step = Callable[..., Any]


def _step(connection: Connection, proposal_id: str, actor: Actor, step: Step, good: str) -> Response:
    place = f"{HOME}/proposals/{proposal_id}"
    return attempt(connection, place, lambda: step(connection, proposal_id, actor=actor), good=good, why=actor.why)


@router.post("/proposals/{proposal_id}/shadow")
def put_in_shadow(proposal_id: PathId, connection: Transaction, principal: RuleWriter, why: Why = "") -> Response:
    """Let it look at live scores and decide nothing."""
    actor = Actor(principal.principal_id, why.strip())
    return _step(connection, proposal_id, actor, lifecycle.shadow, "It looks at live scores now and decides nothing.")


@router.post("/proposals/{proposal_id}/approve")
def approve(proposal_id: PathId, connection: Transaction, principal: RuleApprover, why: Why = "") -> Response:
    """The second person."""
    actor = Actor(principal.principal_id, why.strip())
    good = "Approved. It comes into force when it is activated."
    return _step(connection, proposal_id, actor, lifecycle.approve, good)


@router.post("/proposals/{proposal_id}/activate")
def activate(proposal_id: PathId, connection: Transaction, principal: RuleApprover, why: Why = "") -> Response:
    """Put it in force."""
    actor = Actor(principal.principal_id, why.strip())
    good = "In force; every process takes it up within two seconds."
    return _step(connection, proposal_id, actor, lifecycle.activate, good)


@router.post("/proposals/{proposal_id}/withdraw")
def withdraw(proposal_id: PathId, connection: Transaction, principal: RuleWriter, why: Why = "") -> Response:
    """Give it up."""
    return _step(connection, proposal_id, Actor(principal.principal_id, why.strip()), lifecycle.withdraw, "Withdrawn.")


@router.post("/rollback")
def rollback(connection: Transaction, principal: RuleApprover, why: Why = "") -> Response:
    """Put the set before the present one back in force."""
    actor = Actor(principal.principal_id, why.strip())
    good = "The former controls are in force again; every process takes them up within two seconds."
    return attempt(connection, HOME, lambda: lifecycle.rollback(connection, actor=actor), good=good, why=why)
