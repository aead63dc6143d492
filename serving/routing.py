"""Who decides: hard stop before policy before model. The order is published and holds for every input.

    1. A hard stop fires: ``hold``. Nothing below is asked.
    2. Policy: a control asks for review, a model does not speak, the amount is above a limit, auto-clear is off, or
       the certificate makes another promise than the policy asks for.
    3. Model: the certificate's threshold is met (``auto_clear``) or not (``review``).
    4. Of what would be cleared, a known share goes to review all the same (policy again), so that labels stay honest.

Each layer can only ask for more care than the ones after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.assessment import Assessment, RiskStatus
from models.promise import ORDINARY
from serving.chance import drawn
from serving.controls.control import Hit, Severity
from serving.policy import Policy


class Route(StrEnum):
    """Where an invoice goes, from the least to the most care."""

    AUTO_CLEAR = "auto_clear"
    REVIEW = "review"
    SENIOR_REVIEW = "senior_review"
    HOLD = "hold"


class Layer(StrEnum):
    """Who decided the route."""

    HARD_STOP = "hard_stop"
    POLICY = "policy"
    MODEL = "model"


@dataclass(frozen=True)
class Routed:
    """A decision and its ground.

    Attributes:
        because: one sentence for the reviewer.
        sampled: cleared by the model, sent to review by the audit sample.
        propensity: probability with which this invoice came to review: 1, or the sample's rate for would-be clears.
    """

    route: Route
    layer: Layer
    because: str
    sampled: bool = False
    propensity: float = 1.0


@dataclass(frozen=True)
class Subject:
    """What routing must know of an invoice besides controls and models."""

    invoice_id: str
    client_id: str
    legal_entity_id: str | None
    group_amount: Decimal | None  # group currency; None when no exchange rate was known


def route(subject: Subject, hits: Sequence[Hit], assessment: Assessment, policy: Policy) -> Routed:
    """The route of an invoice and the layer that decided."""
    stops = [hit for hit in hits if hit.severity is Severity.HARD_STOP]
    if stops:
        return Routed(Route.HOLD, Layer.HARD_STOP, stops[0].title)
    tightened = policy.tightened_for(subject.client_id, subject.legal_entity_id)
    by_policy = _by_policy(subject, hits, assessment, tightened)
    return by_policy or _by_model(subject, assessment, tightened, drawn_under=policy.version)


def _by_policy(subject: Subject, hits: Sequence[Hit], assessment: Assessment, policy: Policy) -> Routed | None:
    because = _policy_ground(subject, hits, assessment, policy)
    if because is None:
        return None
    amount = subject.group_amount
    senior = amount is not None and abs(amount) >= policy.senior_review_amount
    return Routed(Route.SENIOR_REVIEW if senior else Route.REVIEW, Layer.POLICY, because)


def _policy_ground(subject: Subject, hits: Sequence[Hit], assessment: Assessment, policy: Policy) -> str | None:
    amount = subject.group_amount
    if amount is not None and abs(amount) >= policy.senior_review_amount:
        return f"amounts from {policy.senior_review_amount:,} go to a senior reviewer"
    reviews = [hit for hit in hits if hit.severity is Severity.REVIEW and hit.routes]
    if reviews:
        return reviews[0].title
    if amount is None:
        return "no exchange rate is known, so the amount cannot be compared with the limits"
    if abs(amount) > policy.auto_clear_cap:
        return f"amounts above {policy.auto_clear_cap:,} are not cleared without a person"
    if not policy.auto_clear:
        return "clearing without a person is switched off"
    return _silent_model(assessment) or _other_form(assessment, policy)


def _other_form(assessment: Assessment, policy: Policy) -> str | None:
    """A certificate of another form than the policy's promises something that nobody asked for."""
    # Scores from before there were guarantees were cleared under the only form of their day.
    form = ORDINARY if assessment.guarantee is None else assessment.guarantee.form
    if form.meets(policy.form):
        return None
    return "the certificate makes another promise than the policy asks for; train and certify again"


def _silent_model(assessment: Assessment) -> str | None:
    risks = (("delay", assessment.delay), ("dispute", assessment.dispute), ("anomaly", assessment.anomaly))
    for name, risk in risks:
        if risk.status is RiskStatus.UNAVAILABLE:
            return f"the {name} model is not available"
        if risk.status is RiskStatus.ABSTAINED:
            return f"the {name} model has seen nothing like this and abstains"
    return None


def _by_model(subject: Subject, assessment: Assessment, policy: Policy, *, drawn_under: str) -> Routed:
    if not assessment.clearable:
        return Routed(Route.REVIEW, Layer.MODEL, "the models are not sure enough to clear it")
    rate = policy.rate_for(abs(subject.group_amount or Decimal(0)))
    if draw(subject.invoice_id, drawn_under) < rate:
        because = f"part of the {rate:.0%} of cleared invoices that are audited"
        return Routed(Route.REVIEW, Layer.POLICY, because, sampled=True, propensity=rate)
    return Routed(Route.AUTO_CLEAR, Layer.MODEL, "safe within the certified error rate", propensity=rate)


def draw(invoice_id: str, policy_version: str) -> float:
    """A number in [0, 1) that depends on the invoice and the policy alone: asking again does not redraw the sample."""
    return drawn(policy_version, invoice_id)
