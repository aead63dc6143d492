"""Runs every control on one invoice's facts."""

from serving.controls.checks import CompiledControl
from serving.controls.control import SEVERITIES, Hit, Severity
from serving.controls.facts import Facts, Record
from serving.controls.ruleset import ControlSet
from serving.controls.sentences import in_words

__all__ = ["MOST_OFFENDERS", "evaluate", "in_words"]

MOST_OFFENDERS = 20
# A typed expression cannot fail on facts of the right types; these are what facts of wrong ones lead to.
_FAILURES = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def evaluate(controls: ControlSet, facts: Facts) -> tuple[Hit, ...]:
    """The controls that fire, hard stops first, in the document's order; snoozed ones are marked.

    A control that cannot be evaluated has not said that the invoice is fine: it fires with severity ``review`` or
    more and says that it could not be checked.
    """
    client_id, legal_entity_id, project_id = facts.scope
    today, as_of = facts["scoring"]["today"], facts.subject.known.as_of
    hits = []
    for compiled in controls.for_invoice(client_id, legal_entity_id):
        if compiled.counts_on(today):
            hit = _evaluate(compiled, facts)
            if hit is not None:
                hits.append(_marked(hit, controls, (client_id, project_id), as_of))
    return tuple(sorted(hits, key=lambda hit: SEVERITIES.index(hit.severity)))


def _marked(hit: Hit, controls: ControlSet, whom: tuple[str | None, str | None], as_of: int) -> Hit:
    if hit.severity is Severity.HARD_STOP:
        return hit
    mark = controls.snoozes.mark(hit.control_id, *whom, as_of)
    return hit if mark is None else Hit(**{**vars(hit), "snoozed": mark})


def _evaluate(compiled: CompiledControl, facts: Facts) -> Hit | None:
    try:
        found = compiled.run(facts)
        if not found:
            return None
        offenders = found if isinstance(found, list) else []
        return _hit(compiled, _sentence(compiled, facts, len(offenders)), _each(compiled, offenders))
    except _FAILURES:
        return _unchecked(compiled)


def _unchecked(compiled: CompiledControl) -> Hit:
    control = compiled.control
    hit = _hit(compiled, f"{control.title}: could not be checked on these records", ())
    return Hit(**{**vars(hit), "severity": Severity.REVIEW}) if control.severity is Severity.WARNING else hit


def _hit(compiled: CompiledControl, message: str, offenders: tuple[str, ...]) -> Hit:
    control = compiled.control
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


def _sentence(compiled: CompiledControl, facts: Facts, count: int) -> str:
    def value(path: str) -> object:
        root, _, word = path.partition(".")
        return count if path == "count" else facts[root][word]

    return compiled.message.filled(value)


def _each(compiled: CompiledControl, offenders: list[Record]) -> tuple[str, ...]:
    each = compiled.each
    return () if each is None else tuple(each.filled(one.__getitem__) for one in offenders[:MOST_OFFENDERS])
