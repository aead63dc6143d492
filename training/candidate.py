"""A trained model with everything that a gate, the registry and a reader need to know of it."""

from dataclasses import dataclass, field
from typing import Any

from features.matrix import FeatureMatrix
from models.artifact import Model
from training.evaluation import Figure, Test


@dataclass(frozen=True)
class Candidate:
    """One model that wants to become champion.

    Attributes:
        model: the fitted model.
        figures: out-of-time metrics beside the baseline.
        tests: the predictions behind them, for plots.
        reference: the held-out rows, a sample of which goes with the model for drift to be measured against.
        champion_figures: the reigning champion on the same test rows; empty when there is none.
        facts: training span, rows, dataset digest, settings: stored in the artifact.
        documents: file name → text of its evaluation report and model card, registered beside the model.
    """

    model: Model
    figures: list[Figure]
    tests: list[Test]
    reference: FeatureMatrix
    champion_figures: list[Figure] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
