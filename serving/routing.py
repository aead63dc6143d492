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
from models.promise import ORDINARY, form_in_words, judged_risk, risk_in_words, share_in_words
from serving.chance import drawn
from serving.controls.control import Hit, Severity
from serving.policy import Policy

OTHER_FORM = "other_form"


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


class Withheld(StrEnum):
    """What kept an invoice from being cleared: the first ground in the order of the layers."""

    CONTROL = "control"
    POLICY_LIMIT = "policy_limit"
    MODEL_UNAVAILABLE = "model_unavailable"
    ABSTAINED = "abstained"
    CERTIFICATE_OFF = "certificate_off"
    ABOVE_THRESHOLD = "above_threshold"
    SAMPLED = "sampled"


@dataclass(frozen=True)
class NotCleared:
    """Why an invoice was not cleared.

    Attributes:
        sentence: for a person.
        certificate: why the certificate does not count, where that is the ground; codes of ``CertificateOff``.
    """

    ground: Withheld
    sentence: str
    certificate: str | None = None


@dataclass(frozen=True)
class Routed:
    """A decision and its ground.

    Attributes:
        because: one sentence for the reviewer.
        not_cleared: what kept it from being cleared; ``None`` where nothing did.
        sampled: cleared by the model, sent to review by the audit sample.
        propensity: probability with which this invoice came to review: 1, or the sample's rate for would-be clears.
    """

    route: Route
    layer: Layer
    because: str
    sampled: bool = False
    propensity: float = 1.0
    not_cleared: NotCleared | None = None


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
        return Routed(Route.HOLD, Layer.HARD_STOP, stops[0].title, not_cleared=_by_control(stops[0]))
    tightened = policy.tightened_for(subject.client_id, subject.legal_entity_id)
    by_policy = _by_policy(subject, hits, assessment, tightened)
    return by_policy or _by_model(subject, assessment, tightened, drawn_under=policy.version)


# A ground of the policy layer: the sentence of the route, and what kept the invoice from being cleared.
_Ground = tuple[str, NotCleared]


def _by_policy(subject: Subject, hits: Sequence[Hit], assessment: Assessment, policy: Policy) -> Routed | None:
    ground = _control_or_limit(subject, hits, policy) or _silent_model(assessment) or _other_form(assessment, policy)
    if ground is None:
        return None
    because, not_cleared = ground
    amount = subject.group_amount
    senior = amount is not None and abs(amount) >= policy.senior_review_amount
    return Routed(Route.SENIOR_REVIEW if senior else Route.REVIEW, Layer.POLICY, because, not_cleared=not_cleared)


def _by_control(hit: Hit) -> NotCleared:
    return NotCleared(Withheld.CONTROL, f"A control fired: {hit.title}.")


def _control_or_limit(subject: Subject, hits: Sequence[Hit], policy: Policy) -> _Ground | None:
    amount = subject.group_amount
    if amount is not None and abs(amount) >= policy.senior_review_amount:
        return _limit(f"amounts from {policy.senior_review_amount:,} go to a senior reviewer")
    reviews = [hit for hit in hits if hit.severity is Severity.REVIEW and hit.routes]
    if reviews:
        return reviews[0].title, _by_control(reviews[0])
    if amount is None:
        return _limit("no exchange rate is known, so the amount cannot be compared with the limits")
    if abs(amount) > policy.auto_clear_cap:
        return _limit(f"amounts above {policy.auto_clear_cap:,} are not cleared without a person")
    if not policy.auto_clear:
        return _limit("clearing without a person is switched off")
    return None


def _limit(because: str) -> _Ground:
    return because, NotCleared(Withheld.POLICY_LIMIT, f"Policy limit: {because}.")


def _silent_model(assessment: Assessment) -> _Ground | None:
    risks = (("delay", assessment.delay), ("dispute", assessment.dispute), ("anomaly", assessment.anomaly))
    for name, risk in risks:
        if risk.status is RiskStatus.UNAVAILABLE:
            because = f"the {name} model is not available"
            return because, NotCleared(Withheld.MODEL_UNAVAILABLE, f"Without a model: {because}.")
        if risk.status is RiskStatus.ABSTAINED:
            because = f"the {name} model has seen nothing like this and abstains"
            return because, NotCleared(Withheld.ABSTAINED, f"Outside what the models know: {because}.")
    return None


def _other_form(assessment: Assessment, policy: Policy) -> _Ground | None:
    """A certificate of another form than the policy's promises something that nobody asked for."""
    # Scores from before there were guarantees were cleared under the only form of their day.
    form = ORDINARY if assessment.guarantee is None else assessment.guarantee.form
    if assessment.certificate_off is not None or form.meets(policy.form):
        return None
    because = "the certificate makes another promise than the policy asks for; train and certify again"
    sentence = (
        f"Auto-clear is off: the certificate promises ({form_in_words(form)}), the policy asks for "
        f"({form_in_words(policy.form)})."
    )
    return because, NotCleared(Withheld.CERTIFICATE_OFF, sentence, OTHER_FORM)


def _by_model(subject: Subject, assessment: Assessment, policy: Policy, *, drawn_under: str) -> Routed:
    if not assessment.clearable:
        because = "the models are not sure enough to clear it"
        return Routed(Route.REVIEW, Layer.MODEL, because, not_cleared=_unsure(assessment))
    rate = policy.rate_for(abs(subject.group_amount or Decimal(0)))
    if draw(subject.invoice_id, drawn_under) < rate:
        because = f"part of the {rate:.0%} of cleared invoices that are audited"
        said = NotCleared(Withheld.SAMPLED, f"It could have been cleared; it is {because}.")
        return Routed(Route.REVIEW, Layer.POLICY, because, sampled=True, propensity=rate, not_cleared=said)
    return Routed(Route.AUTO_CLEAR, Layer.MODEL, "safe within the certified error rate", propensity=rate)


def _unsure(assessment: Assessment) -> NotCleared:
    """No certificate for such an invoice, or a risk above its threshold."""
    off, guarantee = assessment.certificate_off, assessment.guarantee
    if off is not None:
        return NotCleared(Withheld.CERTIFICATE_OFF, f"Auto-clear is off: {off.sentence}.", off.code)
    if guarantee is None or guarantee.threshold is None or assessment.dispute.probability is None:
        return NotCleared(Withheld.ABOVE_THRESHOLD, "The models are not sure enough to clear it.")
    risk = judged_risk(guarantee.form.outcome, assessment.dispute.probability, assessment.dispute.causes)
    sentence = (
        f"Its {risk_in_words(guarantee.form)} of {share_in_words(risk)} is above the certified limit of "
        f"{share_in_words(guarantee.threshold)}."
    )
    return NotCleared(Withheld.ABOVE_THRESHOLD, sentence)


def draw(invoice_id: str, policy_version: str) -> float:
    """A number in [0, 1) that depends on the invoice and the policy alone: asking again does not redraw the sample."""
    return drawn(policy_version, invoice_id)
