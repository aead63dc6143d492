"""Does the certificate keep its promise? Simulated firms, whose true risks are known, hold it to account."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.stats import binomtest
from sklearn.utils.parallel import Parallel, delayed

from models.arrays import FloatArray
from models.certificate import Evidence
from training.suites.guarantee_trial import (
    BY_EYE,
    CERTIFIED,
    COUNT_ALONE,
    DELTA,
    Known,
    Outcome,
    Population,
    outcomes,
    trial,
)
from training.suites.row import Row, Step
from training.suites.summary import Summary

PROMISED, REVIEWED = "promised", "everything reviewed"
# The upset world costs a second simulation; it need only show how far the promise breaks.
UPSET_EVERY = 4
LARGE_ROWS = 20_000
WORKERS = 2

# seed, whether the world is upset → a firm with its true risks.
Simulate = Callable[[int, bool], Known]


def run(simulate: Simulate, *, firms: int, seed: int, step: Step) -> Iterator[Row]:
    """How often each rule's promise was broken, how much it cleared and how often it found no threshold.

    Args:
        simulate: makes one firm; called in worker processes, so that it must be importable.
        firms: number of independently simulated firms.
        seed: of the first firm; the others count up from it.
        step: told of progress.
    """
    found: list[Outcome] = []
    pool: list[Population] = []
    workers = Parallel(n_jobs=WORKERS, return_as="generator")
    jobs = (delayed(_firm)(simulate, seed + number, number % UPSET_EVERY == 0) for number in range(firms))
    for place, (outcome, population) in enumerate(workers(jobs), start=1):
        step(f"Firm {place} of {firms}")
        found += outcome
        pool.append(population)
    step(f"Resampling firms of {LARGE_ROWS:,} invoices")
    for name, factor in ((f"{LARGE_ROWS:,} rows", 1.0), (f"{LARGE_ROWS:,} rows, a third of the risk", 1 / 3)):
        found += resampled(name, joined(pool, factor), firms=firms, seed=seed)
    yield from rows_of(found)


def _firm(simulate: Simulate, seed: int, upset: bool) -> tuple[list[Outcome], Population]:  # noqa: FBT001 - one job
    return trial(simulate(seed, False), simulate(seed, True) if upset else None, seed=seed)


def joined(pool: Sequence[Population], factor: float) -> Population:
    """All firms' unfitted rows as one population, true risks and scores alike multiplied by ``factor``."""

    def column(name: str) -> FloatArray:
        return np.concatenate([getattr(one.evidence, name) for one in pool])

    evidence = Evidence(factor * column("probability"), column("bad"), column("amount"), column("segment"))
    return Population(evidence, factor * np.concatenate([one.risk for one in pool]))


def resampled(name: str, population: Population, *, firms: int, seed: int, rows: int = LARGE_ROWS) -> Iterator[Outcome]:
    """Larger firms at little cost: scored rows drawn from a population, and outcomes from their true risks."""
    for number in range(firms):
        rng = np.random.default_rng([seed, number])
        drawn = rng.integers(0, len(population.risk), rows)
        bad = (rng.random(rows) < population.risk[drawn]).astype(np.float64)
        taken = population.evidence
        evidence = Evidence(taken.probability[drawn], bad, taken.amount[drawn], taken.segment[drawn])
        yield from outcomes(name, evidence, population)


def rows_of(found: Sequence[Outcome]) -> Iterator[Row]:
    """One row per setting, rule, alpha and metric, over firms."""
    groups: dict[tuple[str, float, str], list[Outcome]] = {}
    for outcome in found:
        groups.setdefault((outcome.setting, outcome.alpha, outcome.rule), []).append(outcome)
    for (setting, alpha, rule), group in groups.items():
        where = (setting, f"alpha={alpha:.0%}", rule)
        size = (round(float(np.mean([one.rows for one in group]))), len(group))
        for metric, broken in (
            ("broken_count", [one.share > alpha for one in group]),
            ("broken_money", [one.loss > alpha for one in group]),
            ("broken_either", [max(one.share, one.loss) > alpha for one in group]),
        ):
            yield Row(*where, metric, *exact(broken), PROMISED, DELTA, *size)
        yield Row(*where, "no_threshold", *exact([one.coverage == 0 for one in group]), REVIEWED, 1.0, *size)
        coverage = np.array([one.coverage for one in group])
        margin = 1.96 * coverage.std() / np.sqrt(len(group))
        value = float(coverage.mean())
        yield Row(*where, "cleared", value, value - margin, value + margin, REVIEWED, 0.0, *size)
        worst = float(np.mean([one.share for one in group if one.coverage] or [0.0]))
        yield Row(*where, "true_share", worst, worst, worst, PROMISED, alpha, *size)


def exact(events: Sequence[bool]) -> tuple[float, float, float]:
    """Share of events with its exact 95 % interval (Clopper & Pearson 1934)."""
    result = binomtest(sum(events), len(events))
    interval = result.proportion_ci(method="exact")
    return float(result.statistic), float(interval.low), float(interval.high)


def summary(rows: Sequence[Row]) -> Summary:
    """One line per setting and alpha: how often the promise broke, beside thresholds by eye, and what it cost."""
    found: dict[tuple[str, str], dict[tuple[str, str], Row]] = {}
    for row in rows:
        found.setdefault((row.dataset, row.task), {})[row.model, row.metric] = row
    headings = ("setting", "tolerance", "firms", "count broken", "money broken", "either broken", "exact 95 %",
                "by eye: either", "cleared", "count alone clears", "no threshold")  # fmt: skip
    lines = []
    for (setting, tolerance), cells in found.items():
        either = cells[CERTIFIED, "broken_either"]
        shown = [cells[CERTIFIED, "broken_count"], cells[CERTIFIED, "broken_money"], either]
        after = [cells[BY_EYE, "broken_either"], *(cells[rule, "cleared"] for rule in (CERTIFIED, COUNT_ALONE)),
                 cells[CERTIFIED, "no_threshold"]]  # fmt: skip
        lines.append((
            setting, tolerance, str(either.n_test), *(f"{row.value:.1%}" for row in shown),
            f"{either.low:.1%} – {either.high:.1%}", *(f"{row.value:.1%}" for row in after),
        ))  # fmt: skip
    return Summary(f"Firms whose promise was broken; at most {DELTA:.0%} were promised", headings, tuple(lines))
