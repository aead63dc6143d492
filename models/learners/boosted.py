"""LightGBM gradient boosting behind the learners' interface, kept as native text and never pickled."""

from typing import Any, Self

import lightgbm as lgb
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from models.arrays import FloatArray, to_probability

# Below this, handing work from thread to thread costs more than it brings, most of all on a busy machine.
_MANY_ROWS = 20_000


class BoostedLearner(ClassifierMixin, BaseEstimator):
    """Gradient-boosted trees for one binary outcome.

    Args:
        rounds: number of trees.
        leaves: leaves of a tree.
        learning_rate: shrinkage of a tree.
        feature_fraction: share of the features that a tree may use.
        seed: of the column and row draws; the same seed and data give the same trees.
        seeds: boosters whose log-odds are averaged, each with draws of its own; the mean of several strays less.
        threads: LightGBM threads while fitting many rows; few are faster on one, and scoring one row always is.

    Attributes:
        boosters_: the fitted LightGBM boosters, one per seed.
    """

    def __init__(
        self,
        rounds: int = 200,
        leaves: int = 15,
        learning_rate: float = 0.05,
        feature_fraction: float = 0.5,
        seed: int = 7,
        threads: int = 2,
        seeds: int = 1,
    ) -> None:
        self.rounds = rounds
        self.leaves = leaves
        self.learning_rate = learning_rate
        self.feature_fraction = feature_fraction
        self.seed = seed
        self.threads = threads
        self.seeds = seeds

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Self:
        """Fit on ``X`` ``float64`` (n, k), NaN allowed, and ``y`` of 0.0 and 1.0.

        Raises ``ValueError`` when only one class is present.
        """
        if len(np.unique(y)) < 2:
            raise ValueError("a learner needs both outcomes among its training rows")
        X = np.ascontiguousarray(X, dtype=np.float64)
        self.boosters_ = [self._booster(X, y, sample_weight, self.seed + place) for place in range(self.seeds)]
        self.classes_ = np.array([0.0, 1.0])
        self.n_features_in_ = X.shape[1]
        return self

    def _booster(self, X: FloatArray, y: FloatArray, weight: FloatArray | None, seed: int) -> lgb.Booster:
        data = lgb.Dataset(X, label=y, weight=weight, params={"verbosity": -1}, free_raw_data=False)
        return lgb.train(self._parameters(len(y), seed), data, num_boost_round=self.rounds)

    def _parameters(self, rows: int, seed: int) -> dict[str, Any]:
        return {
            "objective": "binary",
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "feature_fraction": self.feature_fraction,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            # Small data want few, well-filled leaves; large data may afford small ones.
            "min_data_in_leaf": int(np.clip(rows // 100, 20, 200)),
            "lambda_l2": 5.0,
            "max_bin": 127,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.threads if rows >= _MANY_ROWS else 1,
            "verbosity": -1,
        }

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Log-odds of the positive outcome, ``float64`` (n,)."""
        if not len(X):
            return np.empty(0)  # LightGBM cannot predict no rows
        threads = 1 if len(X) < 1_000 else self.threads
        X = np.asarray(X)
        parts = [booster.predict(X, raw_score=True, num_threads=threads) for booster in self.boosters_]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float64)

    def predict_proba(self, X: FloatArray) -> FloatArray:
        """Uncalibrated probabilities, ``float64`` (n, 2)."""
        positive = to_probability(self.decision_function(X))
        return np.column_stack([1 - positive, positive])

    def predict(self, X: FloatArray) -> FloatArray:
        """The likelier class, ``float64`` (n,)."""
        return (self.decision_function(X) > 0).astype(np.float64)

    def contributions(self, X: FloatArray) -> FloatArray:
        """TreeSHAP values in log-odds (Lundberg et al. 2020), without the base value, ``float64`` (n, k)."""
        if not len(X):
            return np.empty((0, self.n_features_in_))
        X = np.asarray(X)
        parts = [booster.predict(X, pred_contrib=True, num_threads=1) for booster in self.boosters_]
        return np.asarray(np.mean(parts, axis=0), dtype=np.float64)[:, :-1]

    def to_dict(self) -> dict[str, Any]:
        """Parameters and the boosters' native text."""
        return {"parameters": self.get_params(), "boosters": [one.model_to_string() for one in self.boosters_]}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "BoostedLearner":
        """The learner whose ``to_dict`` gave ``state``.

        Raises ``ValueError`` when the trees' text is damaged.
        """
        learner = cls(**state["parameters"])
        # Models registered before there were several seeds hold one booster.
        texts = state["boosters"] if "boosters" in state else [state["booster"]]
        try:
            learner.boosters_ = [lgb.Booster(model_str=text) for text in texts]
        except lgb.basic.LightGBMError as error:
            raise ValueError(f"damaged trees: {error}") from error
        learner.classes_ = np.array([0.0, 1.0])
        learner.n_features_in_ = learner.boosters_[0].num_feature()
        return learner
