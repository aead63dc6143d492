"""Turns the records known at the scoring moment into the plain typed facts that controls speak of.

A fact is worked out when a control first asks for it, and never if none does.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from features.asof import DAY_US
from serving.controls import around, billed_lines, totals
from serving.controls.known import Known, Values
from serving.controls.subject import Subject
from serving.controls.vocabulary import LISTS, ROOTS, Words

Make = Callable[[], Any]


class Record(dict[str, Any]):
    """One root of the facts; a word that was not asked for yet is worked out on the spot."""

    def __init__(self, words: Words, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._words = words
        self._make = make

    def __missing__(self, word: str) -> Any:
        if word not in self._words:
            raise KeyError(word)
        value = self[word] = self._make(word)
        return value

    def get(self, word: str, default: Any = None) -> Any:
        """The word's value, worked out if need be; ``default`` for a word that does not exist."""
        return self[word] if word in self._words else default

    def complete(self) -> Values:
        """Every word with its value."""
        return {word: self[word] for word in self._words}


class Facts(dict[str, Any]):
    """One invoice and what surrounds it: a root is a record, a list is a list of records."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject

    def __missing__(self, name: str) -> Any:
        if name in LISTS:
            value: Any = [Record(LISTS[name], make) for make in _LISTS[name](self.subject)]
        else:
            value = Record(ROOTS[name], _root(self.subject, name))
        self[name] = value
        return value

    def __getattr__(self, name: str) -> Any:
        if name in LISTS or name in ROOTS:
            return self[name]
        raise AttributeError(name)

    @cached_property
    def scope(self) -> tuple[str | None, str | None, str | None]:
        """Client, legal entity and project: what overlays and snoozes ask."""
        invoice = self["invoice"]
        return invoice["client_id"], invoice["legal_entity_id"], invoice["project_id"]

    def complete(self) -> dict[str, Any]:
        """Every fact, worked out."""
        roots = {name: self[name].complete() for name in ROOTS}
        return roots | {name: [item.complete() for item in self[name]] for name in LISTS}


def facts_of(known: Known, invoice_id: str) -> Facts:
    """The facts of one invoice; of an unknown one, facts that say so."""
    return Facts(Subject(known, invoice_id))


_RECORDS: Mapping[str, Callable[[Subject], int | None]] = {
    "invoice": lambda subject: subject.row,
    "client": lambda subject: subject.client,
    "contract": lambda subject: subject.contract,
    "project": lambda subject: subject.project,
    "legal_entity": lambda subject: subject.legal_entity,
}
_DERIVED: Mapping[str, Mapping[str, Callable[[Subject], Any]]] = {
    "totals": totals.TOTALS,
    "fx": {"valid_on": around.rate_day},
    "sync": {"failed": lambda subject: around.failures(subject) > 0, "failures": lambda s: float(around.failures(s))},
    "scoring": {"today": lambda subject: subject.known.as_of // DAY_US},
}
_LISTS: Mapping[str, Callable[[Subject], list[Callable[[str], Any]]]] = {
    "lines": billed_lines.lines,
    "unapproved_time": around.unapproved_time,
    "late_time": around.late_time,
    "twins": around.twins,
    "overlapping": around.overlapping,
    "links": around.links,
    "approvals": around.approvals,
}


def _root(subject: Subject, name: str) -> Callable[[str], Any]:
    if name in _DERIVED:
        makers = _DERIVED[name]
        return lambda word: makers[word](subject)
    row, known = _RECORDS[name](subject), subject.known
    readers = known.readers(name)

    def make(word: str) -> Any:
        if word == "known":
            return row is not None
        if row is None:
            return None
        if word == "first_known_on":
            return known.first_known(name, row) // DAY_US
        return readers[word](row)

    return make
