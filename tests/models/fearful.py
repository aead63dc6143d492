"""Models that fear chosen features of one draft and nothing else: what levers do to them can be foreseen."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from features.build import build_features
from features.catalogue import CATALOGUE_DIGEST, FEATURE_NAMES
from features.recordset import History
from models.anomaly import AnomalyModel
from models.arrays import FloatArray
from models.artifact import Artifact
from models.calibration import IDENTITY
from models.conformal import Conformal
from models.delay import DelayModel
from models.detectors.contextual import ContextualDetector
from models.dispute import CauseModel, DisputeModel
from models.hazards import RELEASE_EDGES, DiscreteHazards
from models.learners.blend import Blend
from models.learners.linear import LinearLearner
from models.priors import Priors
from models.release import ReleaseClock
from models.scorer import Scorer
from models.support import Support, medians_of
from tests.models.levers.draft import NOW, ledger
from tests.models.test_scorer import CERTIFICATE

ROWS = 400
WORRIES = ("po_missing", "receipts_missing", "tax_id_missing", "contract_unsigned")


def features_of(history: History) -> FloatArray:
    """The draft's feature row, ``float64`` (1, k)."""
    return build_features(history, np.array(["i"], dtype=object), np.array([NOW])).values


@cache
def _rows(worries: tuple[str, ...]) -> FloatArray:
    """Rows like the correct draft, each worry present in half of them."""
    X = np.repeat(features_of(ledger()), ROWS, axis=0)
    places = [FEATURE_NAMES.index(name) for name in worries]
    X[:, places] = np.random.default_rng(5).integers(0, 2, size=(ROWS, len(places)))
    return X


def _generous(X: FloatArray) -> Support:
    """Everything is within the support: a draft's other features may move with a lever."""
    ordinary = Support.of(X)
    return Support(ordinary.low, ordinary.high, np.zeros_like(ordinary.never_missing), X.shape[1])


def fearful_dispute(*worries: str, certificate: dict[str, Any] | None = None) -> DisputeModel:
    """Disputes are likely with each worry, and rare without any."""
    X = _rows(worries)
    present = X[:, [FEATURE_NAMES.index(name) for name in worries]].sum(axis=1)
    chance = 1 / (1 + np.exp(3.0 - 3.0 * present))
    outcome = (np.random.default_rng(6).uniform(size=ROWS) < chance).astype(float)
    blend = Blend({"linear": LinearLearner(1.0)}, {"linear": 1.0}).fit(X, outcome)
    causes = CauseModel().fit(X, ["rate"] * ROWS)
    return DisputeModel(
        FEATURE_NAMES, Priors(), blend, IDENTITY, causes, _generous(X), medians_of(X), certificate or {}
    )


def fearful_delay(*worries: str) -> DelayModel:
    """Each worry costs ten days until the invoice is sent, and ten until it is paid."""
    X = _rows(worries)
    present = X[:, [FEATURE_NAMES.index(name) for name in worries]].sum(axis=1)
    noise = np.random.default_rng(7).normal(0, 3, ROWS)
    nobody = np.full(ROWS, np.nan)
    linear = {"linear": LinearLearner(1.0)}
    paid = DiscreteHazards(linear, {"linear": 1.0}).fit(X, np.round(2 + 10 * present + noise), nobody)
    waits = np.round(np.clip(18 + 10 * present + noise, 0, None))
    sent = DiscreteHazards(linear, {"linear": 1.0}, tuple(RELEASE_EDGES)).fit(X, waits, nobody)
    return DelayModel(
        FEATURE_NAMES, Priors(), paid, {}, _generous(X), 15, medians_of(X), release=ReleaseClock(sent, {})
    )


def calm_anomaly() -> AnomalyModel:
    """Nothing is odd, and nothing is abstained from."""
    X = np.random.default_rng(8).normal(size=(ROWS, len(FEATURE_NAMES)))
    used = (0, 1)
    detector = ContextualDetector().fit(X[:200][:, used])
    calibration = Conformal.of(-detector.score_samples(X[200:][:, used]))
    return AnomalyModel(FEATURE_NAMES, used, detector, calibration, _generous(X), medians_of(X))


@cache
def scorer(*worries: str, threshold: float | None = 0.2, strange: str | None = None) -> Scorer:
    """The three models; without a threshold nothing is ever clearable, nor is what has a ``strange`` feature."""
    certificate = {} if threshold is None else {**CERTIFICATE, "threshold": threshold, "valid_until": "2099-12-31"}
    dispute = fearful_dispute(*worries, certificate=certificate)
    if strange is not None:
        high = np.where(np.array(FEATURE_NAMES) == strange, 0.5, np.inf)
        support = Support(np.full(len(high), -np.inf), high, np.zeros(len(high), dtype=bool), 0)
        dispute = replace(dispute, support=support)
    models: dict[str, Any] = {
        "delay": fearful_delay(*worries),
        "dispute": dispute,
        "anomaly": calm_anomaly(),
    }
    return Scorer({risk: Artifact(model, risk, CATALOGUE_DIGEST, {}) for risk, model in models.items()})
