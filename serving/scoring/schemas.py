"""Request and response of a score, as published."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainSerializer, model_validator

from ledger.records.base import Id, Moment, canonical_decimal
from serving.routing import Layer, Route
from serving.scoring.document import InlineDocument
from serving.sql import Row

MoneyText = Annotated[Decimal, PlainSerializer(canonical_decimal, return_type=str)]
EXAMPLE_REQUEST: dict[str, JsonValue] = {"invoice_id": "INV-2041"}


class ScoreRequest(BaseModel):
    """What to score: an invoice of the ledger by id, or a whole document."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE_REQUEST]})

    invoice_id: Id | None = Field(default=None, description="id of an invoice in the ledger")
    document: InlineDocument | None = Field(default=None, description="an invoice that is not in the ledger")
    as_of: Moment | None = Field(default=None, description="scoring moment (RFC 3339, not in the future); default now")

    @model_validator(mode="after")
    def _names_one_invoice(self) -> "ScoreRequest":
        if (self.invoice_id is None) == (self.document is None):
            raise ValueError("send either invoice_id or document")
        return self


class DelayOut(BaseModel):
    """When it will be paid."""

    status: str = Field(description="ok, abstained or unavailable")
    confidence: str = Field(description="high, medium or low: how much history stands behind it")
    late_after_days: int = Field(description="days after the due date that count as late")
    probability_late: float | None = Field(description="calibrated probability of being late, 0 to 1")
    usual: float | None = Field(description="the client's own share of late payments, 0 to 1")
    curve: list[tuple[int, float]] = Field(description="pairs (k, probability of more than k days late)")
    expected_days_late: float | None = Field(description="mean days late; negative is early")
    expected_issue_on: str | None = Field(default=None, description="expected day of sending, when it is not sent yet")
    expected_cash_on: str | None = Field(description="expected day of payment")


class DisputeOut(BaseModel):
    """Whether it will be disputed, and why."""

    status: str
    confidence: str
    probability: float | None = Field(description="calibrated probability of a dispute or credit, 0 to 1")
    usual: float | None
    causes: dict[str, float] = Field(description="cause → probability given a dispute")


class AnomalyOut(BaseModel):
    """How unusual it is."""

    status: str
    confidence: str
    p_value: float | None = Field(description="conformal p-value; small is unusual")


class GuaranteeOut(BaseModel):
    """The certificate that stands behind clearing invoices like this one."""

    segment: str = Field(description="invoices it was proved on: a billing method, rest, or all")
    threshold: float | None = Field(description="dispute probability up to which they may be cleared; null: none is")
    alpha: float = Field(description="tolerated share of bad invoices among the cleared")
    alpha_money: float = Field(description="tolerated share of the cleared money that goes bad")
    money_cap: float = Field(description="an invoice's money counts up to here, group currency")
    delta: float = Field(description="chance that any of it is false")
    p_value: float | None = Field(description="of the proof, for both tolerances")
    rows: int = Field(description="matured invoices it was proved on")
    valid_until: str = Field(description="last day on which it holds")
    data_digest: str = Field(description="SHA-256 of the certification data")


class RisksOut(BaseModel):
    """The three risks."""

    delay: DelayOut
    dispute: DisputeOut
    anomaly: AnomalyOut
    clear_score: float | None = Field(description="how safe to let through, 0 to 1")
    clearable: bool = Field(description="the certified threshold is met")
    guarantee: GuaranteeOut | None = Field(default=None, description="null when no threshold qualified for any invoice")


class ReasonOut(BaseModel):
    """One checkable sentence."""

    code: str
    risk: str
    sentence: str
    feature: str
    value: float | None
    usual: float | None
    contribution: float
    evidence: list[str]


class ControlHitOut(BaseModel):
    """A control that fired."""

    control_id: str
    version: int
    title: str
    severity: str = Field(description="hard_stop, review or warning")
    owner: str = Field(description="role that can clear it")
    cause: str
    message: str
    offenders: list[str] = Field(description="one sentence per line or record at fault")
    remedy: str


class VersionsOut(BaseModel):
    """What decided, in which version."""

    features: str = Field(description="digest of the feature catalogue")
    models: dict[str, str] = Field(description="risk → SHA-256 of the model")
    controls: str
    policy: str


class ScoreResponse(BaseModel):
    """A score as it was stored."""

    score_id: str
    invoice_id: str
    client_id: str
    as_of: datetime
    scored_at: datetime
    amount: MoneyText
    currency: str
    route: Route
    decided_by: Layer = Field(description="hard_stop, policy or model: the layer that decided the route")
    because: str = Field(description="the ground of the route in one sentence")
    risks: RisksOut
    reasons: list[ReasonOut]
    controls: list[ControlHitOut]
    sampled: bool = Field(description="would have been cleared; reviewed as part of the audit sample")
    degraded: list[str] = Field(description="what was missing when this was answered; empty when nothing was")
    case_id: str | None
    versions: VersionsOut
    object: Literal["score"] = "score"


def score_response(row: Row) -> ScoreResponse:
    """The published form of a stored score."""
    plain: dict[str, Any] = {name: row[name] for name in ScoreResponse.model_fields if name in row}
    versions = VersionsOut(
        features=row["catalogue_digest"],
        models=row["model_digests"],
        controls=row["control_version"],
        policy=row["policy_version"],
    )
    return ScoreResponse.model_validate(plain | {"versions": versions, "risks": _risks(row["risks"])})


def _risks(risks: dict[str, Any]) -> dict[str, Any]:
    delay = risks["delay"]
    days = {name: delay.get(name) for name in ("expected_cash_on", "expected_issue_on")}
    return risks | {"delay": delay | {name: None if day is None else str(day) for name, day in days.items()}}
