"""The report in the words of finance: tasks, metrics, verdicts and the one sentence for who has a minute."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.promise import attempt_in_words, form_of, promise_in_words, refusal_in_words, risk_in_words
from training.report.rivals import BETTER, WORSE, Comparison

TITLES = {"delay": "Payment delay", "dispute": "Dispute risk", "anomaly": "Billing anomaly"}
METRICS = {
    "roc_auc": "Ranking (ROC-AUC)",
    "average_precision": "Finding the few (average precision)",
    "brier": "Error of the probabilities (Brier)",
    "ece": "Calibration gap (ECE)",
    "time_dependent_auc": "Ranking at every day (time-dependent AUC)",
    "integrated_brier": "Error at every day (integrated Brier)",
    "mean_absolute_error": "Miss of the expected day (mean absolute error, days)",
    "pinball": "Miss of the 10, 50 and 90 % days (pinball, days)",
    "span_gap": "How far from eight in ten came inside the span of the 10 to the 90 % day",
}
# Metrics whose comparisons speak for the rest in a sentence.
TELLING = ("brier", "average_precision")
# (clearly better somewhere, clearly worse somewhere) → how that is said
_STANDINGS = {
    (True, False): "clearly ahead of",
    (False, True): "clearly behind",
    (True, True): "ahead in one respect and behind in another of",
    (False, False): "level with",
}


def task_words(task: str) -> str:
    """A task as a finance person would say it."""
    if task.startswith("late>"):
        days = task.removeprefix("late>").removesuffix("d")
        return "paid after the due date" if days == "0" else f"paid more than {days} days late"
    return {"disputed": "disputed or credited"}.get(task, task)


def sought(task: str) -> str:
    """What is looked for, as a noun."""
    return "late payments" if task.startswith("late>") else "disputes"


def percent(share: float) -> str:
    """A share for a sentence: whole per cents, one decimal below ten."""
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else f"{100 * share:.0f} %"


def headline(task: str, base: float, found: tuple[float, float], *, looked: float) -> str:
    """The minute's sentence: how often it happens, and what looking at the riskiest few would find.

    Args:
        task: of the test.
        base: share of the test invoices that went bad.
        found: share of the bad ones found by the model's order and by the baseline's.
        looked: share of invoices looked at.
    """
    ours, theirs = found
    return (
        f"{percent(base)} of the later invoices were {task_words(task)}. Looking at only the {percent(looked)} that "
        f"this model ranks highest finds {percent(ours)} of them; by the baseline's order it is {percent(theirs)}, "
        f"by chance {percent(looked)}."
    )


def verdict(comparisons: Sequence[Comparison]) -> str:
    """Who wins, contender by contender, on the metrics that gate; level is who differs in none of them clearly."""
    names = list(dict.fromkeys(one.name for one in comparisons))
    parts = []
    for name in names:
        told = [one for one in comparisons if one.name == name and one.metric in TELLING]
        found = {one.verdict for one in told}
        wins, losses = BETTER in found, WORSE in found
        parts.append((_STANDINGS[wins, losses], name))
    told_groups = [
        f"{said} {_list([name for one, name in parts if one == said])}"
        for said in dict.fromkeys(said for said, _ in parts)
    ]
    return _sentence("; ".join(told_groups)) if told_groups else ""


def standing(comparisons: Sequence[Comparison]) -> str:
    """Whether a model beats its baseline on the metrics that gate, in a sentence; empty where it was not compared."""
    told = [one for one in comparisons if one.kind == "baseline" and one.metric in TELLING]
    if not told:
        return ""
    rate, found = told[0].name, {one.verdict for one in told}
    if all(one.difference.low == one.difference.high == 0 for one in told):
        return f"It equals its baseline ({rate}) to the digit and adds nothing to it."
    if WORSE in found:
        return f"It is worse than its baseline ({rate})."
    if BETTER in found:
        return f"It beats its baseline ({rate})."
    return f"It does not beat its baseline ({rate}) by more than chance explains."


def certificate_of(facts: Mapping[str, Any]) -> str:
    """What training noted of the certificate, in words."""
    return certificate(facts.get("certificate") or {}, facts.get("certificate_refused"))


def certificate(content: Mapping[str, Any], refused: Mapping[str, Any] | None = None) -> str:
    """The auto-clear certificate in words, or why there is none."""
    if not content:
        return refusal_in_words(refused)
    apart = [f"{name.replace('_', ' ')} at {part['threshold']:.1%}" for name, part in content["segments"].items()]
    kinds = f" ({_list(apart)}; no other kinds)" if apart else ""
    risk = risk_in_words(form_of(content))
    return (
        f"Invoices with a {risk} of {content['threshold']:.1%} or less may be cleared{kinds}. "
        f"{promise_in_words(content)} Among the invoices held out, {content['bad']:,} of {content['cleared']:,} "
        f"cleared ones went bad, and {content['loss']:.1%} of their money. That clears {content['coverage']:.0%} of "
        f"the invoices. Valid until {content['valid_until']}; it holds for invoices like those it was proved on, and "
        f"drift ends it.{_after(attempt_in_words(content))}"
    )


def _after(said: str) -> str:
    return f" {said}" if said else ""


def _sentence(said: str) -> str:
    return f"{said[0].upper()}{said[1:]}."


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
