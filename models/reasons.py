"""From contributions to sentences: why a risk is high, in words that a finance person can check."""

import numpy as np

from features.catalogue import BY_NAME
from features.feature import Feature
from models.arrays import FloatArray
from models.assessment import Reason

# Shares of the log-odds (or nats of surprise) below which a feature is no reason.
LEAST_CONTRIBUTION = 0.08
MOST_REASONS = 4
# They move scores, but say nothing that a person would call a reason: a month, a weekday, a long acquaintance.
NO_REASON = frozenset({"due_month", "due_weekday", "invoice_weekday", "paid_count", "prior_invoices"})


def reasons_for(
    risk: str, names: tuple[str, ...], values: FloatArray, contributions: FloatArray, medians: FloatArray
) -> list[Reason]:
    """The weightiest checkable reasons of one invoice, most weighty first.

    A reason must hold up when somebody looks: a missing value is no reason, and a contribution that contradicts the
    feature's own direction (a share of the credit that correlated features pass around) is left out.

    Args:
        risk: ``delay``, ``dispute`` or ``anomaly``.
        names: feature names, (k,).
        values, contributions, medians: ``float64`` (k,) of the invoice, of the model, and usual.
    """
    order = np.argsort(-contributions, kind="stable")
    reasons: list[Reason] = []
    for column in order[: 3 * MOST_REASONS]:
        if contributions[column] < LEAST_CONTRIBUTION or len(reasons) == MOST_REASONS:
            break
        feature = BY_NAME[names[column]]
        if _holds_up(feature, values[column], medians[column], anomaly=risk == "anomaly"):
            reasons.append(_reason(risk, feature, values[column], medians[column], float(contributions[column])))
    return reasons


def _holds_up(feature: Feature, value: float, usual: float, *, anomaly: bool) -> bool:
    if np.isnan(value) or feature.name in NO_REASON:
        return False
    if np.isnan(usual) or anomaly:
        return True
    return not ((feature.higher_is == "worse" and value < usual) or (feature.higher_is == "better" and value > usual))


def _reason(risk: str, feature: Feature, value: float, usual: float, contribution: float) -> Reason:
    sentence = feature.phrase.format(value=in_words(feature, value), usual=in_words(feature, usual))
    return Reason(
        code=f"{risk}.{feature.name}",
        risk=risk,
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
        return f"{value:,.0f}"
    return f"{value:,.1f}"
