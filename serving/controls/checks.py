"""Checks a control at load: every word is in the vocabulary, and the expression runs on facts of the right types."""

import re
from collections.abc import Iterator

import cel

from serving.controls.control import Control
from serving.controls.vocabulary import LISTS, ROOTS, Words, sample

_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_MACRO = re.compile(r"\b(\w+)(?:\.filter\(\s*\w+\s*,[^()]*\))*\.(?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,")
_ACCESS = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)(\(?)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class ControlError(Exception):
    """A control cannot be used; the message names the file, the control and the place."""


def compiled(control: Control, *, place: str) -> cel.Program:
    """Check and compile; raises ``ControlError`` with ``place`` in front."""
    try:
        program: cel.Program = cel.compile(control.expression)
    except ValueError as error:
        raise ControlError(f"{place}: expression: {_first_line(error)}") from error
    for complaint in _complaints(control, program):
        raise ControlError(f"{place}: {complaint}")
    return program


def _complaints(control: Control, program: cel.Program) -> Iterator[str]:
    yield from _unknown_words(control.expression, program)
    yield from _does_not_run(program)
    yield from _bad_placeholders(control)


def _unknown_words(expression: str, program: cel.Program) -> Iterator[str]:
    bare = _STRING.sub(lambda match: " " * len(match.group()), expression)
    bound: dict[str, Words] = {match[2]: LISTS[match[1]] for match in _MACRO.finditer(bare) if match[1] in LISTS}
    known: dict[str, Words] = ROOTS | bound
    for name in program.variables():
        if name not in known and name not in LISTS:
            yield f"expression: unknown word {name!r} at character {bare.find(name) + 1}; known: {_names(known)}"
    for match in _ACCESS.finditer(bare):
        root, word, call = match.groups()
        if root in known and not call and word not in known[root]:
            place = f"character {match.start(2) + 1}"
            yield f"expression: {root} has no field {word!r} ({place}); it has: {_names(known[root])}"


def _does_not_run(program: cel.Program) -> Iterator[str]:
    for empty in (False, True):
        try:
            value = program.execute(cel.Context(sample(empty=empty)))
        except (TypeError, ValueError, RuntimeError, LookupError) as error:
            when = "where every optional value is absent" if empty else "where every value is present"
            yield f"expression: does not run {when}: {_first_line(error)}"
        else:
            if not isinstance(value, (bool, list)):
                yield f"expression: gives {type(value).__name__}, not a truth value or a list of offenders"


def _bad_placeholders(control: Control) -> Iterator[str]:
    for path in placeholders(control.message):
        root, _, word = path.partition(".")
        if path != "count" and word not in ROOTS.get(root, {}):
            yield f"message: unknown placeholder {{{path}}}"
    every_word = set().union(*LISTS.values())
    for path in placeholders(control.each or ""):
        if path not in every_word:
            yield f"each: unknown placeholder {{{path}}}"


def placeholders(template: str) -> list[str]:
    """Names between braces."""
    return _PLACEHOLDER.findall(template)


def _names(words: object) -> str:
    return ", ".join(sorted(words)) if isinstance(words, dict) else ""


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
