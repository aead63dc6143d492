"""Request and response of a score, as published."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, WithJsonSchema

from ledger.records.base import Id
from ledger.records.billing import Cause, InvoiceStatus
from models.assessment import Confidence, RiskStatus
from models.promise import Assurance, Division, Outcome, Tolerance
from serving.callbacks.schemas import CallbackUrlText, CorrelationId
from serving.contract.strict import Sent, instead_of
from serving.contract.types import CurrencyCode, MoneyText, Priced, Published, SentMoment, Share, open_words
from serving.controls.control import OwnerRole, Severity
from serving.routing import Layer, Withheld
from serving.scoring.dispositions import AnswerRoute, Disposition, answer_route, may_send
from serving.scoring.document import EXAMPLE_DOCUMENT, InlineDocument
from serving.scoring.examples import EXAMPLE_SCORE
from serving.scoring.remedies import RemedyOut
from serving.sql import Row

EXAMPLE_REQUEST: dict[str, JsonValue] = {"invoice_id": "INV-2041"}
InsteadOfId = Annotated[InlineDocument | None, instead_of("invoice_id")]


class ScoreRequest(Sent):
    """What to score: an invoice of the ledger by id, or a whole document. Send exactly one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_REQUEST, {"document": EXAMPLE_DOCUMENT}]})

    invoice_id: Id | None = Field(default=None, description="id of an invoice in the ledger; or send document")
    document: InsteadOfId = Field(
        default=None, validate_default=True, description="an invoice that is not in the ledger; or send invoice_id"
    )
    as_of: SentMoment | None = Field(
        default=None,
        description="scoring moment (RFC 3339, not in the future), default now; a score of a named moment opens "
        "and refreshes no case",
    )
    callback_url: CallbackUrlText | None = Field(
        default=None,
        description="told when the case that the answer names is decided or cancelled; allow-listed URLs only",
    )
    correlation_id: CorrelationId | None = Field(default=None, description="comes back in the callback")
    dry_run: bool = Field(default=False, description="score it, but store nothing and open no case")


# A pair of numbers; code generators have no type for the two members of a tuple.
_PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
CurvePoint = Annotated[tuple[int, float], WithJsonSchema(_PAIR)]


class DelayOut(Published):
    """When it will be paid."""

    status: RiskStatus = Field(description="whether the model speaks")
    confidence: Confidence = Field(description="how much history stands behind it")
    late_after_days: int = Field(description="days after the due date that count as late")
    probability_late: Share | None = Field(description="calibrated probability of being late")
    usual: Share | None = Field(description="the client's own share of late payments")
    curve: list[CurvePoint] = Field(description="pairs [k, probability of more than k days late]")
    expected_days_late: float | None = Field(description="mean days late; negative is early")
    expected_issue_on: str | None = Field(default=None, description="expected day of sending, when it is not sent yet")
    expected_cash_on: str | None = Field(description="expected day of payment")


class DisputeOut(Published):
    """Whether it will be disputed, and why."""

    status: RiskStatus = Field(description="whether the model speaks")
    confidence: Confidence = Field(description="how much history stands behind it")
    probability: Share | None = Field(description="calibrated probability of a dispute or credit")
    usual: Share | None = Field(description="the client's own share of disputed invoices")
    causes: dict[str, float] = Field(description="cause → probability given a dispute")


class AnomalyOut(Published):
    """How unusual it is."""

    status: RiskStatus = Field(description="whether the model speaks")
    confidence: Confidence = Field(description="how much history stands behind it")
    p_value: Share | None = Field(description="conformal p-value; small is unusual")


class FormOut(Published):
    """Which promise it is; the words of the policy's fields of the same names."""

    model_config = ConfigDict(from_attributes=True)

    outcome: Outcome = Field(description="what counts as gone bad")
    segments: Division = Field(description="one promise for all invoices, or one for each billing method")
    tolerance: Tolerance = Field(description="fixed shares, or half of the firm's own rate")
    promise: Assurance = Field(description="with confidence, or in expectation only")


class GuaranteeOut(Published):
    """The certificate that stands behind clearing invoices like this one."""

    segment: str = Field(description="invoices it was proved on: a billing method, rest, or all")
    threshold: float | None = Field(description="dispute probability up to which they may be cleared; null: none is")
    alpha: Share = Field(description="tolerated share of bad invoices among the cleared")
    alpha_money: Share = Field(description="tolerated share of the cleared money that goes bad")
    money_cap: float = Field(description="an invoice's money counts up to here, group currency")
    delta: Share = Field(description="chance that any of it is false")
    p_value: Share | None = Field(description="of the proof, for both tolerances")
    rows: int = Field(description="matured invoices it was proved on")
    valid_until: str = Field(description="last day on which it holds")
    data_digest: str = Field(description="SHA-256 of the certification data")
    form: FormOut | None = Field(default=None, description="form of the promise; null in scores older than forms")


class RisksOut(Published):
    """The three risks."""

    delay: DelayOut = Field(description="when it will be paid")
    dispute: DisputeOut = Field(description="whether it will be disputed")
    anomaly: AnomalyOut = Field(description="how unusual it is")
    clear_score: Share | None = Field(description="how safe to let through")
    clearable: bool = Field(description="the certified threshold is met")
    guarantee: GuaranteeOut | None = Field(default=None, description="null when no threshold qualified for any invoice")


class ReasonOut(Published):
    """One checkable sentence."""

    code: str = Field(description="stable code of the reason")
    risk: str = Field(description="the risk that it raises: delay, dispute or anomaly")
    sentence: str = Field(description="the reason in words")
    feature: str = Field(description="the feature behind it")
    value: float | None = Field(description="the feature's value; null: not known")
    usual: float | None = Field(description="what is usual for the firm")
    contribution: float = Field(description="share in the model's score, in its own units")
    evidence: list[str] = Field(description="kinds of record that it was read from")


class SnoozeMarkOut(Published):
    """That a control is snoozed for this client or project."""

    snooze_id: str = Field(description="id of the snooze")
    until: datetime = Field(description="when it ends by itself")


class ControlHitOut(Published):
    """A control that fired."""

    control_id: str = Field(description="stable id of the control")
    version: int = Field(description="version of the control")
    title: str = Field(description="what it checks")
    severity: Severity = Field(description="how much it weighs")
    owner: OwnerRole = Field(description="role that can clear it")
    cause: Cause = Field(description="the dispute cause that it prevents")
    message: str = Field(description="what is wrong, with values")
    offenders: list[str] = Field(description="one sentence per line or record at fault")
    remedy: str = Field(description="what clears it")
    snoozed: SnoozeMarkOut | None = Field(
        default=None, description="it is listed and does not count for the route; a hard stop is never snoozed"
    )


class VersionsOut(Published):
    """What decided, in which version."""

    features: str = Field(description="digest of the feature catalogue")
    models: dict[str, str] = Field(description="risk → SHA-256 of the model")
    controls: str = Field(description="version of the controls")
    policy: str = Field(description="version of the policy")


class ScoreDecisionOut(Published):
    """What people decided on an invoice."""

    case_id: str = Field(description="the case that it was decided on")
    decision_id: str | None = Field(description="id of the decision; null if cancelled, or while it can be undone")
    action: str = Field(description="release, correct, hold, write_off_request, request_evidence, escalate or cancel")
    reason_code: Cause | None = Field(description="confirmed cause")
    decided_by: str = Field(description="account that decided")
    decided_by_name: str = Field(description="whose account that is")
    decided_at: datetime = Field(description="when")
    final: bool = Field(description="false while it can be undone, or a second person must release too")
    takes_effect_at: datetime | None = Field(description="until then it can be undone; null: it took effect")


class NotClearedOut(Published):
    """What kept an invoice from being cleared."""

    ground: Annotated[str, open_words(Withheld)] = Field(description="the first ground, in the order of the layers")
    sentence: str = Field(description="the ground in words")
    certificate: str | None = Field(
        default=None,
        description="why the certificate does not count: none_yet, too_few_rows, first_threshold_failed, no_own_rate, "
        "lapsed, not_for_segment or other_form; null for other grounds",
    )


class ScoreResponse(Priced):
    """A score as it was stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SCORE]})

    score_id: str | None = Field(description="id of the score; null for a dry run, which is not stored")
    invoice_id: str = Field(description="id of the invoice")
    client_id: str = Field(description="id of the client")
    as_of: datetime = Field(description="only what was known before this moment counted")
    scored_at: datetime = Field(description="when it was scored")
    amount: MoneyText = Field(description="net total of the invoice")
    currency: CurrencyCode = Field(description="its currency")
    stage: Annotated[str, open_words(InvoiceStatus)] | None = Field(
        description="how far the invoice has come; null for scores made before this was kept"
    )
    route: AnswerRoute = Field(
        description="where the invoice goes: as the rules say, or released or stopped by a person, or sent already"
    )
    may_send: bool = Field(description="the invoice may be sent now: cleared, or released and unchanged since")
    disposition: Disposition = Field(description="what came of the score")
    decision: ScoreDecisionOut | None = Field(description="what people decided on it, while it is about this invoice")
    decided_by: Layer = Field(description="the layer that decided the route")
    because: str = Field(description="the ground of the route in one sentence")
    not_cleared: NotClearedOut | None = Field(
        default=None, description="what kept it from being cleared; null: nothing did, or the score is older than this"
    )
    risks: RisksOut = Field(description="what the models say")
    reasons: list[ReasonOut] = Field(description="why the models say it; only for what is not cleared")
    controls: list[ControlHitOut] = Field(description="controls that fired, hard stops first")
    sampled: bool = Field(description="would have been cleared; reviewed as part of the audit sample")
    degraded: list[str] = Field(description="what was missing when this was answered; empty when nothing was")
    remedies: list[RemedyOut] | None = Field(
        default=None, description="what would clear it; null: not worked out beforehand, ask for the explanation"
    )
    case_id: str | None = Field(description="the case in the queue, or the one that was decided; null: there is none")
    versions: VersionsOut = Field(description="what decided, in which version")
    object: Literal["score"] = Field(default="score", description="kind of document")


class ScoresOut(Published):
    """Scores of the caller, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"scores": [EXAMPLE_SCORE], "next_cursor": None}]})

    scores: list[ScoreResponse] = Field(description="a page")
    next_cursor: str | None = Field(description="send it as cursor for the next page; null on the last one")


def score_response(row: Row) -> ScoreResponse:
    """The published form of a stored score."""
    plain: dict[str, Any] = {name: row[name] for name in ScoreResponse.model_fields if name in row}
    versions = VersionsOut(
        features=row["catalogue_digest"],
        models=row["model_digests"],
        controls=row["control_version"],
        policy=row["policy_version"],
    )
    disposition = row["disposition"] or ("queued" if row["case_id"] else "cleared")
    route = answer_route(row["route"], row["disposition"], row["decision"])
    told = {"route": route, "may_send": may_send(route, disposition), "disposition": disposition}
    return ScoreResponse.model_validate(plain | told | {"versions": versions, "risks": _risks(row["risks"])})


def _risks(risks: dict[str, Any]) -> dict[str, Any]:
    delay = risks["delay"]
    days = {name: delay.get(name) for name in ("expected_cash_on", "expected_issue_on")}
    return risks | {"delay": delay | {name: None if day is None else str(day) for name, day in days.items()}}
