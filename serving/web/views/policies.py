"""The review policy: what is in force in words, what is proposed, and its way into force."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from serving.api.dependencies import PathId, RuleReader, RuleWriter, State, Transaction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.policies import lifecycle
from serving.policies.difference import Difference
from serving.policies.preview import Preview, latest, preview
from serving.policies.schemas import changed_by
from serving.policies.source import activated, stored_policy
from serving.policy import Policy
from serving.problems import Problem
from serving.rulebook.proposals import Actor
from serving.sql import Row, only
from serving.state import ServingState
from serving.web.access import see_other
from serving.web.attempt import SHORTEST_REASON, TypedForm, attempt
from serving.web.presenters.policies import PolicyForm, form_of, in_words, policy_of
from serving.web.reads.names import people_in
from serving.web.reads.queue import group_currency
from serving.web.render import render
from serving.web.views.steps import add_steps

router = APIRouter(prefix="/policies", include_in_schema=False, default_response_class=HTMLResponse)
HOME = "/policies"
_HIGHEST = """
SELECT coalesce(max((content ->> 'number')::int), 0) AS number FROM rule_set WHERE kind = 'policy'
"""


@dataclass(frozen=True)
class PoliciesPage:
    """Context of ``policies.html``.

    Attributes:
        before: the version that a roll-back would put in force.
        refusal: why the form was not taken; it keeps what was typed.
    """

    policy: Policy
    says: list[tuple[str, list[str]]]
    proposals: list[Row]
    activations: list[Row]
    names: Mapping[str, str]
    form: PolicyForm
    before: str | None
    problem: str | None
    may_propose: bool
    may_approve: bool
    reason: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class PolicyPage:
    """Context of ``policy.html``: one proposal.

    Attributes:
        own: whoever is asking proposed it, and so cannot approve it.
    """

    proposal: Row
    differences: list[Difference]
    preview: Row | None
    events: list[Row]
    names: Mapping[str, str]
    own: bool
    may_propose: bool
    may_approve: bool


@dataclass(frozen=True)
class Asked:
    """One request about policies."""

    request: Request
    connection: Connection
    state: ServingState
    principal: Principal


def policy_in_force(connection: Connection, state: ServingState) -> Policy:
    """What was activated last, this moment; a process may take two seconds to take it up."""
    return activated(connection) or state.policy


def policies_page(asked: Asked, typed: Mapping[str, str] | None = None, refusal: str = "") -> Response:
    """The page, with what stood in a form that was not taken."""
    connection, typed = asked.connection, typed or {}
    policy, currency = policy_in_force(connection, asked.state), group_currency(connection)
    proposals, activations = lifecycle.proposals(connection), lifecycle.LEDGER.activations(connection, 20)
    page = PoliciesPage(
        policy=policy,
        says=in_words(policy, currency),
        proposals=proposals,
        activations=activations,
        names=people_in(connection, proposals, activations),
        form=form_of(policy, typed, currency),
        before=lifecycle.PROPOSALS.before(connection),
        problem=asked.state.policies.problem(),
        **_rights(asked.principal),
        reason=typed.get("reason", ""),
        refusal=refusal,
    )
    return render(asked.request, "policies.html", page, principal=asked.principal, status=422 if refusal else 200)


def _rights(principal: Principal) -> dict[str, bool]:
    return {
        "may_propose": principal.may(Scope.RULES_WRITE),
        "may_approve": principal.may(Scope.RULES_APPROVE),
    }


@router.get("")
def read_policies(request: Request, state: State, connection: Transaction, principal: RuleReader) -> Response:
    """What is in force, what is proposed, and what was in force before."""
    return policies_page(Asked(request, connection, state, principal))


@router.post("")
def propose(
    request: Request, state: State, connection: Transaction, principal: RuleWriter, typed: TypedForm
) -> Response:
    """Propose what the form says; its preview is made at once."""
    asked = Asked(request, connection, state, principal)
    if len(typed.get("reason", "")) < SHORTEST_REASON:
        return policies_page(asked, typed, "Say why the policy should change.")
    try:
        with connection.begin_nested():
            made = _propose(asked, typed)
    except Problem as refused:
        return policies_page(asked, typed, f"{refused.detail.removeprefix('/policy: ')}.")
    return see_other(
        f"{HOME}/{made['proposal_id']}", good="Proposed. Nothing changes until another person approves it."
    )


def _propose(asked: Asked, typed: Mapping[str, str]) -> Row:
    connection, state = asked.connection, asked.state
    base = policy_in_force(connection, state)
    highest: int = only(connection, _HIGHEST)["number"]
    policy = policy_of(typed, base, max(highest, base.number) + 1)
    actor = Actor(asked.principal.principal_id, typed["reason"])
    return lifecycle.propose(connection, policy, base, actor=actor, now=state.clock())


@router.get("/{proposal_id}")
def read_policy_page(proposal_id: PathId, request: Request, connection: Transaction, principal: RuleReader) -> Response:
    """One proposal: what it changes, what it would have done, and its life so far."""
    found, events = lifecycle.proposal(connection, proposal_id), lifecycle.events(connection, proposal_id)
    page = PolicyPage(
        proposal=found,
        differences=changed_by(connection, found),
        preview=latest(connection, proposal_id),
        events=events,
        names=people_in(connection, [found], events),
        own=found["proposed_by"] == principal.principal_id,
        **_rights(principal),
    )
    return render(request, "policy.html", page, principal=principal)


add_steps(router, lifecycle.PROPOSALS, home=HOME)


@router.post("/{proposal_id}/preview")
def preview_again(proposal_id: PathId, state: State, connection: Transaction, principal: RuleWriter) -> Response:
    """Route the newest scores anew."""

    def work() -> None:
        row = lifecycle.proposal(connection, proposal_id)
        base, proposed = (stored_policy(connection, row[name]) for name in ("base_version", "version"))
        asked = Preview(proposal_id, base, proposed)
        preview(connection, asked, actor=principal.principal_id, now=state.clock())

    return attempt(connection, f"{HOME}/{proposal_id}", work, good="Previewed on the newest scores.")
