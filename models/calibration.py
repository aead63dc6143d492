"""Turning scores into probabilities that mean what they say, on a later period than the one they were fitted on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.isotonic import IsotonicRegression

from models.arrays import EDGE, FloatArray, log_loss, to_logit, to_probability
from models.venn_abers import venn_abers_table

# What steps must make up for: they rank neighbours alike.
STEPS_COST = 1.01


@dataclass(frozen=True)
class Calibrator:
    """A monotone map from probability to probability, as a piecewise-linear table in log-odds.

    Every method ends as such a table, so that scoring needs one interpolation and no library.

    Attributes:
        method: ``identity``, ``beta``, ``isotonic`` or ``venn_abers``.
        log_odds_in, log_odds_out: ``float64`` (m,), growing; flat beyond the ends.
    """

    method: str
    log_odds_in: FloatArray
    log_odds_out: FloatArray

    def __call__(self, probability: FloatArray) -> FloatArray:
        """Calibrated probabilities, same shape."""
        if self.method == "identity":
            return np.clip(probability, EDGE, 1 - EDGE)
        return to_probability(np.interp(to_logit(probability), self.log_odds_in, self.log_odds_out))

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON values."""
        return {"method": self.method, "in": self.log_odds_in.tolist(), "out": self.log_odds_out.tolist()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Calibrator":
        """The calibrator whose ``to_dict`` gave ``state``."""
        return cls(state["method"], np.array(state["in"]), np.array(state["out"]))


Fitter = Callable[[FloatArray, FloatArray, FloatArray], Calibrator]

IDENTITY = Calibrator("identity", np.array([0.0]), np.array([0.0]))


def fit_beta(probability: FloatArray, outcome: FloatArray, weight: FloatArray | None = None) -> Calibrator:
    """Beta calibration (Kull, Silva Filho & Flach 2017, eq. 6) with non-negative slopes.

    log-odds = a ln p - b ln(1 - p) + c, by maximum likelihood with a weak pull to the identity (a = b = 1, c = 0),
    which matters below a few hundred rows.
    """
    kept = np.clip(probability, EDGE, 1 - EDGE)
    left, right = np.log(kept), -np.log1p(-kept)

    def objective(parameters: FloatArray) -> float:
        a, b, c = parameters
        pull = ((a - 1) ** 2 + (b - 1) ** 2 + c**2) / len(outcome)
        return float(log_loss(outcome, to_probability(a * left + b * right + c), weight) + pull)

    a, b, c = minimize(objective, np.array([1.0, 1.0, 0.0]), bounds=[(0.0, 10.0), (0.0, 10.0), (-10.0, 10.0)]).x
    grid = np.linspace(to_logit(np.array([0.0]))[0], to_logit(np.array([1.0]))[0], 401)
    p = to_probability(grid)
    return Calibrator("beta", grid, a * np.log(p) - b * np.log1p(-p) + c)


def fit_isotonic(probability: FloatArray, outcome: FloatArray, weight: FloatArray | None = None) -> Calibrator:
    """Isotonic regression (Zadrozny & Elkan 2002), its steps joined by lines.

    Each end is drawn in by a pseudo-count of one half, since a block of all zeros does not prove impossibility.
    """
    regression = IsotonicRegression(y_min=0.5 / len(outcome), y_max=1 - 0.5 / len(outcome), out_of_bounds="clip")
    regression.fit(probability, outcome, sample_weight=weight)
    knots, values = regression.X_thresholds_, regression.y_thresholds_
    return Calibrator("isotonic", to_logit(np.asarray(knots)), to_logit(np.asarray(values)))


def fit_venn_abers(probability: FloatArray, outcome: FloatArray) -> Calibrator:
    """Inductive Venn-Abers (see ``models/venn_abers.py``): isotonic steps that few rows cannot push to 0 or 1."""
    return Calibrator("venn_abers", *venn_abers_table(probability, outcome))


def choose_calibrator(probability: FloatArray, outcome: FloatArray, weight: FloatArray | None = None) -> Calibrator:
    """The method with the least log loss on the later part of the calibration rows, refitted on all of them.

    Args:
        probability: ``float64`` (n,), predictions for rows that no fit saw, in order of time.
        outcome: ``float64`` (n,), 0.0 or 1.0.
        weight: ``float64`` (n,), what each row counts; Venn-Abers, whose promise is about rows, is not tried with it.

    With fewer than 50 rows of the rarer outcome there is too little to fit steps; with fewer than 10 nothing
    is fitted and the scores stay as they are. Steps make neighbours equal and so cost ranking: they must be better than
    the smooth maps by one percent of the loss.
    """
    rarer = min(outcome.sum(), len(outcome) - outcome.sum())
    if rarer < 10:
        return IDENTITY
    counts = np.ones(len(outcome)) if weight is None else weight
    fitters = _fitters(rarer, weighted=weight is not None)
    half = len(outcome) // 2
    early, late = slice(None, half), slice(half, None)
    losses = {"identity": log_loss(outcome[late], np.clip(probability[late], EDGE, 1 - EDGE), counts[late])}
    for name, fit in fitters.items():
        if 0 < outcome[early].sum() < half:
            told = fit(probability[early], outcome[early], counts[early])(probability[late])
            loss = log_loss(outcome[late], told, counts[late])
            losses[name] = loss * (STEPS_COST if name != "beta" else 1.0)
    best = min(losses, key=losses.__getitem__)
    return IDENTITY if best == "identity" else fitters[best](probability, outcome, counts)


def _fitters(rarer: float, *, weighted: bool) -> dict[str, Fitter]:
    """The methods worth trying with so many rows of the rarer outcome."""
    fitters: dict[str, Fitter] = {"beta": fit_beta}
    if rarer >= 50:
        fitters["isotonic"] = fit_isotonic
        if not weighted:
            fitters["venn_abers"] = lambda probability, outcome, _: fit_venn_abers(probability, outcome)
    return fitters
