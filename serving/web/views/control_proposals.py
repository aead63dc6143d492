"""A proposed set of controls: what it changes, its back-test and its way into force."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import PathId, RuleReader, RuleWriter, State, Transaction
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
from serving.web.views.steps import Why, add_steps, step

router = APIRouter(prefix="/controls", include_in_schema=False, default_response_class=HTMLResponse)
HOME = "/controls"
SAMPLE = 500


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


@router.post("/proposals/{proposal_id}/shadow")
def put_in_shadow(proposal_id: PathId, connection: Transaction, principal: RuleWriter, why: Why = "") -> Response:
    """Let it look at live scores and decide nothing."""
    actor = Actor(principal.principal_id, why.strip())
    good = "It looks at live scores now and decides nothing."
    return step(connection, f"{HOME}/proposals", proposal_id, actor, lifecycle.shadow, good=good)


add_steps(router, lifecycle.PROPOSALS, home=HOME, below="/proposals")
