"""From contributions to sentences: why a risk is high, in words that a finance person can check."""

from functools import cache

import numpy as np

from features.catalogue import BY_NAME
from features.feature import Feature
from models.arrays import FloatArray, IntArray
from models.assessment import Reason
from models.reason_groups import NO_REASON, group_of

# Shares of the log-odds (or nats of surprise) below which a feature is no reason.
LEAST_CONTRIBUTION = 0.08
MOST_REASONS = 4
# What a negative value means in words; without it a payment would be due in -27 days.
OVERDUE = {"days_to_due": "payment was due {value} days ago (usual: {usual} days left)"}


def reasons_for(
    risk: str, names: tuple[str, ...], values: FloatArray, contributions: FloatArray, medians: FloatArray
) -> list[Reason]:
    """The weightiest checkable reasons of one invoice, most weighty first.

    Correlated features pass a contribution around among themselves: those of one meaning (``models.reason_groups``)
    are one reason, which weighs the sum of their shares and is told by the weightiest of them that holds up when
    somebody looks. A missing value is no reason, and neither is a value on the better side of the usual one. A
    meaning of which nothing holds up is no reason.

    Args:
        risk: ``delay``, ``dispute`` or ``anomaly``.
        names: feature names, (k,).
        values, contributions, medians: ``float64`` (k,) of the invoice, of the model, and usual.
    """
    places, labels = _groups(names)
    totals = np.bincount(places, weights=contributions, minlength=len(labels)).tolist()
    weights = {group: total for group, total in zip(labels, totals, strict=True) if total >= LEAST_CONTRIBUTION}
    groups: dict[str, list[int]] = {group: [] for group in weights}
    for column in np.argsort(-contributions, kind="stable").tolist() if weights else ():
        if (group := labels[places[column]]) in groups:
            groups[group].append(column)
    reasons: list[Reason] = []
    for group in sorted(groups, key=lambda group: -weights[group]):
        if len(reasons) == MOST_REASONS:
            break
        told = _telling(risk, [BY_NAME[names[column]] for column in groups[group]], groups[group], values, medians)
        if told is not None and contributions[told] > 0:
            feature = BY_NAME[names[told]]
            reasons.append(_reason(f"{risk}.{group}", feature, values[told], medians[told], weights[group]))
    return reasons


@cache
def _groups(names: tuple[str, ...]) -> tuple[IntArray, list[str]]:
    """For each feature the number of its group, and the groups' names."""
    labels = list(dict.fromkeys(group_of(name) for name in names))
    number = {label: place for place, label in enumerate(labels)}
    return np.array([number[group_of(name)] for name in names], dtype=np.int64), labels


def _telling(
    risk: str, features: list[Feature], columns: list[int], values: FloatArray, medians: FloatArray
) -> int | None:
    """The first column whose value a person would accept as a reason."""
    for feature, column in zip(features, columns, strict=True):
        if _holds_up(feature, values[column], medians[column], anomaly=risk == "anomaly"):
            return column
    return None


def _holds_up(feature: Feature, value: float, usual: float, *, anomaly: bool) -> bool:
    if np.isnan(value) or feature.name in NO_REASON:
        return False
    if np.isnan(usual) or anomaly:
        return True
    return not ((feature.higher_is == "worse" and value < usual) or (feature.higher_is == "better" and value > usual))


def _reason(code: str, feature: Feature, value: float, usual: float, contribution: float) -> Reason:
    past = value < 0 and feature.name in OVERDUE
    phrase, shown = (OVERDUE[feature.name], -value) if past else (feature.phrase, value)
    sentence = phrase.format(value=in_words(feature, shown), usual=in_words(feature, usual))
    return Reason(
        code=code,
        risk=code.split(".")[0],
        sentence=sentence,
        feature=feature.name,
        value=float(value),
        usual=None if np.isnan(usual) else float(usual),
        contribution=contribution,
        evidence=feature.evidence,
    )


def in_words(feature: Feature, value: float) -> str:
    """A value as a person would write it: yes or no, 41 %, 1,250, 3.5."""
    if np.isnan(value):
        return "not known"
    if feature.dtype == "flag":
        return "yes" if value >= 0.5 else "no"
    if feature.unit.startswith("log10"):
        return f"{10**value - 1:,.0f}"
    if feature.unit == "share":
        return f"{100 * value:.0f} %"
    if feature.dtype == "count" or abs(value) >= 100 or abs(value - round(value)) < 0.05:
        return f"{round(value):,d}"  # a little below nothing is nothing, not -0
    return f"{value:,.1f}"
