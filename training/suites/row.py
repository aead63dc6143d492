"""One line of a study: a figure of ours beside one baseline's, on the same test rows."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from training.metrics import LARGER_IS_BETTER

Step = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    """What a study says of one task, metric and baseline; the field names are the JSON keys.

    Attributes:
        dataset: name of the data set, e.g. ``ibm_receivables``.
        task: what was predicted, e.g. ``late>15d``.
        model: what ships for it.
        metric: e.g. ``roc_auc``.
        value, low, high: the model's figure with its 95 % interval.
        baseline: name of the rival.
        baseline_value: the rival's figure.
        n_train, n_test: rows.
    """

    dataset: str
    task: str
    model: str
    metric: str
    value: float
    low: float
    high: float
    baseline: str
    baseline_value: float
    n_train: int
    n_test: int

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON values."""
        return asdict(self)

    @property
    def holds(self) -> bool:
        """Whether the model is at least as good as the baseline within its own interval."""
        if LARGER_IS_BETTER[self.metric]:
            return self.high >= self.baseline_value
        return self.low <= self.baseline_value
