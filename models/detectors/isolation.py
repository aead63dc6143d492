"""Isolation forest: scikit-learn grows the trees; plain arrays keep and walk them, one row in a fraction of a ms."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.ensemble import IsolationForest

from models.arrays import FloatArray, IntArray

_EULER = 0.5772156649015329
_LEAF = -1
# Bounds the memory of row x tree tables; results do not depend on it.
_BLOCK_ROWS = 4_096


class IsolationTrees(OutlierMixin, BaseEstimator):
    """Isolation forest (Liu, Ting & Zhou 2008) with the scores of scikit-learn's, to the last bits.

    A row is abnormal if random cuts part it from the others early. Catches what lies apart in a few features, and
    anomalies that sit together, which hide each other from their nearest neighbours.

    Args:
        trees: number of trees.
        sample: training rows per tree.
        seed: of the random cuts.
    """

    def __init__(self, trees: int = 200, sample: int = 256, seed: int = 7) -> None:
        self.trees = trees
        self.sample = sample
        self.seed = seed

    def fit(self, X: FloatArray, y: object = None) -> Self:  # noqa: ARG002 - scikit-learn's outlier interface
        """Grow the trees on ``X`` ``float64`` (n, k), finite, with at least one column."""
        sample = min(self.sample, len(X))
        forest = IsolationForest(n_estimators=self.trees, max_samples=sample, random_state=self.seed, n_jobs=1).fit(X)
        grown = [tree.tree_ for tree in forest.estimators_]
        self.starts_ = np.cumsum([0, *(tree.node_count for tree in grown[:-1])]).astype(np.int64)
        nodes = [_nodes(tree, int(start)) for tree, start in zip(grown, self.starts_, strict=True)]
        self.feature_, self.threshold_, self.right_, self.depth_ = map(np.concatenate, zip(*nodes, strict=True))
        self.usual_ = float(_average_path(np.array([sample]))[0])
        self.n_features_in_ = X.shape[1]
        return self

    def score_samples(self, X: FloatArray) -> FloatArray:
        """Minus 2^(-mean path length / usual length), in [-1, 0), ``float64`` (n,): the lower, the more abnormal."""
        parts = [self._scores(X[start : start + _BLOCK_ROWS]) for start in range(0, len(X), _BLOCK_ROWS)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _scores(self, X: FloatArray) -> FloatArray:
        single = X.astype(np.float32)  # as scikit-learn compares
        rows = np.arange(len(X))[:, None]
        node: IntArray = np.broadcast_to(self.starts_, (len(X), len(self.starts_)))
        while True:
            feature = self.feature_[node]
            inner = feature != _LEAF
            if not inner.any():
                break
            left = single[rows, np.maximum(feature, 0)] <= self.threshold_[node]
            node = np.where(inner, np.where(left, node + 1, self.right_[node]), node)
        # A cumulative sum adds in sequence whatever the number of rows: one row gives the bytes of a batch.
        total = np.cumsum(self.depth_[node], axis=1)[:, -1]
        scores: FloatArray = -np.exp2(-total / (len(self.starts_) * max(self.usual_, 1e-12)))
        return scores

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values."""
        arrays = {name: getattr(self, f"{name}_").tolist() for name in _ARRAYS}
        facts = {"usual": self.usual_, "features": self.n_features_in_}
        return {"trees": self.trees, "sample": self.sample, "seed": self.seed, **facts, **arrays}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "IsolationTrees":
        """The forest whose ``to_dict`` gave ``state``."""
        forest = cls(state["trees"], state["sample"], state["seed"])
        for name, dtype in _ARRAYS.items():
            setattr(forest, f"{name}_", np.array(state[name], dtype=dtype))
        forest.usual_, forest.n_features_in_ = state["usual"], state["features"]
        return forest


_ARRAYS: dict[str, type[np.generic]] = {
    "starts": np.int64, "feature": np.int64, "threshold": np.float64, "right": np.int64, "depth": np.float64,
}  # fmt: skip


def _average_path(rows: NDArray[Any]) -> FloatArray:
    """Mean path length of an unsuccessful search in a binary tree of ``rows`` (equation 1 of the paper)."""
    n = rows.astype(np.float64)
    long = 2 * (np.log(np.maximum(n - 1, 1)) + _EULER) - 2 * (n - 1) / np.maximum(n, 1)
    return np.where(n > 2, long, np.where(n == 2, 1.0, 0.0))


def _nodes(tree: Any, start: int) -> tuple[IntArray, FloatArray, IntArray, FloatArray]:
    """A tree's features (-1 at leaves), thresholds, right children (counted from ``start``) and path lengths.

    The left child is always the next node in scikit-learn's order.
    """
    leaf, depth = tree.children_left == _LEAF, np.zeros(tree.node_count)
    for node in np.flatnonzero(~leaf).tolist():  # children come after their parent
        depth[[tree.children_left[node], tree.children_right[node]]] = depth[node] + 1
    return (
        np.where(leaf, _LEAF, tree.feature).astype(np.int64),
        np.where(leaf, 0.0, tree.threshold),
        np.where(leaf, 0, tree.children_right + start).astype(np.int64),
        depth + _average_path(tree.n_node_samples),
    )
