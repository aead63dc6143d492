"""Is a smaller share of the money lost than tolerated? A p-value that holds for any amounts, by betting against it."""

import numpy as np
from scipy.special import logsumexp

from models.arrays import FloatArray

# Stakes as shares of the largest that cannot ruin the bettor; fixed in advance, each with a tenth of the capital.
STAKES = (np.arange(10) + 0.5) / 10


def money_p_values(weight: FloatArray, bad: FloatArray, *, alpha: float) -> FloatArray:
    """p-values of "of the money of the first k rows a share above ``alpha`` goes bad", for k = 1 … n.

    The hypothesis says E[w (y - α)] >= 0. Under it, capital that starts at one and is multiplied by 1 - λ w (y - α) at
    every row is expected to stay at or below one for each 0 <= λ < 1 / (1 - α), and so is the mean over several λ; by
    Markov's inequality its inverse is a p-value at any fixed k (Waudby-Smith & Ramdas 2024, section 4, with a mixture
    of constant bets so that the order of the rows is of no matter). It asks only for exchangeable rows and w in [0, 1]:
    money is far from normal, and a few large invoices may carry all of it.

    Args:
        weight: ``float64`` (n,), money of each row as a share of the cap, in [0, 1].
        bad: ``float64`` (n,), 1.0 where the row went bad.
        alpha: tolerated share of the money.
    """
    gain = weight * (alpha - bad)
    capital = np.cumsum(np.log1p(gain[:, None] * STAKES / (1 - alpha)), axis=0)
    evidence: FloatArray = logsumexp(capital, axis=1) - np.log(len(STAKES))
    return np.exp(-np.maximum(evidence, 0.0))
