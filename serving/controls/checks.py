"""Checks a control at load and compiles it: every word, type, null and placeholder, with its place."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import cel

from serving.controls.control import Control
from serving.controls.language.infer import Kind, Scope, Typed, infer
from serving.controls.language.nodes import LanguageError
from serving.controls.language.run import THRESHOLD, Run
from serving.controls.language.run import compiled as as_function
from serving.controls.language.syntax import parse
from serving.controls.sentences import Template, template
from serving.controls.vocabulary import LISTS, ROOTS, Fact, FactType, Words

_EPOCH = date(1970, 1, 1).toordinal()
_NOTHING: Words = {}
# Compiled controls that are kept: a few sets, so that replaying old scores does not compile theirs each time.
KEPT = 2_000


class ControlError(Exception):
    """A control cannot be used; the message names the file, the control and the place."""


@dataclass(frozen=True)
class CompiledControl:
    """A control, ready to be run.

    Attributes:
        run: gives a truth value, or the list of offenders.
        first, last: days (since 1970-01-01) between which it counts; ``None``: no bound.
    """

    control: Control
    run: Run
    message: Template
    each: Template | None
    first: int | None
    last: int | None

    def counts_on(self, day: int) -> bool:
        """Whether it counts on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def compiled(control: Control, *, place: str) -> CompiledControl:
    """Check and compile, each control once as long as it is in use; raises ``ControlError`` with ``place`` in front."""
    try:
        return _compiled(_Written(control.model_dump_json(), control))
    except ControlError as error:
        raise ControlError(f"{place}: {error}") from error


@dataclass(frozen=True)
class _Written:
    """A control that is the same when it says the same."""

    text: str
    control: Control = field(compare=False)


@lru_cache(maxsize=KEPT)
def _compiled(written: _Written) -> CompiledControl:
    control = written.control
    try:
        cel.compile(control.expression)
        tree = parse(control.expression)
        found = infer(tree, scope_of(control))
    except (LanguageError, ValueError) as error:
        raise ControlError(f"expression: {_first_line(error)}") from error
    if found.kind not in (Kind.FLAG, Kind.LIST) or found.nullable:
        nullable = " that may be null" if found.nullable else ""
        message = f"gives {found.kind}{nullable}, not a truth value or a list of offenders (character 1)"
        raise ControlError(f"expression: {message}")
    return CompiledControl(
        control=control,
        run=as_function(tree, {name: threshold.value for name, threshold in control.thresholds.items()}),
        message=_message(control),
        each=_each(control, found),
        first=_day(control.effective_from),
        last=_day(control.effective_to),
    )


def scope_of(control: Control) -> Scope:
    """The words that a control's expression may use."""
    own = {name: Fact(FactType.NUMBER, "threshold", unit=limit.unit) for name, limit in control.thresholds.items()}
    return Scope({**ROOTS, **({THRESHOLD: own} if own else {})}, LISTS)


def _message(control: Control) -> Template:
    roots = scope_of(control).roots

    def fact(path: str) -> Fact | None:
        root, _, word = path.partition(".")
        return Fact(FactType.NUMBER, "offenders") if path == "count" else roots.get(root, _NOTHING).get(word)

    return _template(control.message, fact, "message", control)


def _each(control: Control, found: Typed) -> Template | None:
    if control.each is None:
        return None
    if found.kind is not Kind.LIST:
        raise ControlError("each: the expression names no offenders; leave it out")
    return _template(control.each, LISTS[found.element].get, "each", control)


def _template(text: str, fact: Any, place: str, control: Control) -> Template:
    values = {f"{THRESHOLD}.{name}": limit.value for name, limit in control.thresholds.items()}
    try:
        return template(text, fact, values)
    except KeyError as error:
        raise ControlError(f"{place}: unknown placeholder {{{error.args[0]}}}") from error


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal() - _EPOCH


def _first_line(error: BaseException) -> str:
    text = re.sub(r"\s+", " ", str(error)) if isinstance(error, LanguageError) else str(error)
    return (text.splitlines() or [type(error).__name__])[0]
