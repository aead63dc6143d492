"""Client rates shrunk to this firm's base rate: the catalogue's fixed priors replaced by what training saw."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import FloatArray


@dataclass(frozen=True)
class Prior:
    """One smoothed-rate column of the catalogue.

    Attributes:
        column: index of the rate, (hits + weight · fixed) / (count + weight).
        count_column: index of the count behind it, or of the hits when ``counts_hits``.
        counts_hits: the second; the count then follows from rate and hits.
        fixed: prior rate in the catalogue.
        weight: how many invoices the prior counts for.
        base: the firm's own rate over the training rows.
    """

    column: int
    count_column: int
    fixed: float
    weight: float
    base: float
    counts_hits: bool = False

    def share(self, X: FloatArray) -> FloatArray:
        """How much of each rate is the prior, weight / (count + weight), ``float64`` (n,)."""
        behind = X[:, self.count_column]
        if self.counts_hits:
            return np.asarray(self.weight * X[:, self.column] / (behind + self.weight * self.fixed), dtype=np.float64)
        return np.asarray(self.weight / (behind + self.weight), dtype=np.float64)


@dataclass(frozen=True)
class Priors:
    """Moves smoothed rates from the catalogue's fixed priors to the firm's base rates.

    A feature may see one client only (a slice holds no other), so its prior is fixed; a client without history would
    then look better or worse than the firm's average for no reason.
    """

    columns: tuple[Prior, ...] = ()

    def __call__(self, X: FloatArray) -> FloatArray:
        """The same matrix with the rates moved, ``float64`` (n, k); ``X`` is left as it is."""
        if not self.columns:
            return X
        moved = np.array(X, dtype=np.float64)
        for prior in self.columns:
            moved[:, prior.column] += prior.share(X) * (prior.base - prior.fixed)
        return moved

    def to_dict(self) -> list[dict[str, Any]]:
        """The columns as JSON values."""
        return [vars(prior) for prior in self.columns]

    @classmethod
    def from_dict(cls, state: list[dict[str, Any]]) -> "Priors":
        """The priors whose ``to_dict`` gave ``state``."""
        return cls(tuple(Prior(**part) for part in state))
