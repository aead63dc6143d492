"""What the API says and takes about policies: proposals, their previews, activations."""

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field, JsonValue
from sqlalchemy import Connection

from ledger.records.base import Text
from serving.contract.strict import Sent
from serving.contract.types import Published
from serving.controls.schemas import EventOut
from serving.policies import lifecycle
from serving.policies.difference import Difference, differences
from serving.policies.preview import latest
from serving.policies.source import stored_policy
from serving.policy import SHIPPED, Policy, load_policy
from serving.sql import Row

State = Literal["proposed", "approved", "active", "superseded", "rolled_back", "withdrawn"]
_SENT: Final[dict[str, Any]] = load_policy(SHIPPED).content | {"number": 5, "four_eyes_amount": "40000"}
_PROPOSAL: Final[dict[str, JsonValue]] = {
    "proposal_id": "019c6a3e-0000-7000-8000-000000000050", "version": "policy-5-0a1b2c3d4e5f",
    "base_version": "policy-4-5f4e3d2c1b0a", "reason": "two people from 40,000 on", "state": "proposed",
    "proposed_by": "019c6a3e-0000-7000-8000-000000000007", "proposed_at": "2026-02-10T12:00:00Z",
    "approved_by": None, "approved_at": None, "differences": [], "events": [], "preview": None,
}  # fmt: skip
_PREVIEW: Final[dict[str, JsonValue]] = {
    "preview_id": "019c6a3e-0000-7000-8000-000000000051", "proposal_id": "019c6a3e-0000-7000-8000-000000000050",
    "base_version": "policy-4-5f4e3d2c1b0a", "scores": 2000, "result": {"changes": [], "two_people": [12, 19]},
    "run_by": "019c6a3e-0000-7000-8000-000000000007", "run_at": "2026-02-10T12:00:00Z",
}  # fmt: skip


class PolicyProposalRequest(Sent):
    """A policy to be put in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "two people from 40,000 on", "policy": _SENT}]}
    )

    reason: Text = Field(min_length=3, max_length=1000, description="why, for the record")
    policy: Policy = Field(description="the whole policy, as in the policy file, under a new number")


class PreviewRequest(Sent):
    """How much of the past to look at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"scores": 2000}]})

    scores: int = Field(default=2_000, ge=1, le=20_000, description="of the newest scores, at most so many")


class DifferenceOut(Published):
    """One field that a proposal changes."""

    model_config = ConfigDict(from_attributes=True)

    field: str = Field(description="path of the field; a stratum or overlay by its place")
    label: str = Field(description="the field in words")
    old: str = Field(description="value in the policy that it was proposed on, as text")
    new: str = Field(description="proposed value, as text")


class PreviewOut(Published):
    """Where the newest scores would have gone."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PREVIEW]})

    preview_id: str = Field(description="id of the preview")
    proposal_id: str = Field(description="proposal that was previewed")
    base_version: str = Field(description="policy that it was compared with")
    scores: int = Field(description="scores looked at: the newest of each invoice")
    result: JsonValue = Field(description="counts and cash by route before and after, and the changes between them")
    run_by: str = Field(description="who ran it")
    run_at: datetime = Field(description="when")


class PolicyProposalOut(Published):
    """A proposed policy."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PROPOSAL]})

    proposal_id: str = Field(description="id of the proposal")
    version: str = Field(description="version of the proposed policy")
    base_version: str = Field(description="policy in force when it was proposed")
    reason: str = Field(description="why it was proposed")
    state: State = Field(description="where it is in its life")
    proposed_by: str = Field(description="who proposed it")
    proposed_at: datetime = Field(description="when")
    approved_by: str | None = Field(description="the second person")
    approved_at: datetime | None = Field(description="when they approved")
    differences: list[DifferenceOut] = Field(default=[], description="what it changes; only for a single proposal")
    events: list[EventOut] = Field(default=[], description="its life so far; only for a single proposal")
    preview: PreviewOut | None = Field(default=None, description="its newest preview; only for a single proposal")


class PolicyProposalsOut(Published):
    """Proposals, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"proposals": [_PROPOSAL]}]})

    proposals: list[PolicyProposalOut] = Field(description="without their events, differences and previews")


def whole(connection: Connection, proposal_id: str) -> PolicyProposalOut:
    """A proposal with all that is known of it; raises ``NotFound``."""
    row = lifecycle.proposal(connection, proposal_id)
    more = {
        "differences": changed_by(connection, row),
        "events": lifecycle.events(connection, proposal_id),
        "preview": latest(connection, proposal_id),
    }
    return PolicyProposalOut.model_validate(row | more)


def changed_by(connection: Connection, row: Row) -> list[Difference]:
    """What a proposal changes; raises ``PolicyError`` when one of the two cannot be read any more."""
    base, proposed = (stored_policy(connection, row[name]) for name in ("base_version", "version"))
    return differences(base, proposed)
