"""When cash comes in: a portfolio's forecast by week, with intervals that know that clients pay alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from models.arrays import FloatArray, IntArray
from models.hazards import EDGES, RELEASE_EDGES

# Days from billable to sent that stand for each release interval: its middle, and two weeks beyond the last edge.
RELEASE_CENTERS = np.concatenate([[0.0], (RELEASE_EDGES[:-1] + RELEASE_EDGES[1:]) / 2, [RELEASE_EDGES[-1] + 14]])
DRAWS = 2_000


@dataclass(frozen=True)
class Alike:
    """How much invoices' luck is shared (intraclass correlations of the normal scores of the days late).

    Attributes:
        client: among invoices of one client, beyond what all share.
        firm: among all invoices that fall due in the same month.
    """

    client: float = 0.0
    firm: float = 0.0


@dataclass(frozen=True)
class Portfolio:
    """Invoices that are not paid yet; arrays of (n,).

    Attributes:
        amount: what is still to come, in one currency, ``float64``.
        paid_by: (n, W) chance of having been paid by the end of each week, growing along a row, ``float64``.
        client: code of the client, ``int64``.
        due_month: months since 1970 of the due date, ``int64``.
    """

    amount: FloatArray
    paid_by: FloatArray
    client: IntArray
    due_month: IntArray


@dataclass(frozen=True)
class Week:
    """Cash expected in one week: its mean, and the interval that holds it with the confidence asked for."""

    number: int
    expected: float
    low: float
    high: float


def forecast(portfolio: Portfolio, *, alike: Alike, confidence: float = 0.8, seed: int = 7) -> list[Week]:
    """Cash by week.

    The mean is exact; the interval comes from draws of each invoice's week in which a client's invoices, and all that
    fall due in one month, share a part of their luck (a one-factor Gaussian copula each, Li 2000). Drawn one by one,
    the interval of a sum would be far too narrow.

    Args:
        portfolio: unpaid invoices with their chances.
        alike: shared luck, as found out of time.
        confidence: of the interval, in (0, 1).
        seed: of the draws; the same seed gives the same interval.
    """
    weekly = np.diff(portfolio.paid_by, axis=1, prepend=0.0)
    expected = portfolio.amount @ weekly
    drawn = _draw(portfolio, alike, np.random.default_rng(seed))
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return [Week(week, float(expected[week]), float(low[week]), float(high[week])) for week in range(len(expected))]


def _draw(portfolio: Portfolio, alike: Alike, rng: np.random.Generator) -> FloatArray:
    """Cash of each week in each draw, ``float64`` (DRAWS, W)."""
    n, weeks = portfolio.paid_by.shape
    client, month = (np.unique(codes, return_inverse=True)[1] for codes in (portfolio.client, portfolio.due_month))
    own = np.sqrt(max(1.0 - alike.client - alike.firm, 0.0))
    cash = np.zeros((DRAWS, weeks))
    if not n:
        return cash
    for draw in range(DRAWS):
        luck = own * rng.standard_normal(n)
        luck += np.sqrt(alike.client) * rng.standard_normal(client.max() + 1)[client]
        luck += np.sqrt(alike.firm) * rng.standard_normal(month.max() + 1)[month]
        week = (ndtr(luck)[:, None] > portfolio.paid_by).sum(axis=1)
        cash[draw] = np.bincount(week, weights=portfolio.amount, minlength=weeks + 1)[:weeks]
    return cash


def paid_by(curve: FloatArray, days: FloatArray) -> FloatArray:
    """P(days late <= days) read off curves.

    Args:
        curve: ``float64`` (n, len(EDGES)), P(days late > edge).
        days: ``float64`` (n, W), days after each invoice's due date.

    Returns:
        ``float64`` (n, W), linear between edges; 0 before the first edge's month, level beyond the last.
    """
    edges = np.concatenate([[EDGES[0] - 30], EDGES])
    ends = np.hstack([np.ones((len(curve), 1)), curve])
    place = np.clip(np.searchsorted(edges, days, side="right"), 1, len(edges) - 1)
    rows = np.arange(len(curve))[:, None]
    share = np.clip((days - edges[place - 1]) / (edges[place] - edges[place - 1]), 0.0, 1.0)
    left, right = ends[rows, place - 1], ends[rows, place]
    return np.asarray(1.0 - (left + share * (right - left)), dtype=np.float64)


def paid_by_unsent(
    curve: FloatArray, release: FloatArray, billable: FloatArray, terms: FloatArray, ends: Sequence[float]
) -> FloatArray:
    """P(paid by each day) of invoices that are not sent yet: sent first, then due, then paid.

    Args:
        curve: ``float64`` (n, len(EDGES)), P(days late > edge).
        release: ``float64`` (n, len(RELEASE_EDGES)), P(days from billable to sent > edge) as of now.
        billable: ``float64`` (n,), day the work became billable (days since 1970).
        terms: ``float64`` (n,), days from sent to due.
        ends: W last days of the weeks (days since 1970), growing.

    Returns:
        ``float64`` (n, W).
    """
    full = np.hstack([np.ones((len(release), 1)), release, np.zeros((len(release), 1))])
    chance = full[:, :-1] - full[:, 1:]
    last = np.asarray(ends, dtype=np.float64)
    total = np.zeros((len(curve), len(last)))
    for place, waited in enumerate(RELEASE_CENTERS):
        due = billable + waited + terms
        total += chance[:, [place]] * paid_by(curve, last[None, :] - due[:, None])
    return total


def alike_from(scores: FloatArray, client: IntArray, due_month: IntArray) -> Alike:
    """Shared luck from out-of-time normal scores Φ⁻¹(P(days late <= what came)), by the method of moments.

    Args:
        scores: ``float64`` (n,).
        client, due_month: ``int64`` (n,), groups.
    """
    if len(scores) < 50:
        return Alike()
    centred = (scores - scores.mean()) / max(float(scores.std()), 1e-9)
    firm = max(_within(centred, due_month), 0.0)
    client_share = max(_within(centred, client) - firm, 0.0)
    return Alike(client=min(client_share, 0.5), firm=min(firm, 0.4))


def _within(scores: FloatArray, groups: IntArray) -> float:
    """Mean product of two scores of the same group."""
    codes = np.unique(groups, return_inverse=True)[1]
    count, total = np.bincount(codes), np.bincount(codes, weights=scores)
    pairs = (count * (count - 1)).sum()
    return float((total**2 - np.bincount(codes, weights=scores**2)).sum() / pairs) if pairs else 0.0
