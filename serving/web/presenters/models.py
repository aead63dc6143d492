"""Model cards: what was trained on what, how it did beside its baseline, and what is guaranteed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.promise import attempt_in_words, form_of, promise_in_words, refusal_in_words, risk_in_words
from serving.web import formats
from serving.web.words import RISKS, plain

METRICS = {
    "roc_auc": ("ROC-AUC", "higher is better"),
    "average_precision": ("Average precision", "higher is better"),
    "brier": ("Brier score", "lower is better"),
    "ece": ("Calibration error", "lower is better"),
}


@dataclass(frozen=True)
class Figure:
    """One metric with 95 % intervals, model beside baseline."""

    task: str
    metric: str
    better: str
    model: str
    model_range: str
    baseline: str
    baseline_range: str


@dataclass(frozen=True)
class CertificateCard:
    """The auto-clear promise, or why there is none."""

    valid: bool
    sentence: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ModelCard:
    """One champion."""

    risk: str
    title: str
    version: str
    digest: str
    details: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    baseline: str
    certificate: CertificateCard | None
    standings: tuple[str, ...] = ()


def model_card(model: dict[str, Any], today: date) -> ModelCard:
    """A loaded model as described by its source; facts that training did not note are left out."""
    facts: dict[str, Any] = model.get("facts") or {}
    metrics = [each for each in facts.get("metrics") or [] if isinstance(each, dict)]
    risk = str(model.get("risk", ""))
    return ModelCard(
        risk=risk,
        title=RISKS.get(risk, plain(risk)),
        version=str(model.get("version", "–")),
        digest=str(model.get("digest", ""))[:12] or "–",
        details=_details(facts),
        figures=tuple(_figure(each) for each in metrics),
        baseline=str(metrics[0].get("baseline_name", "")) if metrics else "",
        certificate=_certificate_of(facts, today) if risk == "dispute" else None,
        standings=tuple(_standing(task, said) for task, said in (facts.get("standing") or {}).items() if said),
    )


def _certificate_of(facts: Mapping[str, Any], today: date) -> CertificateCard:
    return _certificate(facts.get("certificate") or {}, facts.get("certificate_refused"), today)


def _details(facts: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    found = []
    if facts.get("trained_from") and facts.get("trained_until"):
        found.append(("Trained on", f"{_day(facts['trained_from'])} to {_day(facts['trained_until'])}"))
    if facts.get("tested_until"):
        found.append(("Tested until", _day(facts["tested_until"])))
    if facts.get("rows_trained") is not None:
        found.append(("Rows", f"{facts['rows_trained']:,} trained, {facts.get('rows_tested', 0):,} tested"))
    if facts.get("dataset_digest"):
        found.append(("Data", str(facts["dataset_digest"])[:12]))
    return tuple(found)


def _figure(each: dict[str, Any]) -> Figure:
    title, better = METRICS.get(str(each["metric"]), (plain(str(each["metric"])), ""))
    model, baseline = each["model"], each["baseline"]
    return Figure(
        task=_question(str(each["task"])),
        metric=title,
        better=better,
        model=_value(model["value"]),
        model_range=f"{_value(model['low'])} to {_value(model['high'])}",
        baseline=_value(baseline["value"]),
        baseline_range=f"{_value(baseline['low'])} to {_value(baseline['high'])}",
    )


def _value(number: float) -> str:
    return f"{number:.3f}"


def _certificate(certificate: dict[str, Any], refused: Mapping[str, Any] | None, today: date) -> CertificateCard:
    if not certificate:
        return CertificateCard(valid=False, sentence=refusal_in_words(refused))
    until = date.fromisoformat(certificate["valid_until"])
    details = (
        *_thresholds(certificate),
        ("Certified on", f"{certificate['cleared']:,} cleared invoices, {certificate['bad']:,} of them bad"),
        ("Share cleared", formats.percent(certificate["coverage"])),
        ("Money that went bad", formats.percent(certificate["loss"])),
        ("p-value", f"{certificate['p_value']:.4f}"),
        *((("Attempts", attempt_in_words(certificate)),) if attempt_in_words(certificate) else ()),
        ("Valid until", formats.day(until)),
    )
    if until < today:
        lapsed = f"Lapsed on {formats.day(until)}: it promises nothing any more. Retrain and certify again."
        return CertificateCard(valid=False, sentence=lapsed, details=details)
    return CertificateCard(valid=True, sentence=promise_in_words(certificate), details=details)


def _thresholds(certificate: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """One threshold, or one per kind of invoice that was certified on its own."""
    said = f"Cleared when the {risk_in_words(form_of(certificate))} is at most"
    segments: dict[str, dict[str, Any]] = certificate["segments"]
    if not segments:
        return ((said, f"{certificate['threshold']:.4f}"),)
    return tuple((f"{said} ({plain(name)})", f"{part['threshold']:.4f}") for name, part in segments.items())


def _day(text: str) -> str:
    return formats.day(date.fromisoformat(str(text)[:10]))


def _standing(task: str, said: str) -> str:
    """What a model adds to its baseline, as a sentence about one question."""
    question = _question(task)
    return f"{question[0].upper()}{question[1:]}: {said[0].lower()}{said[1:]}"


def _question(task: str) -> str:
    """``late>15d`` as a person would ask it."""
    found = re.fullmatch(r"late>(\d+)d", task)
    if found is None:
        return task
    return "late at all" if found[1] == "0" else f"late by more than {found[1]} days"
