"""Fit the anomaly model: the detector on the earlier part of the period, its conformal calibration on the later."""

import numpy as np

from features.catalogue import CATALOGUE, FEATURE_NAMES
from models.anomaly import AnomalyModel
from models.detectors.tails import TailDetector
from models.support import Support, medians_of
from training.config import TrainingConfig
from training.dataset import Dataset
from training.errors import TooFewOutcomesError
from training.splits import holdout

# What the bill looks like; how and when clients pay is no anomaly of it. Counts and usages that grow with a client's
# history are left out: they are never exchangeable with earlier ones, and false alarms rose with them.
FAMILIES = frozenset({"invoice", "contract", "lineage"})
BESIDES = frozenset({"amount_unusual", "hours_billed_ratio", "cost_ratio"})
SIDES = {"worse": 1, "better": -1, "either": 0}
FEWEST_ROWS = 50


def fit_anomaly(dataset: Dataset, until: int, config: TrainingConfig) -> AnomalyModel:
    """Fit on rows before ``until`` (microseconds); no outcome is used.

    Raises ``TooFewOutcomesError`` below 50 invoices.
    """
    rows = np.flatnonzero(dataset.as_of < until)
    if len(rows) < FEWEST_ROWS:
        raise TooFewOutcomesError(f"anomaly: {len(rows)} invoices; {FEWEST_ROWS} needed")
    used = _used()
    sides = tuple(SIDES[CATALOGUE[j].higher_is] for j in used)
    fold = holdout(dataset.as_of[rows], share=min(0.5, config.holdout_share * 1.5))
    X = dataset.matrix.values[rows]
    detector = TailDetector(sides).fit(X[np.ix_(fold.before, np.array(used))])
    abnormality = -detector.score_samples(X[np.ix_(fold.after, np.array(used))])
    return AnomalyModel(
        feature_names=FEATURE_NAMES,
        used=used,
        detector=detector,
        calibration=np.sort(abnormality),
        support=Support.of(X),
        medians=medians_of(X),
    )


def _used() -> tuple[int, ...]:
    """Columns that the detector reads; flags have no tails."""
    chosen = (
        (feature.family in FAMILIES or feature.name in BESIDES) and feature.dtype != "flag" for feature in CATALOGUE
    )
    return tuple(j for j, taken in enumerate(chosen) if taken)
