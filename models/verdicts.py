"""What verdicts teach: a small logistic weighing of the detector's parts, once there are enough of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.arrays import FloatArray


@dataclass(frozen=True)
class VerdictBlend:
    """Logistic weights of the members' scores and of each feature's surprise.

    Weights are held at or above zero: a verdict may say that a kind of oddity matters little, never that it reassures.

    Attributes:
        members: ``float64`` (members,), weights of the standardised member scores.
        surprises: ``float64`` (k,), weights of the surprises in nats.
    """

    members: FloatArray
    surprises: FloatArray

    @classmethod
    def fit(
        cls, members: FloatArray, surprises: FloatArray, verdict: FloatArray, *, strength: float = 0.1
    ) -> "VerdictBlend":
        """Learn from rows with a ``verdict`` of 1.0 (a billing error) or 0.0.

        Args:
            members: ``float64`` (n, members).
            surprises: ``float64`` (n, k).
            verdict: ``float64`` (n,), both values present.
            strength: inverse of the ridge penalty.
        """
        parts = np.hstack([members, surprises])
        fitted = LogisticRegression(C=strength, max_iter=1_000).fit(parts, verdict)
        weights = np.maximum(fitted.coef_[0], 0.0)
        return cls(weights[: members.shape[1]], weights[members.shape[1] :])

    def score(self, members: FloatArray, surprises: FloatArray) -> FloatArray:
        """The larger, the more like what was found to be an error, ``float64`` (n,)."""
        parts = np.hstack([members * self.members, surprises * self.surprises])
        # A cumulative sum adds in sequence whatever the number of rows: one row gives the bytes of a batch.
        total: FloatArray = np.cumsum(parts, axis=1)[:, -1]
        return total

    def to_dict(self) -> dict[str, Any]:
        """The weights as JSON values."""
        return {"members": self.members.tolist(), "surprises": self.surprises.tolist()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "VerdictBlend":
        """The blend whose ``to_dict`` gave ``state``."""
        return cls(np.array(state["members"], dtype=np.float64), np.array(state["surprises"], dtype=np.float64))
