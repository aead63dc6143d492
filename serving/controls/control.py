"""A control: what it checks, how much it weighs, who owns the remedy, and what it says when it fires."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ledger.records.base import Text
from ledger.records.billing import Cause


class Severity(StrEnum):
    """How much a control weighs."""

    HARD_STOP = "hard_stop"  # holds the invoice; no model, policy or person lowers it while it fires
    REVIEW = "review"  # a person must look
    WARNING = "warning"  # shown, changes nothing


SEVERITIES = tuple(Severity)  # the heaviest first


def heaviest(*severities: Severity) -> Severity:
    """The one that asks for the most care."""
    return min(severities, key=SEVERITIES.index)


class Minimum(StrEnum):
    """The least that an overlay may make of a control."""

    HARD_STOP = "hard_stop"
    REVIEW = "review"
    WARNING = "warning"
    NONE = "none"  # an overlay may switch it off


class OwnerRole(StrEnum):
    """Who can clear a control."""

    PROJECT_MANAGER = "project_manager"
    BILLING = "billing"
    CONTRACT_MANAGER = "contract_manager"
    MASTER_DATA = "master_data"
    CREDIT_CONTROL = "credit_control"
    CLIENT = "client"
    INTEGRATION = "integration"


class Family(StrEnum):
    """The exception taxonomy: what goes wrong between work and money."""

    CONTRACT = "contract"
    RATE = "rate"
    APPROVAL = "approval"
    EVIDENCE = "evidence"
    BUDGET = "budget"
    TAX_ENTITY = "tax_entity"
    MASTER_DATA = "master_data"
    DUPLICATE = "duplicate"
    CURRENCY = "currency"
    SYNC_FAILURE = "sync_failure"
    CREDIT_REBILL = "credit_rebill"


class Frozen(BaseModel):
    """A part of a control document: immutable, and a field that nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


ControlId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,60}$")]
ThresholdName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
Level = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]


class Threshold(Frozen):
    """A number that an overlay may tighten; the expression reads it as ``threshold.<name>``."""

    value: Level = Field(description="the number that counts unless an overlay tightens it")
    tighter: Literal["lower", "higher"] = Field(description="the direction in which it catches more")
    unit: Text = Field(min_length=1, max_length=40, description="days, currency, share …")

    def tightest(self, *values: float) -> float:
        """Of the global number and some others, the one that catches the most."""
        choose = min if self.tighter == "lower" else max
        return choose((self.value, *values))


class Control(Frozen):
    """One deterministic control as written in YAML.

    ``expression`` is CEL over the facts and gives a truth value, or a list of offenders which fires when not empty;
    ``each`` then says one sentence per offender.
    """

    id: ControlId = Field(description="stable id")
    version: int = Field(ge=1, le=1_000_000, description="grows with every change")
    family: Family = Field(description="place in the exception taxonomy")
    title: Text = Field(min_length=3, max_length=200, description="in the words of finance")
    catches: Text = Field(min_length=3, max_length=400, description="what it is for, in one sentence")
    severity: Severity = Field(description="hard_stop, review or warning")
    minimum: Minimum | None = Field(default=None, description="least an overlay may make of it; unset: its severity")
    owner: OwnerRole = Field(description="role that can clear it")
    cause: Cause = Field(description="the dispute cause it prevents")
    expression: Text = Field(min_length=1, max_length=4000, description="CEL")
    thresholds: dict[ThresholdName, Threshold] = Field(default={}, description="numbers an overlay may tighten")
    message: Text = Field(min_length=3, max_length=1000, description="what is wrong, with {root.fact} placeholders")
    each: Text | None = Field(
        default=None, max_length=1000, description="one sentence per offender, with {fact} places"
    )
    remedy: Text = Field(min_length=3, max_length=1000, description="what clears it, as an instruction")
    effective_from: date | None = Field(default=None, description="first day (UTC) of scoring on which it counts")
    effective_to: date | None = Field(default=None, description="last day on which it counts")

    @model_validator(mode="after")
    def _is_consistent(self) -> "Control":
        if self.severity is Severity.HARD_STOP and self.minimum not in (None, Minimum.HARD_STOP):
            raise ValueError("minimum: a hard stop cannot be weakened")
        if self.minimum is not None and list(Minimum).index(self.minimum) < SEVERITIES.index(self.severity):
            raise ValueError("minimum: is above the severity itself")
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to: lies before effective_from")
        return self

    @property
    def least(self) -> Minimum:
        """The least that an overlay may make of it."""
        return self.minimum or Minimum(self.severity.value)


def asks_for_care(severity: str, *, snoozed: bool) -> bool:
    """Whether a control that fired keeps an invoice from being cleared: a snoozed review and a warning do not."""
    return severity == Severity.HARD_STOP or (severity == Severity.REVIEW and not snoozed)


@dataclass(frozen=True)
class SnoozeMark:
    """That a hit is snoozed: by which snooze, and until when."""

    snooze_id: str
    until: datetime


@dataclass(frozen=True)
class Hit:
    """A control that fired on an invoice; a snoozed one is listed and does not route."""

    control_id: str
    version: int
    title: str
    severity: Severity
    owner: OwnerRole
    cause: Cause
    message: str
    offenders: tuple[str, ...]
    remedy: str
    snoozed: SnoozeMark | None = None

    @property
    def routes(self) -> bool:
        """Whether it counts for the route: a hard stop always does."""
        return self.severity is Severity.HARD_STOP or self.snoozed is None
