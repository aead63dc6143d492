"""Runs every control on one invoice's facts."""

from datetime import date, timedelta
from typing import Any

import cel

from serving.controls.checks import placeholders
from serving.controls.control import CompiledControl, Control, ControlSet, Hit, Severity
from serving.controls.facts import Facts
from serving.controls.vocabulary import LISTS, ROOTS, Fact, FactType

MOST_OFFENDERS = 20
EPOCH = date(1970, 1, 1)
_LIST_WORDS: dict[str, Fact] = {name: fact for words in LISTS.values() for name, fact in words.items()}


def evaluate(controls: ControlSet, facts: Facts) -> tuple[Hit, ...]:
    """The controls that fire, hard stops first, in the file's order.

    A control that cannot be evaluated has not said that the invoice is fine: it fires with severity ``review`` or
    more and says that it could not be checked.
    """
    values = facts.values()
    context = cel.Context(values)
    hits = [hit for control in controls.controls if (hit := _evaluate(control, context, values)) is not None]
    return tuple(sorted(hits, key=lambda hit: list(Severity).index(hit.severity)))


def _evaluate(compiled: CompiledControl, context: cel.Context, values: dict[str, Any]) -> Hit | None:
    control = compiled.control
    try:
        found = compiled.program.execute(context)
    except (TypeError, ValueError, RuntimeError, LookupError, ArithmeticError):
        return _unchecked(control)
    if not found:
        return None
    offenders = found if isinstance(found, list) else []
    return _hit(control, _sentence(control.message, values, len(offenders)), _each(control, offenders))


def _unchecked(control: Control) -> Hit:
    severity = Severity.REVIEW if control.severity is Severity.WARNING else control.severity
    message = f"{control.title}: could not be checked on these records"
    return _hit(control.model_copy(update={"severity": severity}), message, ())


def _hit(control: Control, message: str, offenders: tuple[str, ...]) -> Hit:
    return Hit(
        control_id=control.id,
        version=control.version,
        title=control.title,
        severity=control.severity,
        owner=control.owner,
        cause=control.cause,
        message=message,
        offenders=offenders,
        remedy=control.remedy,
    )


def _sentence(template: str, values: dict[str, Any], count: int) -> str:
    for path in placeholders(template):
        root, _, word = path.partition(".")
        text = str(count) if path == "count" else in_words(values[root][word], ROOTS[root][word])
        template = template.replace(f"{{{path}}}", text)
    return template


def _each(control: Control, offenders: list[dict[str, Any]]) -> tuple[str, ...]:
    if control.each is None:
        return ()
    sentences = []
    for offender in offenders[:MOST_OFFENDERS]:
        sentence = control.each
        for word in placeholders(control.each):
            sentence = sentence.replace(f"{{{word}}}", in_words(offender.get(word), _LIST_WORDS[word]))
        sentences.append(sentence)
    return tuple(sentences)


def in_words(value: Any, fact: Fact) -> str:
    """A fact as people write it: ``1,234.50``, ``12 Mar 2026``, ``not known``."""
    if value is None:
        return "not known"
    if fact.type is FactType.DAY:
        day = EPOCH + timedelta(days=value)
        return f"{day.day} {day:%b %Y}"
    if fact.type is FactType.NUMBER:
        return f"{value:,.2f}".removesuffix(".00")
    if fact.type is FactType.FLAG:
        return "yes" if value else "no"
    return str(value)
