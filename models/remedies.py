"""What would clear an invoice: the cheapest levers after which the models would let it through, and what they bring.

Every promise is the models' own answer on the ledger as it would be: the levers' record versions are added, the
features computed again by the same code, and scored. Once the records really change so, the promised probabilities
come true to the byte. Whether they change the client's mind is another question, and measured in the simulator.
"""

from collections.abc import Sequence
from itertools import combinations

from features.recordset import History
from models.levers.find import find_levers
from models.levers.lever import Lever
from models.outlook import Outlook, Remedy, Trial
from models.scorer import Scorer

LIMIT = 3
# The cheapest so many levers of an invoice are tried, and so many pairs of them.
MOST_LEVERS = 10
MOST_PAIRS = 15
# What must change before something is worth anybody's minutes: P(dispute), and days until the cash is there.
LEAST_FALL = 0.005
LEAST_DAYS = 0.5


def suggest(history: History, invoice_id: str, as_of: int, scorer: Scorer, *, limit: int = LIMIT) -> tuple[Remedy, ...]:
    """What to do about an invoice that the models would not clear, in a fixed order.

    Where something clears it: the cheapest single levers that do; else the cheapest pair; else a set gathered by gain
    and stripped of what it does not need. Where nothing does: what lowers the risk of a dispute or brings the cash
    earlier, the lowest risk first. Controls and policy may still hold an invoice that the models would clear.

    Args:
        history: records that cover the invoice: a slice, or a whole ledger.
        invoice_id: the invoice.
        as_of: the moment in microseconds since 1970 UTC.
        scorer: the loaded models.
        limit: most remedies to return.

    Returns:
        nothing for an invoice that is clearable as it is, has gone out, or has nothing wrong with it that a lever
        moves, and nothing without a dispute model.
    """
    trial = Trial(history, invoice_id, as_of, scorer)
    levers = find_levers(trial.history, invoice_id, as_of)[:MOST_LEVERS]
    if not levers or trial.now.dispute is None or trial.now.clearable:
        return ()
    singles = [trial.remedy((lever,)) for lever in levers]
    clearing = [remedy for remedy in singles if remedy.clears] or _together(trial, singles)
    if clearing:
        return tuple(sorted(clearing, key=_by_effort)[:limit])
    helpful = [remedy for remedy in singles if _helps(trial.now, remedy.after)]
    return tuple(sorted([*helpful, *_gathered(trial, helpful)], key=_by_risk)[:limit])


def _helps(before: Outlook, after: Outlook) -> bool:
    fall = (before.dispute or 0.0) - (after.dispute or 0.0)
    earlier = (before.cash_days or 0.0) - (after.cash_days or 0.0)
    # What brings the cash earlier must not buy that with a dispute.
    return fall >= LEAST_FALL or (earlier >= LEAST_DAYS and fall >= 0)


def _together(trial: Trial, singles: Sequence[Remedy]) -> list[Remedy]:
    """The cheapest pair that clears, or else the smallest set found; empty where even all levers together do not."""
    levers = [remedy.levers[0] for remedy in singles]
    if len(levers) < 2 or not trial.remedy(levers).clears:
        return []
    pairs = sorted(combinations(levers, 2), key=_minutes)[:MOST_PAIRS]
    for pair in pairs:
        if (remedy := trial.remedy(pair)).clears:
            return [remedy]
    by_gain = [remedy.levers[0] for remedy in sorted(singles, key=_by_risk)]
    size = next(size for size in range(2, len(by_gain) + 1) if trial.remedy(by_gain[:size]).clears)
    return [_stripped(trial, by_gain[:size])]


def _stripped(trial: Trial, levers: Sequence[Lever]) -> Remedy:
    """The set without the levers, dearest first, that it clears without."""
    kept = trial.remedy(levers)
    for lever in sorted(levers, key=lambda one: -one.minutes):
        fewer = [one for one in kept.levers if one is not lever]
        if fewer and (remedy := trial.remedy(fewer)).clears:
            kept = remedy
    return kept


def _gathered(trial: Trial, helpful: Sequence[Remedy]) -> list[Remedy]:
    """Levers added one by one, the largest gain first, as long as each lowers the risk of a dispute further."""
    if len(helpful) < 2:
        return []
    first, *others = sorted(helpful, key=_by_risk)
    best = first
    for other in others:
        more = trial.remedy((*best.levers, *other.levers))
        if _helps(best.after, more.after):
            best = more
    return [best] if best is not first else []


def _minutes(levers: Sequence[Lever]) -> int:
    return sum(lever.minutes for lever in levers)


def _by_effort(remedy: Remedy) -> tuple[int, int, float, tuple[str, ...]]:
    return (remedy.minutes, len(remedy.levers), remedy.after.dispute or 0.0, remedy.sentences)


def _by_risk(remedy: Remedy) -> tuple[float, int, tuple[str, ...]]:
    return (remedy.after.dispute or 0.0, remedy.minutes, remedy.sentences)
