"""The parts of an expression; each knows the character at which it starts."""

from dataclasses import dataclass


class LanguageError(Exception):
    """An expression cannot be used; ``place`` is the character at fault, counted from 1."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(f"{message} (character {place})")
        self.place = place


@dataclass(frozen=True)
class Literal:
    """A text, number, truth value or ``null``."""

    place: int
    value: str | float | int | bool | None


@dataclass(frozen=True)
class Word:
    """A field: ``invoice.amount``, ``l.currency``, ``threshold.days``."""

    place: int
    root: str
    name: str


@dataclass(frozen=True)
class Name:
    """A list of the facts, by its name."""

    place: int
    name: str


@dataclass(frozen=True)
class Unary:
    """``!`` or ``-``."""

    place: int
    operator: str
    operand: "Node"


@dataclass(frozen=True)
class Binary:
    """An operator between two expressions; ``place`` is the operator's."""

    place: int
    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Choice:
    """``condition ? then : otherwise``."""

    place: int
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True)
class Macro:
    """``list.exists(variable, body)`` and its like."""

    place: int
    macro: str
    source: "Node"
    variable: str
    body: "Node"


@dataclass(frozen=True)
class Call:
    """A function, or a method of a text (then the receiver is the first argument)."""

    place: int
    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class Items:
    """A list written out."""

    place: int
    items: tuple["Node", ...]


Node = Literal | Word | Name | Unary | Binary | Choice | Macro | Call | Items
