"""The candidates of a blend, sized to the data."""

import numpy as np

from features.catalogue import FEATURE_NAMES
from models.hazards import EDGES
from models.horizon import Rival
from models.learners.blend import Learner
from models.learners.boosted import BoostedLearner
from models.learners.linear import LinearLearner
from models.learners.rate import RateLearner

LINEAR_ROWS = 8_000
FEW_ROWS = 2_500
MOST_LINEAR_ROWS = 12_000
FEW_RELEASES = 6_000
# A firm ridge: with some hundred columns and few outcomes, half-learned coefficients cost more than unlearned ones.
STRENGTH = 0.02
ROUNDS = 120


def candidates(
    rows: int, *, seed: int, seeds: int = 1, rate_column: int | None = None, few_below: int = FEW_ROWS
) -> dict[str, Learner]:
    """Unfitted members for ``rows`` training rows: few rows want smaller trees and a firmer penalty."""
    few = rows < few_below
    boosted = BoostedLearner(
        rounds=ROUNDS,
        leaves=7 if few else 15,
        learning_rate=0.04 if few else 0.06,
        feature_fraction=0.35,
        seed=seed,
        seeds=seeds,
    )
    linear = LinearLearner(strength=STRENGTH / 2 if few else STRENGTH, most_rows=MOST_LINEAR_ROWS)
    members: dict[str, Learner] = {"linear": linear, "boosted": boosted}
    if rate_column is not None:
        members["rate"] = RateLearner(rate_column)
    return members


def hazard_candidates(rows: int, *, seed: int, seeds: int = 1) -> dict[str, Learner]:
    """The same for hazards: the linear one with coefficients of its own after the due date.

    Invoice-intervals are many; beyond ``LINEAR_ROWS`` invoices the linear member costs more time than it ever earned.
    """
    members = candidates(rows, seed=seed, seeds=seeds)
    if rows > LINEAR_ROWS:
        return {"boosted": members["boosted"]}
    # DiscreteHazards appends two columns: the interval's index and its base log-odds.
    return {**members, "linear": LinearLearner(0.01, split_column=-2, split_at=float(np.searchsorted(EDGES, 0.0)))}


def release_candidates(rows: int, *, seed: int, seeds: int = 1) -> dict[str, Learner]:
    """Members for the release clock: as for payments, without a split at the due day, which it does not have.

    What holds an invoice back is mostly not in the records: on a public log of 4,500 requests large trees only learned
    noise.
    """
    members = candidates(rows, seed=seed, seeds=seeds, few_below=FEW_RELEASES)
    return {"boosted": members["boosted"]} if rows > LINEAR_ROWS else {**members, "linear": LinearLearner(0.01)}


def rivals(rows: int, rate: str) -> dict[str, Rival]:
    """Plain rivals of a curve at one horizon: direct logistic regression, and the client's own rate where one is kept.

    Args:
        rows: number of training rows.
        rate: name of the feature with the client's own rate at the horizon.
    """
    found: dict[str, Rival] = {
        "linear": LinearLearner(STRENGTH / 2 if rows < FEW_ROWS else STRENGTH, most_rows=MOST_LINEAR_ROWS)
    }
    if rate in FEATURE_NAMES:
        found["rate"] = RateLearner(FEATURE_NAMES.index(rate))
    return found
