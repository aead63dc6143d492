"""The firm's base rates as training knows them, to take the place of the catalogue's fixed priors."""

import numpy as np

from features.catalogue import FEATURE_NAMES
from features.families.disputes import DISPUTE_PRIOR
from features.families.disputes import SMOOTHING as DISPUTE_WEIGHT
from features.families.payment import LATE_PRIORS
from features.families.payment import SMOOTHING as LATE_WEIGHT
from models.arrays import FloatArray
from models.priors import Prior, Priors


def late_priors(days_late: FloatArray) -> Priors:
    """Base rates of lateness over known settlements (days, NaN while unknown)."""
    known = days_late[np.isfinite(days_late)]
    count = FEATURE_NAMES.index("paid_count")
    return Priors(
        tuple(
            Prior(FEATURE_NAMES.index(f"late_rate_{day}"), count, fixed, LATE_WEIGHT, float((known > day).mean()))
            for day, fixed in LATE_PRIORS.items()
        )
    )


def dispute_priors(disputed: FloatArray, weight: FloatArray | None = None) -> Priors:
    """Base rate of disputes over known outcomes (0.0 or 1.0), each counting its weight."""
    column, hits = FEATURE_NAMES.index("dispute_rate"), FEATURE_NAMES.index("dispute_count")
    base = float(np.average(disputed, weights=weight))
    return Priors((Prior(column, hits, DISPUTE_PRIOR, DISPUTE_WEIGHT, base, counts_hits=True),))
