"""The three loaded models together: feature rows in, assessments out; no pandas, no registry, one thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np

from features.asof import DAY_US
from features.catalogue import CATALOGUE_DIGEST
from features.matrix import FeatureMatrix
from models.anomaly import AnomalyModel
from models.arrays import BoolArray, FloatArray, IntArray
from models.artifact import Artifact, ArtifactError
from models.assessment import AnomalyRisk, Assessment, Confidence, DelayRisk, DisputeRisk, Reason, RiskStatus
from models.curves import at_day, given_open, mean_days, quantile_days
from models.delay import DelayModel
from models.dispute import DisputeModel
from models.hazards import EDGES, RELEASE_EDGES
from models.reasons import reasons_for
from models.segments import certified_thresholds, guarantees_of

USUAL_DISPUTE = "dispute_rate"
HISTORY = "paid_count"
HIGH_HISTORY, MEDIUM_HISTORY = 10, 3
# Oddity is explained from here on; most bills are a little odd somewhere.
ODD_P_VALUE = 0.1
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class ScoringContext(Protocol):
    """What the models ask about the rows beyond their features."""

    @property
    def due_on(self) -> Sequence[date | None]:
        """Due date of each row, if there is one."""

    @property
    def unsent_since(self) -> Sequence[date | None]:
        """Day from which the row's work was billable, where the invoice is not sent yet."""


@dataclass(frozen=True)
class Scorer:
    """Champions of the three risks; a risk without a model is reported as unavailable.

    Attributes:
        artifacts: risk → loaded artifact.
    """

    artifacts: Mapping[str, Artifact]

    def __post_init__(self) -> None:
        for risk, artifact in self.artifacts.items():
            if artifact.catalogue_digest != CATALOGUE_DIGEST:
                raise ArtifactError(f"{risk}: trained on other feature definitions; run `triage retrain`")

    def assess(self, matrix: FeatureMatrix, context: ScoringContext, *, explain: bool = True) -> list[Assessment]:
        """One assessment per row, in row order; reasons only for rows that may not be cleared."""
        confidence = _confidence(matrix)
        delay = self._delay(matrix, confidence, context)
        dispute = self._dispute(matrix, confidence)
        anomaly = self._anomaly(matrix, confidence)
        clearable = self._clearable(matrix, delay, dispute, anomaly)
        elevated = self._elevated(delay, dispute, anomaly)
        reasons = self._reasons(matrix, ~clearable, elevated) if explain else {}
        digests = {risk: artifact.digest for risk, artifact in self.artifacts.items()}
        guarantees = guarantees_of(self._certificate(), matrix)
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
            )
            for row in range(len(matrix))
        ]

    def _model(self, risk: str) -> Any:
        artifact = self.artifacts.get(risk)
        return None if artifact is None else artifact.model

    def _certificate(self) -> dict[str, Any]:
        model: DisputeModel | None = self._model("dispute")
        return {} if model is None else model.certificate

    def _delay(
        self, matrix: FeatureMatrix, confidence: Sequence[Confidence], context: ScoringContext
    ) -> list[DelayRisk]:
        model: DelayModel | None = self._model("delay")
        if model is None:
            return [DelayRisk(RiskStatus.UNAVAILABLE)] * len(matrix)
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
        model: DisputeModel | None = self._model("dispute")
        if model is None:
            return [DisputeRisk(RiskStatus.UNAVAILABLE)] * len(matrix)
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
        model: AnomalyModel | None = self._model("anomaly")
        if model is None:
            return [AnomalyRisk(RiskStatus.UNAVAILABLE)] * len(matrix)
        p_value = model.p_value(matrix.values)
        return [AnomalyRisk(RiskStatus.OK, confidence[row], float(p_value[row])) for row in range(len(matrix))]

    def _clearable(
        self, matrix: FeatureMatrix, delay: list[DelayRisk], dispute: list[DisputeRisk], anomaly: list[AnomalyRisk]
    ) -> BoolArray:
        """At or below the threshold certified for it, the certificate valid, every model there and none abstaining."""
        certificate = self._certificate()
        if not certificate:
            return np.zeros(len(matrix), dtype=bool)
        thresholds = certified_thresholds(certificate, matrix)
        last_day = date.fromisoformat(certificate["valid_until"]).toordinal() - _EPOCH_ORDINAL
        return np.array(
            [
                matrix.as_of[row] // DAY_US <= last_day
                and all(risk.status is RiskStatus.OK for risk in (delay[row], dispute[row], anomaly[row]))
                and (dispute[row].probability or 0.0) <= thresholds[row]
                for row in range(len(matrix))
            ],
            dtype=bool,
        )

    def _elevated(
        self, delay: list[DelayRisk], dispute: list[DisputeRisk], anomaly: list[AnomalyRisk]
    ) -> dict[str, BoolArray]:
        """Rows in which each risk is above the firm's ordinary level: only then is there something to explain."""
        late, disputes = self._model("delay"), self._model("dispute")
        late_base = late.base_rate() if late else 1.0
        dispute_base = disputes.base_rate() if disputes else 1.0
        return {
            "dispute": np.array([(risk.probability or 0.0) > dispute_base for risk in dispute], dtype=bool),
            "delay": np.array([(risk.probability_late or 0.0) > late_base for risk in delay], dtype=bool),
            "anomaly": np.array([(risk.p_value or 1.0) <= ODD_P_VALUE for risk in anomaly], dtype=bool),
        }

    def _reasons(
        self, matrix: FeatureMatrix, wanted: BoolArray, elevated: Mapping[str, BoolArray]
    ) -> dict[int, tuple[Reason, ...]]:
        found: dict[int, list[Reason]] = {}
        for risk, chosen in elevated.items():
            rows: IntArray = np.flatnonzero(wanted & chosen)
            if not len(rows):
                continue
            model = self.artifacts[risk].model
            contributions = model.contributions(matrix.values[rows])
            for shares, row in zip(contributions, rows, strict=True):
                told = found.setdefault(int(row), [])
                already = {_meaning(reason) for reason in told}  # one fact is said once, with the first risk it raises
                made = reasons_for(risk, matrix.names, matrix.values[row], shares, model.medians)
                told += [reason for reason in made if _meaning(reason) not in already]
        return {row: tuple(reasons) for row, reasons in found.items()}


def _meaning(reason: Reason) -> str:
    return reason.code.partition(".")[2]


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
