"""Stacking: how much each member of a blend counts, learned from predictions for rows that the members did not see."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from models.arrays import FloatArray, log_loss, to_probability, weighted_sums

# A member below this is left out: it would cost a fit and a column of every explanation for nothing.
LEAST_WEIGHT = 0.02
# The starting weights count as much as an information of so many: with few outcomes they stay near where they began.
PULL = 40.0
DIGITS = 4


@dataclass(frozen=True)
class Stack:
    """A sum of members' log-odds.

    Attributes:
        weights: member → weight, none negative; a member left out has 0.
        intercept: log-odds added to the weighted sum.
    """

    weights: dict[str, float]
    intercept: float

    def __call__(self, log_odds: Mapping[str, FloatArray]) -> FloatArray:
        """Blended log-odds; members' arrays of one shape."""
        parts = [weight * log_odds[name] for name, weight in self.weights.items() if weight > 0]
        total: FloatArray = np.sum(parts, axis=0) + self.intercept
        return total


def fit_stack(
    log_odds: Mapping[str, FloatArray],
    outcome: FloatArray,
    *,
    weight: FloatArray | None = None,
    towards: Mapping[str, float] | None = None,
    pull: float = PULL,
) -> Stack:
    """Stacked generalisation with non-negative weights (Wolpert 1992; Breiman 1996) by ridge logistic regression.

    The weights need not sum to one and an intercept is free: members fitted on fewer rows than the final one may be too
    timid or too bold, and the stack says by how much. The ridge pulls them to ``towards``, so that few outcomes decide
    little.

    Args:
        log_odds: member → predictions for rows that it was not fitted on, ``float64`` (n,).
        outcome: ``float64`` (n,), 0.0 or 1.0.
        weight: ``float64`` (n,), of rows; scaled so that it sums to the number of rows it is worth (Kish 1965).
        towards: weights that few rows stay near; by default all members alike, summing to one.
        pull: strength of that.

    Raises ``ValueError`` when there is no member.
    """
    if not log_odds:
        raise ValueError("a stack needs a member")
    names = list(log_odds)
    start = towards or dict.fromkeys(names, 1 / len(names))
    scaled = _to_their_worth(np.ones(len(outcome)) if weight is None else weight)
    weights, intercept = _solve(
        np.column_stack([log_odds[name] for name in names]), outcome, scaled, np.array([start[n] for n in names]), pull
    )
    kept = [name for name, one in zip(names, weights, strict=True) if one >= LEAST_WEIGHT]
    if not kept:  # nothing ranks: the base rate, said by the member that was to be believed most
        best = max(names, key=lambda name: start[name])
        return Stack({name: float(name == best) for name in names}, _base(log_odds[best], outcome, scaled))
    if len(kept) < len(names):
        part = fit_stack(
            {name: log_odds[name] for name in kept},
            outcome,
            weight=weight,
            towards={name: start[name] for name in kept},
            pull=pull,
        )
        return Stack(dict.fromkeys(names, 0.0) | part.weights, part.intercept)
    return Stack({name: float(one) for name, one in zip(names, weights, strict=True)}, float(intercept))


def loss_of(stack: Stack, log_odds: Mapping[str, FloatArray], outcome: FloatArray, weight: FloatArray) -> float:
    """Weighted log loss of a stack, in nats."""
    return log_loss(outcome, to_probability(stack(log_odds)), weight)


def _to_their_worth(weight: FloatArray) -> FloatArray:
    worth = weight.sum() ** 2 / max(float(np.square(weight).sum()), 1e-12)
    return np.asarray(weight * worth / weight.sum(), dtype=np.float64)


def _solve(
    X: FloatArray, outcome: FloatArray, weight: FloatArray, start: FloatArray, pull: float
) -> tuple[FloatArray, float]:
    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        z = weighted_sums(X, parameters[:-1]) + parameters[-1]
        off = parameters[:-1] - start
        value = (weight * (np.logaddexp(0, z) - outcome * z)).sum() + pull / 2 * np.square(off).sum()
        miss = weight * (to_probability(z) - outcome)
        return float(value), np.append(weighted_sums(X.T, miss) + pull * off, miss.sum())

    bounds = [(0.0, 10.0)] * len(start) + [(-10.0, 10.0)]
    found = minimize(objective, np.append(start, 0.0), jac=True, method="L-BFGS-B", bounds=bounds).x
    # What lies beyond these digits is the solver's, and may differ from one machine to the next.
    return np.round(found[:-1], DIGITS), round(float(found[-1]), DIGITS)


def _base(log_odds: FloatArray, outcome: FloatArray, weight: FloatArray) -> float:
    """The intercept that gives the member's predictions the level of the outcomes."""
    _, intercept = _solve(log_odds[:, None], outcome, weight, np.array([1.0]), 1e9)
    return intercept
