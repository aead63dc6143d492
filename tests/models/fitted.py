"""Small fitted models over the real catalogue's columns, quick to make and shared by the models' tests."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from features.catalogue import FEATURE_NAMES
from features.matrix import FeatureMatrix
from models.anomaly import AnomalyModel
from models.arrays import FloatArray
from models.calibration import IDENTITY, Calibrator
from models.conformal import Conformal
from models.delay import DelayModel
from models.detectors.contextual import ContextualDetector
from models.dispute import CauseModel, DisputeModel
from models.hazards import DiscreteHazards
from models.learners.blend import Blend
from models.learners.linear import LinearLearner
from models.priors import Priors
from models.support import Support, medians_of

WIDTH = len(FEATURE_NAMES)
NO_PRIORS = Priors()


def rows(n: int = 300, seed: int = 1) -> FloatArray:
    """Rows over the whole catalogue; column 1 drives lateness, column 2 disputes."""
    return np.random.default_rng(seed).normal(size=(n, WIDTH))


def matrix(X: FloatArray) -> FeatureMatrix:
    """The rows as the features' room hands them over."""
    return FeatureMatrix(FEATURE_NAMES, np.array([f"i{n}" for n in range(len(X))], object), np.arange(len(X)), X)


@cache
def _hazards() -> DiscreteHazards:
    X = rows()
    days = np.round(8 + 12 * X[:, 1] + np.random.default_rng(2).normal(0, 8, len(X)))
    return DiscreteHazards({"linear": LinearLearner(0.05)}, {"linear": 1.0}).fit(X, days, np.full(len(X), np.nan))


def delay_model(calibrators: Mapping[float, Calibrator] | None = None) -> DelayModel:
    """Lateness grows with column 1."""
    return DelayModel(
        FEATURE_NAMES, NO_PRIORS, _hazards(), calibrators or {}, Support.of(rows()), 15, medians_of(rows())
    )


@cache
def _blend() -> Blend:
    X = rows()
    outcome = (X[:, 2] + np.random.default_rng(3).normal(size=len(X)) > 1).astype(float)
    return Blend({"linear": LinearLearner(0.05)}, {"linear": 1.0}).fit(X, outcome)


def dispute_model(certificate: dict[str, Any] | None = None) -> DisputeModel:
    """Disputes grow with column 2; rate and scope are their causes."""
    X = rows()
    causes = CauseModel().fit(X, np.where(X[:, 3] > 0, "rate", "scope_quality").tolist())
    support = Support.of(X)
    return DisputeModel(FEATURE_NAMES, NO_PRIORS, _blend(), IDENTITY, causes, support, medians_of(X), certificate or {})


def anomaly_model() -> AnomalyModel:
    """Reads the first five columns."""
    X, used = rows(), (0, 1, 2, 3, 4)
    detector = ContextualDetector().fit(X[:200][:, used])
    calibration = Conformal.of(-detector.score_samples(X[200:][:, used]))
    return AnomalyModel(FEATURE_NAMES, used, detector, calibration, Support.of(X), medians_of(X))
