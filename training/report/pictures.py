"""Which pictures a report shows, and the table of what limited reviewing would find."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from training.report import words
from training.report.charts import Chart, Drawn, Words, chart, nice_end
from training.report.contents import Contents, Task
from training.report.points import (
    found_by,
    precision_recall,
    receiver,
    reliability,
    risk_coverage,
    share_at,
)

CAPACITIES = (0.02, 0.05, 0.1, 0.2, 0.3)
HEADLINE = 0.1
OURS, LARGEST = "this model", "largest invoices first"


@dataclass(frozen=True)
class Capacity:
    """Shares found when only so many invoices can be reviewed; ``money_by_size`` takes the largest first."""

    looked: float
    cases: float
    cases_baseline: float
    money: float
    money_baseline: float
    money_by_size: float


def pictures(contents: Contents) -> list[Chart]:
    """Every chart, in the order in which they are read."""
    if not contents.tasks:
        return []
    main = contents.tasks[0]
    found = [_found(main), _money(main)]
    found += [_reliability(task, f"reliability-{place}") for place, task in enumerate(contents.tasks) if _says(task)]
    if _says(main):
        found.append(_risk_coverage(main))
    return [*found, _receiver(main), _precision_recall(main)]


def capacities(task: Task) -> Iterator[Capacity]:
    """The cost curve as a table: few reviewers, and what they would find."""
    test, worth = task.test, task.test.outcome * task.money
    cases, cases_baseline = (found_by(one, test.outcome) for one in (test.probability, test.baseline))
    money, money_baseline = (found_by(one * task.money, worth) for one in (test.probability, test.baseline))
    by_size = found_by(task.money, worth)
    for looked in CAPACITIES:
        curves = (cases, cases_baseline, money, money_baseline, by_size)
        yield Capacity(looked, *(share_at(curve, looked) for curve in curves))


def headline_found(task: Task) -> tuple[float, float]:
    """Share of the bad invoices among the riskiest tenth, by the model's order and by the baseline's."""
    test = task.test
    ours, theirs = (share_at(found_by(one, test.outcome), HEADLINE) for one in (test.probability, test.baseline))
    return ours, theirs


def _says(task: Task) -> bool:
    return not task.test.ranks_only


def _found(task: Task) -> Chart:
    test, noun = task.test, words.sought(task.test.task)
    told = Words(
        "lift",
        f"{noun.capitalize()} found by reviewing few invoices",
        f"Riskiest invoices first. The grey line is reviewing at random; the higher above it, the more {noun} are "
        "found with the same work.",
        "share of invoices reviewed",
        f"share of {noun} found",
    )
    curves = [
        (OURS, found_by(test.probability, test.outcome)),
        (test.baseline_name, found_by(test.baseline, test.outcome)),
    ]
    return chart(told, Drawn(curves, diagonal=True))


def _money(task: Task) -> Chart:
    test, worth = task.test, task.test.outcome * task.money
    told = Words(
        "money",
        "Money found by reviewing few invoices",
        "Invoices in order of risk times amount, beside simply taking the largest first: what a given number of "
        f"reviewers would see of the money in {words.sought(test.task)}.",
        "share of invoices reviewed",
        "share of the money found",
    )
    orders = ((OURS, test.probability * task.money), (test.baseline_name, test.baseline * task.money),
              (LARGEST, task.money))  # fmt: skip
    return chart(told, Drawn([(name, found_by(order, worth)) for name, order in orders], diagonal=True))


def _reliability(task: Task, key: str) -> Chart:
    bins = reliability(task.test.outcome, task.test.probability)
    end = nice_end(max(max(one.high, one.predicted) for one in bins))
    told = Words(
        key,
        f"Said and came: {words.task_words(task.test.task)}",
        "Ten groups of invoices by what the model said; the bars are 95 % intervals of what came. On the grey line a "
        "probability means what it says.",
        "probability said",
        "share that came",
    )
    return chart(told, Drawn([], bins=bins, highest=(end, end), diagonal=True))


def _risk_coverage(task: Task) -> Chart:
    test = task.test
    curves = [(OURS, risk_coverage(test.outcome, test.probability)),
              (test.baseline_name, risk_coverage(test.outcome, test.baseline))]  # fmt: skip
    end = nice_end(float(np.max([points[:, 1].max() for _, points in curves])))
    told = Words(
        "risk-coverage",
        "Wrong answers when only the sure ones are given",
        "If the model answered only for the share of invoices that it is surest of: how many answers would be wrong.",
        "share of invoices answered",
        "share of wrong answers",
    )
    return chart(told, Drawn(curves, highest=(1.0, end)))


def _receiver(task: Task) -> Chart:
    test = task.test
    told = Words(
        "roc",
        "Found against false alarms (ROC)",
        f"Share of {words.sought(test.task)} found against the share of sound invoices flagged with them.",
        "share of sound invoices flagged",
        f"share of {words.sought(test.task)} found",
    )
    curves = [
        (OURS, receiver(test.outcome, test.probability)),
        (test.baseline_name, receiver(test.outcome, test.baseline)),
    ]
    return chart(told, Drawn(curves, diagonal=True))


def _precision_recall(task: Task) -> Chart:
    test = task.test
    told = Words(
        "precision",
        "How many alarms are right (precision and recall)",
        f"The more {words.sought(test.task)} are to be found, the smaller the share of right alarms becomes.",
        f"share of {words.sought(test.task)} found",
        "share of right alarms",
    )
    curves = [(OURS, precision_recall(test.outcome, test.probability)),
              (test.baseline_name, precision_recall(test.outcome, test.baseline))]  # fmt: skip
    return chart(told, Drawn(curves))
