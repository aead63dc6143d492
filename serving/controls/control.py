"""A control: what it checks, how much it weighs, who owns the remedy, and what it says when it fires."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import cel
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ledger.records.billing import Cause


class Severity(StrEnum):
    """How much a control weighs."""

    HARD_STOP = "hard_stop"  # holds the invoice; no model, policy or person lowers it while it fires
    REVIEW = "review"  # a person must look
    WARNING = "warning"  # shown, changes nothing


class OwnerRole(StrEnum):
    """Who can clear a control."""

    PROJECT_MANAGER = "project_manager"
    BILLING = "billing"
    CONTRACT_MANAGER = "contract_manager"
    MASTER_DATA = "master_data"
    CREDIT_CONTROL = "credit_control"
    CLIENT = "client"
    INTEGRATION = "integration"


class Control(BaseModel):
    """One deterministic control as written in YAML.

    ``expression`` is CEL over the facts and gives a truth value, or a list of offenders which fires when not empty;
    ``each`` then says one sentence per offender.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,60}$")] = Field(description="stable id")
    version: int = Field(ge=1, description="grows with every change")
    title: str = Field(min_length=3, description="in the words of finance")
    severity: Severity = Field(description="hard_stop, review or warning")
    owner: OwnerRole = Field(description="role that can clear it")
    cause: Cause = Field(description="the dispute cause it prevents")
    expression: str = Field(min_length=1, description="CEL")
    message: str = Field(min_length=3, description="what is wrong, with {root.fact} placeholders")
    each: str | None = Field(default=None, description="one sentence per offender, with {fact} placeholders")
    remedy: str = Field(min_length=3, description="what clears it, as an instruction")


@dataclass(frozen=True)
class Hit:
    """A control that fired on an invoice."""

    control_id: str
    version: int
    title: str
    severity: Severity
    owner: OwnerRole
    cause: Cause
    message: str
    offenders: tuple[str, ...]
    remedy: str


@dataclass(frozen=True)
class CompiledControl:
    """A control and its compiled expression."""

    control: Control
    program: cel.Program


@dataclass(frozen=True)
class ControlSet:
    """All controls in force, as one version.

    Attributes:
        version: ``controls-<number>-<digest>``; the digest covers every control's content.
        content: the YAML document as data, kept so that an old score can be explained.
    """

    version: str
    controls: tuple[CompiledControl, ...]
    content: dict[str, Any]
