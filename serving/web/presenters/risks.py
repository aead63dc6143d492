"""The three risks as sentences and bars; a bare probability never reaches the page, and uncertainty is said."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from serving.web import formats
from serving.web.words import CAUSES, RISKS

UNUSUAL = 0.05


@dataclass(frozen=True)
class RiskLine:
    """One risk.

    Attributes:
        share, usual: per cent for the bar and its mark (the client's usual, or where oddity begins); ``None``
            without a bar.
        notes: what else is worth knowing, each a sentence.
        spoken: whether the model spoke.
    """

    code: str
    title: str
    sentence: str
    share: float | None
    usual: float | None
    notes: tuple[str, ...]
    spoken: bool


def risk_lines(risks: dict[str, Any]) -> tuple[RiskLine, ...]:
    """Dispute, delay and anomaly, in this order."""
    makers = (("dispute", _dispute), ("delay", _delay), ("anomaly", _anomaly))
    return tuple(_silent(code, risks[code]) or maker(risks[code]) for code, maker in makers)


def _silent(code: str, risk: dict[str, Any]) -> RiskLine | None:
    if risk["status"] == "ok":
        return None
    sentence = {
        "abstained": "The model abstains: it has seen nothing like this invoice, so a person must look.",
        "unavailable": "Not known: no model was available when this was scored.",
    }[risk["status"]]
    return RiskLine(code, RISKS[code], sentence, None, None, (), spoken=False)


def _dispute(risk: dict[str, Any]) -> RiskLine:
    sentence = f"{_likely(risk['probability'])} to be disputed or credited{_usually(risk['usual'])}."
    causes = sorted(risk["causes"].items(), key=lambda item: -item[1])[:3]
    named = ", ".join(f"{CAUSES.get(cause, cause).lower()} ({formats.percent(share)})" for cause, share in causes)
    notes = (f"If so, most likely about: {named}.",) if named else ()
    return _line("dispute", risk, sentence, risk["probability"], (*notes, *_confidence(risk)))


def _delay(risk: dict[str, Any]) -> RiskLine:
    days = risk["late_after_days"]
    sentence = f"{_likely(risk['probability_late'])} to be paid more than {days} days late{_usually(risk['usual'])}."
    notes = []
    if risk["expected_days_late"] is not None:
        when = risk["expected_cash_on"]
        around = f", cash around {formats.day(date.fromisoformat(str(when)))}" if when else ""
        notes.append(f"Expected {formats.days_late(risk['expected_days_late'])}{around}.")
    return _line("delay", risk, sentence, risk["probability_late"], (*notes, *_confidence(risk)))


def _anomaly(risk: dict[str, Any]) -> RiskLine:
    p_value = risk["p_value"]
    odder = f"odder than {formats.percent(1 - p_value)} of ordinary billings"
    sentence = f"Unusual: {odder}." if p_value <= UNUSUAL else f"Not unusual: {odder}; unusual begins at 95 %."
    return _line("anomaly", risk | {"usual": 1 - UNUSUAL}, sentence, 1 - p_value, _confidence(risk))


def _line(code: str, risk: dict[str, Any], sentence: str, share: float, notes: tuple[str, ...]) -> RiskLine:
    usual = None if risk["usual"] is None else round(100 * risk["usual"], 1)
    return RiskLine(code, RISKS[code], sentence, round(100 * share, 1), usual, notes, spoken=True)


def _likely(probability: float) -> str:
    text = formats.percent(probability)
    return f"{text[:1].upper()}{text[1:]} likely"


def _usually(usual: float | None) -> str:
    return "" if usual is None else f"; usually {formats.percent(usual)} for this client"


def _confidence(risk: dict[str, Any]) -> tuple[str, ...]:
    said = {
        "low": ("Little history stands behind this; trust the records more than the figure.",),
        "medium": ("Some history stands behind this.",),
    }
    return said.get(risk["confidence"], ())
