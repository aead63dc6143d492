"""The three loaded models together: feature rows in, assessments out; no pandas, no registry, one thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

import numpy as np
import structlog

from features.asof import DAY_US
from features.catalogue import CATALOGUE_DIGEST
from features.matrix import FeatureMatrix
from models.anomaly import AnomalyModel
from models.arrays import BoolArray, FloatArray
from models.artifact import Artifact, ArtifactError
from models.assessment import (
    AnomalyRisk,
    Assessment,
    CertificateOff,
    Confidence,
    DelayRisk,
    DisputeRisk,
    Reason,
    RiskStatus,
)
from models.curves import at_day, given_open, mean_days, quantile_days
from models.delay import DelayModel
from models.dispute import DisputeModel
from models.explaining import Risks, explained
from models.hazards import EDGES, RELEASE_EDGES
from models.promise import form_of, ground_in_words, judged_risk
from models.segments import certified_thresholds, guarantees_of

USUAL_DISPUTE = "dispute_rate"
HISTORY = "paid_count"
HIGH_HISTORY, MEDIUM_HISTORY = 10, 3
# What a broken model raises; anything else is a fault of ours and must not be hidden.
MODEL_FAILURES = (ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, OSError, AttributeError)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

log = structlog.get_logger(__name__)
Risk = TypeVar("Risk")


class ScoringContext(Protocol):
    """What the models ask about the rows beyond their features."""

    @property
    def due_on(self) -> Sequence[date | None]:
        """Due date of each row, if there is one."""

    @property
    def unsent_since(self) -> Sequence[date | None]:
        """Day from which the row's work was billable, where the invoice is not sent yet."""


def check_catalogue(risk: str, artifact: Artifact) -> None:
    """Raises ``ArtifactError`` for a model that was trained on other features than this code computes."""
    if artifact.catalogue_digest != CATALOGUE_DIGEST:
        raise ArtifactError(f"{risk}: trained on other feature definitions; run `triage retrain`")


@dataclass(frozen=True)
class Scorer:
    """Champions of the three risks; a risk without a model is reported as unavailable.

    Attributes:
        artifacts: risk → loaded artifact.
    """

    artifacts: Mapping[str, Artifact]

    def __post_init__(self) -> None:
        for risk, artifact in self.artifacts.items():
            check_catalogue(risk, artifact)

    def assess(self, matrix: FeatureMatrix, context: ScoringContext, *, explain: bool = True) -> list[Assessment]:
        """One assessment per row, in row order; reasons only for rows that may not be cleared."""
        confidence = _confidence(matrix)
        delay = self._asked("delay", DelayRisk, lambda: self._delay(matrix, confidence, context), matrix)
        dispute = self._asked("dispute", DisputeRisk, lambda: self._dispute(matrix, confidence), matrix)
        anomaly = self._asked("anomaly", AnomalyRisk, lambda: self._anomaly(matrix, confidence), matrix)
        clearable = self._clearable(matrix, delay, dispute, anomaly)
        reasons = self._reasons(matrix, ~clearable, Risks(delay, dispute, anomaly)) if explain else {}
        digests = {risk: artifact.digest for risk, artifact in self.artifacts.items()}
        guarantees, off = guarantees_of(self._certificate(), matrix), self._certificate_off(matrix)
        return [
            Assessment(
                delay=delay[row],
                dispute=dispute[row],
                anomaly=anomaly[row],
                reasons=reasons.get(row, ()),
                clear_score=_clear_score(delay[row], dispute[row]),
                clearable=bool(clearable[row]),
                model_digests=digests,
                guarantee=guarantees[row],
                certificate_off=off[row],
            )
            for row in range(len(matrix))
        ]

    def _asked(
        self, risk: str, kind: Callable[[RiskStatus], Risk], ask: Callable[[], list[Risk]], matrix: FeatureMatrix
    ) -> list[Risk]:
        """What a model says; one that is missing or fails leaves its own risk unavailable and no other."""
        unavailable = [kind(RiskStatus.UNAVAILABLE)] * len(matrix)
        if risk not in self.artifacts:
            return unavailable
        try:
            return ask()
        except MODEL_FAILURES as error:
            log.exception("model failed", risk=risk, digest=self.artifacts[risk].digest, error=repr(error))
            return unavailable

    def _reasons(self, matrix: FeatureMatrix, wanted: BoolArray, risks: Risks) -> dict[int, tuple[Reason, ...]]:
        try:
            return explained(self.artifacts, matrix, wanted, risks)
        except MODEL_FAILURES as error:
            log.exception("reasons failed", error=repr(error))
            return {}

    def _model(self, risk: str) -> Any:
        artifact = self.artifacts.get(risk)
        return None if artifact is None else artifact.model

    def _certificate(self) -> dict[str, Any]:
        model: DisputeModel | None = self._model("dispute")
        return {} if model is None else model.certificate

    def _certificate_off(self, matrix: FeatureMatrix) -> list[CertificateOff | None]:
        """Why no certificate clears a row, whatever its risk; ``None`` where one is in force for it."""
        certificate = self._certificate()
        if not certificate:
            dispute = self.artifacts.get("dispute")
            refused = None if dispute is None else dispute.facts.get("certificate_refused")
            return [_never_certified(refused)] * len(matrix)
        until = date.fromisoformat(certificate["valid_until"])
        lapsed = CertificateOff("lapsed", f"the certificate was valid until {until:%d %b %Y}".replace(" 0", " "))
        no_segment = CertificateOff("not_for_segment", "no threshold was certified for this billing method")
        last_day, thresholds = until.toordinal() - _EPOCH_ORDINAL, certified_thresholds(certificate, matrix)
        return [
            lapsed if matrix.as_of[row] // DAY_US > last_day else no_segment if np.isneginf(thresholds[row]) else None
            for row in range(len(matrix))
        ]

    def _delay(
        self, matrix: FeatureMatrix, confidence: Sequence[Confidence], context: ScoringContext
    ) -> list[DelayRisk]:
        model: DelayModel = self._model("delay")
        due_on, issue_on = context.due_on, _expected_issue(model, matrix, context.unsent_since)
        terms = _column(matrix, "terms_days")
        curve = given_open(model.curve(matrix.values), _open_for(matrix, due_on))
        late = at_day(curve, model.late_after_days)
        usual = _column(matrix, f"late_rate_{model.late_after_days}")
        covered = model.support.covers(matrix.values)
        mean, median = mean_days(curve, model.hazards.centers_), quantile_days(curve, 0.5)
        return [
            DelayRisk(
                status=_status(covered[row]),
                confidence=confidence[row],
                late_after_days=model.late_after_days,
                probability_late=float(late[row]),
                usual=_known(usual[row]),
                curve=tuple(zip(EDGES.astype(int).tolist(), curve[row].tolist(), strict=True)),
                expected_days_late=float(mean[row]),
                expected_issue_on=issue_on[row],
                expected_cash_on=_later(_due(due_on[row], issue_on[row], terms[row]), median[row]),
            )
            for row in range(len(matrix))
        ]

    def _dispute(self, matrix: FeatureMatrix, confidence: Sequence[Confidence]) -> list[DisputeRisk]:
        model: DisputeModel = self._model("dispute")
        probability, causes = model.probability(matrix.values), model.causes.predict_proba(matrix.values)
        usual, covered = _column(matrix, USUAL_DISPUTE), model.support.covers(matrix.values)
        return [
            DisputeRisk(
                status=_status(covered[row]),
                confidence=confidence[row],
                probability=float(probability[row]),
                usual=_known(usual[row]),
                causes=dict(zip(model.causes.causes_, causes[row].tolist(), strict=True)),
            )
            for row in range(len(matrix))
        ]

    def _anomaly(self, matrix: FeatureMatrix, confidence: Sequence[Confidence]) -> list[AnomalyRisk]:
        model: AnomalyModel = self._model("anomaly")
        p_value = model.p_value(matrix.values)
        return [AnomalyRisk(RiskStatus.OK, confidence[row], float(p_value[row])) for row in range(len(matrix))]

    def _clearable(
        self, matrix: FeatureMatrix, delay: list[DelayRisk], dispute: list[DisputeRisk], anomaly: list[AnomalyRisk]
    ) -> BoolArray:
        """At or below the threshold certified for it, the certificate valid, every model there and none abstaining."""
        certificate = self._certificate()
        if not certificate:
            return np.zeros(len(matrix), dtype=bool)
        thresholds, outcome = certified_thresholds(certificate, matrix), form_of(certificate).outcome
        last_day = date.fromisoformat(certificate["valid_until"]).toordinal() - _EPOCH_ORDINAL
        return np.array(
            [
                matrix.as_of[row] // DAY_US <= last_day
                and all(risk.status is RiskStatus.OK for risk in (delay[row], dispute[row], anomaly[row]))
                and judged_risk(outcome, dispute[row].probability or 0.0, dispute[row].causes) <= thresholds[row]
                for row in range(len(matrix))
            ],
            dtype=bool,
        )


def _never_certified(refused: Mapping[str, Any] | None) -> CertificateOff:
    if refused is None:
        return CertificateOff("none_yet", "there is no certificate yet")
    return CertificateOff(str(refused["ground"]), ground_in_words(refused))


def _expected_issue(model: DelayModel, matrix: FeatureMatrix, unsent_since: Sequence[date | None]) -> list[date | None]:
    """Day by which half of such invoices are sent, where the invoice is not sent yet and a release clock runs."""
    found: list[date | None] = [None] * len(matrix)
    rows = [row for row, day in enumerate(unsent_since) if day is not None]
    if model.release is None or not rows:
        return found
    billable = np.array([day.toordinal() - _EPOCH_ORDINAL for day in unsent_since if day is not None])
    today = matrix.as_of[rows] // DAY_US
    curve = model.release.curve(matrix.values[rows], np.asarray(today - 1 - billable, dtype=np.float64))
    waits = quantile_days(curve, 0.5, RELEASE_EDGES)
    for row, day in zip(rows, np.maximum(billable + np.round(waits), today).astype(int).tolist(), strict=True):
        found[row] = date.fromordinal(_EPOCH_ORDINAL + day)
    return found


def _due(due: date | None, issue: date | None, terms: float) -> date | None:
    """When it will be due: as printed, or later where it will be sent later than its terms allow for."""
    if due is None or issue is None or np.isnan(terms):
        return due
    return max(due, issue + timedelta(days=round(terms)))


def _open_for(matrix: FeatureMatrix, due_on: Sequence[date | None]) -> FloatArray:
    """Whole days after the due date that have passed unpaid (negative before it), NaN without a due date.

    The day of the scoring moment itself is not over: an invoice may still be paid on it.
    """
    due = np.array([np.nan if day is None else day.toordinal() - _EPOCH_ORDINAL for day in due_on])
    return np.asarray(matrix.as_of // DAY_US - 1 - due, dtype=np.float64)


def _column(matrix: FeatureMatrix, name: str) -> FloatArray:
    return matrix.column(name) if name in matrix.names else np.full(len(matrix), np.nan)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _status(covered: bool) -> RiskStatus:  # noqa: FBT001 - one bool in, one word out
    return RiskStatus.OK if covered else RiskStatus.ABSTAINED


def _later(due: date | None, days: float) -> date | None:
    return None if due is None else due + timedelta(days=round(days))


def _confidence(matrix: FeatureMatrix) -> list[Confidence]:
    """How much payment history of the client stands behind the risks."""
    settled = _column(matrix, HISTORY)
    return [
        Confidence.HIGH if count >= HIGH_HISTORY else Confidence.MEDIUM if count >= MEDIUM_HISTORY else Confidence.LOW
        for count in settled
    ]


def _clear_score(delay: DelayRisk, dispute: DisputeRisk) -> float | None:
    if delay.probability_late is None or dispute.probability is None:
        return None
    return 1 - max(delay.probability_late, dispute.probability)
