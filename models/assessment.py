"""What the models say of one invoice at one moment: the border between models and whoever routes."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from models.promise import ORDINARY, Form


class RiskStatus(StrEnum):
    """Whether a risk may be relied on."""

    OK = "ok"
    ABSTAINED = "abstained"  # outside what the model was trained on: a person must look
    UNAVAILABLE = "unavailable"  # no model could be loaded or it failed


class Confidence(StrEnum):
    """How much history and model agreement stand behind a risk."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True)
class DelayRisk:
    """When the invoice will be paid, as a distribution of days late (days after ``due_date``).

    Attributes:
        status: whether the risk may be relied on; other fields are ``None`` or empty when unavailable.
        late_after_days: the lateness (days) that counts as late for routing.
        probability_late: calibrated P(days late > ``late_after_days``), in [0, 1].
        usual: the client's own smoothed share of such late payments, in [0, 1].
        curve: pairs (k, P(days late > k)) for growing k, in days.
        expected_days_late: mean of the distribution, in days; negative means early.
        expected_cash_on: due date (later where sending will be late) plus the median of the distribution.
        expected_issue_on: median day of sending, for an invoice that is not sent yet; ``None`` otherwise.
    """

    status: RiskStatus
    confidence: Confidence = Confidence.LOW
    late_after_days: int = 0
    probability_late: float | None = None
    usual: float | None = None
    curve: tuple[tuple[int, float], ...] = ()
    expected_days_late: float | None = None
    expected_cash_on: date | None = None
    expected_issue_on: date | None = None


@dataclass(frozen=True)
class DisputeRisk:
    """Whether the client will dispute the invoice (or have it credited), and why.

    Attributes:
        probability: calibrated P(disputed or credited within the window), in [0, 1].
        usual: the client's own smoothed share, in [0, 1].
        causes: cause → probability given a dispute; sums to 1 when present.
    """

    status: RiskStatus
    confidence: Confidence = Confidence.LOW
    probability: float | None = None
    usual: float | None = None
    causes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class AnomalyRisk:
    """How unlike its own history the billing is.

    Attributes:
        p_value: conformal p-value in (0, 1]; small is unusual.
    """

    status: RiskStatus
    confidence: Confidence = Confidence.LOW
    p_value: float | None = None


@dataclass(frozen=True)
class Reason:
    """One checkable sentence on why a risk is high.

    Attributes:
        code: stable reason code, ``risk.meaning``; correlated features of one meaning share it.
        risk: ``delay``, ``dispute`` or ``anomaly``.
        sentence: in the words of finance, with the value and the usual value in it.
        feature: catalogue name of the most telling feature behind it.
        value: the invoice's value; ``None`` when unknown.
        usual: the usual value (client's own or the training median).
        contribution: share of the score's excess over the base, in log-odds (delay, dispute) or nats of surprise
            (anomaly), of all features of this meaning together.
        evidence: ledger kinds in which the source records stand, for the case page to list.
        records: (kind, record id) of the record versions to look at, once ``models.reason_sources`` has found them.
    """

    code: str
    risk: str
    sentence: str
    feature: str
    value: float | None
    usual: float | None
    contribution: float
    evidence: tuple[str, ...] = ()
    records: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Guarantee:
    """The certificate under which invoices of a segment may be cleared, whether this one meets its threshold or not.

    Attributes:
        segment: the invoices it was proved on: a billing method, ``rest``, or ``all``.
        threshold: dispute probability at or below which they may be cleared; ``None`` when none qualified there.
        alpha, alpha_money: tolerated share of bad invoices, and of the money (each invoice up to ``money_cap``, group
            currency) that goes bad among the cleared.
        delta: chance that any of it is false.
        p_value: of the segment's proof; ``None`` without one.
        rows: certification rows.
        valid_until: day (ISO 8601) after which it has lapsed.
        data_digest: SHA-256 of the certification data.
        form: of the promise.
    """

    segment: str
    threshold: float | None
    alpha: float
    alpha_money: float
    money_cap: float
    delta: float
    p_value: float | None
    rows: int
    valid_until: str
    data_digest: str
    form: Form = ORDINARY


@dataclass(frozen=True)
class CertificateOff:
    """Why no certificate clears an invoice like this one.

    Attributes:
        code: ``none_yet``, ``too_few_rows``, ``first_threshold_failed``, ``no_own_rate``, ``lapsed`` or
            ``not_for_segment``; routing adds ``other_form``.
        sentence: the same in words, to go on from a colon.
    """

    code: str
    sentence: str


@dataclass(frozen=True)
class Assessment:
    """Everything the models say of one invoice at one moment.

    Attributes:
        delay, dispute, anomaly: the three risks.
        reasons: most weighty first; computed for what may go to review, empty otherwise.
        clear_score: how safe to let through, in [0, 1] (1 - the larger of the two calibrated risks); ``None`` when a
            risk is missing.
        clearable: the certificate's threshold is met and nothing abstained; ``False`` when no certificate exists.
        model_digests: risk → SHA-256 of the model that spoke.
        guarantee: what was certified for invoices like this; ``None`` when no threshold qualified for any.
        certificate_off: why no certificate clears such invoices now; ``None`` while one does.
    """

    delay: DelayRisk
    dispute: DisputeRisk
    anomaly: AnomalyRisk
    reasons: tuple[Reason, ...] = ()
    clear_score: float | None = None
    clearable: bool = False
    model_digests: dict[str, str] = field(default_factory=dict)
    guarantee: Guarantee | None = None
    certificate_off: CertificateOff | None = None
