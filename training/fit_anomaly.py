"""Fit the anomaly model: the detector on the earlier part of the period, its conformal calibration on the later."""

import numpy as np
from sklearn.metrics import average_precision_score

from features.catalogue import BY_NAME, FEATURE_NAMES
from models.anomaly import AnomalyModel, abnormality
from models.arrays import FloatArray, IntArray
from models.conformal import Conformal
from models.detectors.contextual import ContextualDetector
from models.findings import FirmScores
from models.support import Support, medians_of
from models.verdicts import VerdictBlend
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed
from training.errors import TooFewOutcomesError
from training.evaluation import BILLING_CAUSES
from training.splits import holdout

# How far a bill is from what its client, project, contract, rate card and timesheets lead one to expect. Raw levels
# are no deviations, and usages that grow as a contract ages are never exchangeable with earlier ones: with them,
# false alarms rose to twice their level within months.
CONTEXT = (
    "amount_z", "amount_to_median", "cadence_ratio", "possible_duplicates", "same_period_invoices", "rate_excess_max",
    "rate_deviation_mean", "lines_off_card", "lines_without_card", "lines_total_gap", "line_arithmetic_gap",
    "terms_gap_days", "hours_billed_ratio", "cost_ratio", "entity_not_contract", "currency_not_contract",
    "currency_not_client", "negative_amount",
)  # fmt: skip
SIDES = {"worse": 1, "better": -1, "either": 0}
FEWEST_ROWS = 50
CALIBRATION_SHARE = 0.3
HALF_LIFE_DAYS = 60.0
FEWEST_VERDICTS = 50
VERDICT_BLOCKS = 5


def fit_anomaly(
    dataset: Dataset, until: int, config: TrainingConfig, *, firm: FirmScores | None = None
) -> AnomalyModel:
    """Fit on rows before ``until`` (microseconds); outcomes as known by then may reweigh the detector's parts.

    The calibration reads no outcome and cannot change the order of invoices, so that it takes every later row as
    well: it is the newest bills that say what is usual now.

    Args:
        dataset: rows in order of time.
        until: microseconds.
        config: settings.
        firm: how far off lines and entries were before ``until`` (``features.lines.judge.first_scores``).

    Raises ``TooFewOutcomesError`` below 50 invoices.
    """
    rows = np.flatnonzero(dataset.as_of < until)
    if len(rows) < FEWEST_ROWS:
        raise TooFewOutcomesError(f"anomaly: {len(rows)} invoices; {FEWEST_ROWS} needed")
    used = tuple(FEATURE_NAMES.index(name) for name in CONTEXT)
    sides = tuple(SIDES[BY_NAME[name].higher_is] for name in CONTEXT)
    fold = holdout(dataset.as_of[rows], share=CALIBRATION_SHARE)
    X, calibrating = dataset.matrix.values, dataset.as_of >= fold.cut
    near = X[:, used]
    early = rows[fold.before]
    detector = ContextualDetector(sides, seed=config.seed).fit(near[early])
    blend = choose_blend(detector, near[early], verdicts(dataset, until)[early])
    scores = abnormality(detector, near[calibrating], blend)
    return AnomalyModel(
        feature_names=FEATURE_NAMES,
        used=used,
        detector=detector,
        calibration=Conformal.of(scores, dataset.as_of[calibrating], half_life_days=HALF_LIFE_DAYS),
        support=Support.of(X[rows]),
        medians=medians_of(X[rows]),
        blend=blend,
        firm=firm or FirmScores(),
    )


def verdicts(dataset: Dataset, until: int) -> FloatArray:
    """1.0 disputed or credited for what shows in the bill, 0.0 otherwise, NaN while not certain at ``until``, (n,)."""
    disputed = as_observed(dataset, until).disputed
    billing = np.isin(dataset.labels.dispute_cause.astype(str), BILLING_CAUSES)
    return np.where(np.isnan(disputed), np.nan, (disputed == 1) & billing)


def choose_blend(detector: ContextualDetector, X: FloatArray, verdict: FloatArray) -> VerdictBlend | None:
    """Learned weights, if 50 errors are known and in blocks of time that no fit saw they rank errors better.

    Args:
        detector: the fitted detector.
        X: ``float64`` (n, used), its columns, in order of time.
        verdict: ``float64`` (n,); NaN where not certain.
    """
    certain = np.flatnonzero(np.isfinite(verdict))
    if verdict[certain].sum() < FEWEST_VERDICTS:
        return None
    gain = 0.0
    for block in np.array_split(certain, VERDICT_BLOCKS):
        errors = verdict[block]
        others = np.setdiff1d(certain, block)
        if 0 < errors.sum() < len(block) and 0 < verdict[others].sum() < len(others):
            tried = _blend(detector, X, verdict, others)
            ours, plain = (average_precision_score(errors, abnormality(detector, X[block], b)) for b in (tried, None))
            gain += float(errors.sum()) * (ours - plain)
    return _blend(detector, X, verdict, certain) if gain > 0 else None


def _blend(detector: ContextualDetector, X: FloatArray, verdict: FloatArray, rows: IntArray) -> VerdictBlend:
    return VerdictBlend.fit(detector.member_scores(X[rows]), detector.surprises(X[rows]), verdict[rows])
