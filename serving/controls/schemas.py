"""What the API says and takes about controls: sets, proposals, back-tests, activations, snoozes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from ledger.records.base import Id, Text
from serving.contract.strict import Sent, instead_of
from serving.contract.types import Published, SentMoment
from serving.controls.control import Control, ControlId
from serving.controls.load import ControlDocument
from serving.controls.overlays import Overlay
from serving.sql import Row

State = Literal[
    "proposed", "backtested", "shadow", "approved", "active", "superseded", "rolled_back", "withdrawn"
]  # fmt: skip
_WHY: Any = Field(min_length=3, max_length=1000, description="why, for the record")


class ControlsOut(Published):
    """The controls in force."""

    version: str = Field(description="version of the set, as scores name it")
    controls: list[Control] = Field(description="in the order in which they speak")
    overlays: list[Overlay] = Field(description="what differs for some clients or companies")
    problem: str | None = Field(description="why these may not be the newest; null when they are")


class DocumentOut(Published):
    """One version of the controls, as it was written."""

    version: str = Field(description="version of the set")
    document: JsonValue = Field(description="the whole set")


class ActivationOut(Published):
    """One row of the activation ledger."""

    action: Literal["shipped", "activate", "rollback"] = Field(description="how it came into force")
    version: str = Field(description="what came into force")
    previous_version: str | None = Field(description="what was in force before")
    proposal_id: str | None = Field(description="proposal that it came from")
    actor_id: str = Field(description="who did it")
    why: str = Field(description="why")
    activated_at: datetime = Field(description="when")


class ActivationsOut(Published):
    """The activation ledger, newest first."""

    activations: list[ActivationOut] = Field(description="rows")


class ProposalRequest(Sent):
    """A set of controls to be put in force."""

    reason: Text = _WHY
    document: ControlDocument = Field(description="the whole set, as in the YAML file")


class WhyRequest(Sent):
    """A transition, and why."""

    why: Text = _WHY


class BacktestRequest(Sent):
    """How much of the past to look at."""

    sample: int = Field(
        default=500, ge=1, le=2_000, description="largest number of invoices; the command line has no limit"
    )


class EventOut(Published):
    """One transition of a proposal."""

    to_state: State = Field(description="where it went")
    actor_id: str = Field(description="who did it")
    why: str | None = Field(description="why")
    happened_at: datetime = Field(description="when")


class BacktestOut(Published):
    """What a proposal would have done to the past."""

    backtest_id: str = Field(description="id of the back-test")
    proposal_id: str = Field(description="proposal that was tested")
    base_version: str = Field(description="set that it was compared with")
    invoices: int = Field(description="invoices looked at")
    result: JsonValue = Field(description="changes and controls: invoices, cash, segments, precision")
    run_by: str = Field(description="who ran it")
    run_at: datetime = Field(description="when")


class ProposalOut(Published):
    """A proposed set of controls."""

    proposal_id: str = Field(description="id of the proposal")
    version: str = Field(description="version of the proposed set")
    base_version: str = Field(description="set in force when it was proposed")
    reason: str = Field(description="why it was proposed")
    state: State = Field(description="where it is in its life")
    proposed_by: str = Field(description="who proposed it")
    proposed_at: datetime = Field(description="when")
    shadow_since: datetime | None = Field(description="since when it looks at live scores")
    approved_by: str | None = Field(description="the second person")
    approved_at: datetime | None = Field(description="when they approved")
    events: list[EventOut] = Field(default=[], description="its life so far; only for a single proposal")
    backtest: BacktestOut | None = Field(default=None, description="its newest back-test; only for a single proposal")


class ProposalsOut(Published):
    """Proposals, newest first."""

    proposals: list[ProposalOut] = Field(description="without their events")


class ShadowOut(Published):
    """How a set in shadow differed from the active one."""

    scores: int = Field(description="live scores looked at")
    different: int = Field(description="of these, with another hit")
    newly_held: int = Field(description="a hard stop fires only in the proposed set")
    no_longer_held: int = Field(description="a hard stop fires only in the active set")
    newly: dict[str, int] = Field(description="control:severity that only the proposed set says, counted")
    gone: dict[str, int] = Field(description="control:severity that only the active set said, counted")
    newest: list[JsonValue] = Field(description="the newest differences")


class SnoozeRequest(Sent):
    """A control to be silenced for one client or one project. Send exactly one of the two ids."""

    control_id: ControlId = Field(description="a review or warning control")
    client_id: Id | None = Field(default=None, description="client; or send project_id")
    project_id: Annotated[Id | None, instead_of("client_id")] = Field(
        default=None, validate_default=True, description="project; or send client_id"
    )
    until: SentMoment = Field(description="when it ends by itself (RFC 3339); at most 90 days ahead")
    reason: Text = _WHY


class SnoozeOut(Published):
    """A snooze."""

    snooze_id: str = Field(description="id of the snooze")
    control_id: str = Field(description="control that is silenced")
    client_id: str | None = Field(description="for this client")
    project_id: str | None = Field(description="for this project")
    reason: str = Field(description="why")
    created_by: str = Field(description="who made it")
    created_at: datetime = Field(description="when it began")
    until: datetime = Field(description="when it ends by itself")
    in_force: bool = Field(description="it silences its control now")
    ended_by: str | None = Field(description="who ended it by hand")
    ended_because: str | None = Field(description="why")
    ended_at: datetime | None = Field(description="when")


class SnoozesOut(Published):
    """Snoozes, newest first."""

    snoozes: list[SnoozeOut] = Field(description="rows")


def proposal_out(row: Row, events: list[Row] | None = None, backtest: Row | None = None) -> ProposalOut:
    """The published form of a proposal."""
    return ProposalOut.model_validate(row | {"events": events or [], "backtest": backtest})


def shadow_out(row: Row) -> ShadowOut:
    """The published form of a shadow's summary; money as text."""
    newest = [one | {"amount": str(one["amount"])} for one in row["newest"]]
    return ShadowOut.model_validate(row | {"newest": newest})
