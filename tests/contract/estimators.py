"""Every estimator of the house with how it is made, fitted and asked; the contract's table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import FloatArray
from models.detectors.contextual import ContextualDetector
from models.detectors.ensemble import EnsembleDetector
from models.detectors.tails import TailDetector
from models.dispute import CauseModel
from models.hazards import RELEASE_EDGES, DiscreteHazards
from models.learners.blend import Blend
from models.learners.boosted import BoostedLearner
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner

Fit = Callable[[Any, FloatArray], Any]


@dataclass(frozen=True)
class Case:
    """One estimator.

    Attributes:
        make: gives an unfitted one.
        fit, fit_alike: fit it on rows, with mixed outcomes and with outcomes that are all alike.
        answer: its main answer for rows.
        draws_columns: random draws depend on the places of columns.
        reads_everything: a column of ones tells nothing (the rate learner takes its column at its word).
    """

    name: str
    make: Callable[[], Any]
    fit: Fit
    fit_alike: Fit
    answer: Callable[[Any, FloatArray], FloatArray]
    draws_columns: bool = False
    reads_everything: bool = True

    def fitted(self) -> Any:
        """One fitted on the usual rows."""
        return self.fit(self.make(), training_rows())


def training_rows(seed: int = 1) -> FloatArray:
    """400 rows of six columns: a rate, numbers, a rare flag, holes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, 6))
    X[:, 0] = rng.uniform(0.02, 0.98, 400)
    X[:, 5] = rng.random(400) < 0.05
    X[rng.random((400, 6)) < 0.1] = np.nan
    return X


def _signal(X: FloatArray) -> FloatArray:
    """Outcome noise that does not depend on column order or on the rows' content being random."""
    noise = np.random.default_rng(2).normal(size=len(X))
    return np.nan_to_num(X[:, 0], nan=0.5) * 3 - 1.5 + noise


def _outcomes(X: FloatArray) -> FloatArray:
    return (_signal(X) > 0).astype(np.float64)


def _learner(name: str, make: Callable[[], Any], **facts: bool) -> Case:
    return Case(
        name,
        make,
        fit=lambda learner, X: learner.fit(X, _outcomes(X)),
        fit_alike=lambda learner, X: learner.fit(X, np.zeros(len(X))),
        answer=lambda learner, X: learner.decision_function(X),
        **facts,
    )


def _boosted() -> BoostedLearner:
    return BoostedLearner(rounds=25, leaves=5, threads=1)


LOG_ODDS = (
    _learner("linear", LinearLearner),
    _learner("linear with a split", lambda: LinearLearner(0.1, split_column=0, split_at=0.5)),
    _learner("boosted", _boosted, draws_columns=True),
    _learner("rate", RateLearner, reads_everything=False),
    _learner(
        "linear and boosted",
        lambda: Blend({"linear": LinearLearner(), "boosted": _boosted()}, {"linear": 0.3, "boosted": 0.7}),
        draws_columns=True,
    ),
    _learner(
        "boosted and rate",
        lambda: Blend({"boosted": _boosted(), "rate": RateLearner()}, {"boosted": 0.5, "rate": 0.5}),
        draws_columns=True,
        reads_everything=False,
    ),
)


def _fit_hazards(hazards: Any, X: FloatArray) -> Any:
    late = np.round(10 * _signal(X))
    open_for = np.where(np.arange(len(X)) % 5 == 0, np.abs(late), np.nan)
    return hazards.fit(X, np.where(np.isnan(open_for), late, np.nan), open_for)


def _fit_causes(causes: Any, X: FloatArray) -> Any:
    names = np.array(["rate", "scope_quality", "other"])
    return causes.fit(X, names[np.digitize(_signal(X), [-0.5, 0.8])].tolist())


def _detector(name: str, make: Callable[[], Any], *, draws_columns: bool = False) -> Case:
    return Case(
        name,
        make,
        fit=lambda detector, X: detector.fit(X),
        fit_alike=lambda detector, X: detector.fit(X),
        answer=lambda detector, X: detector.score_samples(X),
        draws_columns=draws_columns,
    )


CASES = (
    *LOG_ODDS,
    Case(
        "hazards",
        lambda: DiscreteHazards({"linear": LinearLearner(0.01)}, {"linear": 1.0}),
        fit=_fit_hazards,
        fit_alike=lambda hazards, X: hazards.fit(X, np.full(len(X), np.nan), np.full(len(X), 40.0)),
        answer=lambda hazards, X: hazards.survival(X),
    ),
    Case(
        "boosted hazards",
        lambda: DiscreteHazards({"boosted": _boosted()}, {"boosted": 1.0}),
        fit=_fit_hazards,
        fit_alike=lambda hazards, X: hazards.fit(X, np.full(len(X), np.nan), np.full(len(X), 40.0)),
        answer=lambda hazards, X: hazards.survival(X),
        draws_columns=True,
    ),
    Case(
        "hazards with delayed entry",
        lambda: DiscreteHazards({"linear": LinearLearner(0.01)}, {"linear": 1.0}, tuple(RELEASE_EDGES)),
        fit=lambda hazards, X: hazards.fit(
            X, np.abs(np.round(10 * _signal(X))), np.full(len(X), np.nan), entered=np.full(len(X), -1.0)
        ),
        fit_alike=lambda hazards, X: hazards.fit(X, np.full(len(X), np.nan), np.full(len(X), 40.0)),
        answer=lambda hazards, X: hazards.survival(X),
    ),
    Case(
        "causes",
        CauseModel,
        fit=_fit_causes,
        fit_alike=lambda causes, X: causes.fit(X, ["rate"] * len(X)),
        answer=lambda causes, X: causes.predict_proba(X),
    ),
    _detector("tails", lambda: TailDetector()),
    _detector("contextual detector", ContextualDetector, draws_columns=True),
    _detector("detector ensemble", EnsembleDetector, draws_columns=True),
)
