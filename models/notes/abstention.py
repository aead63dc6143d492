"""When to say "I do not know": a confidence below which too many answers would be wrong."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class Abstention:
    """The least confidence with which a text is answered.

    Attributes:
        target_accuracy: share of right answers asked for.
        threshold: least top probability; above 1 nothing is answered.
        coverage: share of the rows it was chosen on that would be answered.
        accuracy: share of right answers among those; 0 when there are none.
    """

    target_accuracy: float
    threshold: float
    coverage: float
    accuracy: float

    def answers(self, probabilities: FloatArray) -> BoolArray:
        """Which rows of ``probabilities`` (n, classes) are answered."""
        sure: BoolArray = probabilities.max(axis=1, initial=0.0) >= self.threshold
        return sure

    def to_dict(self) -> dict[str, Any]:
        """The rule as JSON values."""
        return asdict(self)


def choose_abstention(confidence: FloatArray, right: BoolArray, *, target_accuracy: float) -> Abstention:
    """The threshold that answers most while the answers, and one more wrong one, keep the target.

    The wrong one in advance is for the next text, which nobody has seen; it also keeps a few lucky rows from opening
    the gate. A stricter target never answers more.

    Args:
        confidence: ``float64`` (n,), top probabilities of rows that the model was not fitted on.
        right: whether the likeliest class was the true one.
        target_accuracy: share of right answers asked for, in (0, 1).
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    answered = np.arange(1, len(order) + 1)
    good = np.cumsum(right[order]) / (answered + 1) >= target_accuracy
    # A threshold cannot part rows of equal confidence.
    good[:-1] &= ranked[1:] < ranked[:-1]
    ends = np.flatnonzero(good)
    if not len(ends):
        return Abstention(target_accuracy, 2.0, 0.0, 0.0)
    count = int(ends[-1]) + 1
    accuracy = float(right[order][:count].mean())
    return Abstention(target_accuracy, float(ranked[count - 1]), count / len(order), accuracy)
