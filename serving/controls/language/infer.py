"""Types an expression before it ever runs, with what is known to be not null on every branch.

``a && b`` reads ``b`` knowing that ``a`` held, ``a || b`` knowing that it did not; so ``x != null && x > 1.0`` is fine
and ``x > 1.0 || x == null`` is refused, whatever values would have hidden it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from serving.controls.language.nodes import (
    Binary,
    Call,
    Choice,
    Items,
    LanguageError,
    Literal,
    Macro,
    Name,
    Node,
    Unary,
    Word,
)
from serving.controls.vocabulary import FactType, Words

Path = tuple[str, str]
Paths = frozenset[Path]
NONE: Paths = frozenset()


class Kind(StrEnum):
    """What a value can be."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "truth value"
    DAY = "day"
    WHOLE = "whole number"
    NULL = "null"
    LIST = "list of records"
    SET = "list of values"


_OF_FACT = {
    FactType.TEXT: Kind.TEXT,
    FactType.NUMBER: Kind.NUMBER,
    FactType.FLAG: Kind.FLAG,
    FactType.DAY: Kind.DAY,
}
_ORDERED = frozenset({Kind.TEXT, Kind.NUMBER, Kind.DAY, Kind.WHOLE})


@dataclass(frozen=True)
class Typed:
    """What is known of an expression.

    Attributes:
        nullable: it may be null here.
        element: of a list of records, the name of the list whose words they have ("" of an empty list).
        member: of a list of values, their kind.
        when_true, when_false: words that are not null if the expression is true, or false.
    """

    kind: Kind
    nullable: bool = False
    element: str = ""
    member: Kind = Kind.NULL
    when_true: Paths = NONE
    when_false: Paths = NONE


@dataclass(frozen=True)
class Scope:
    """The words in reach: roots, lists, and the variables that macros bind to a list's records."""

    roots: Mapping[str, Words]
    lists: Mapping[str, Words]
    variables: Mapping[str, str] = field(default_factory=dict)
    filled: Paths = NONE  # words known to be not null here

    def knowing(self, more: Paths) -> "Scope":
        """The same, and some words are not null."""
        return Scope(self.roots, self.lists, self.variables, self.filled | more)

    def binding(self, variable: str, of: str) -> "Scope":
        """The same, with a variable of a macro."""
        return Scope(self.roots, self.lists, {**self.variables, variable: of}, self.filled)


def infer(node: Node, scope: Scope) -> Typed:
    """The type of an expression; raises ``LanguageError`` at the first place that is unknown, ill-typed or unsafe."""
    match node:
        case Literal():
            return _literal(node)
        case Word():
            return _word(node, scope)
        case Name():
            return _name(node, scope)
        case Unary():
            return _unary(node, scope)
        case Binary():
            return _binary(node, scope)
        case Choice():
            return _choice(node, scope)
        case Macro():
            return _macro(node, scope)
        case Call():
            return _call(node, scope)
        case Items():
            return _items(node, scope)


def _literal(node: Literal) -> Typed:
    kinds = {str: Kind.TEXT, bool: Kind.FLAG, float: Kind.NUMBER, int: Kind.WHOLE}
    return Typed(Kind.NULL, nullable=True) if node.value is None else Typed(kinds[type(node.value)])


def _word(node: Word, scope: Scope) -> Typed:
    of = scope.variables.get(node.root)
    words = scope.roots.get(node.root) if of is None else scope.lists.get(of, {})
    if words is None:
        known = ", ".join(sorted({*scope.roots, *scope.variables}))
        raise LanguageError(f"unknown word {node.root!r}; known: {known}", node.place - len(node.root) - 1)
    if node.name not in words:
        raise LanguageError(f"{node.root} has no field {node.name!r}; it has: {', '.join(sorted(words))}", node.place)
    fact = words[node.name]
    return Typed(_OF_FACT[fact.type], nullable=fact.nullable and (node.root, node.name) not in scope.filled)


def _name(node: Name, scope: Scope) -> Typed:
    if node.name in scope.variables or node.name in scope.roots:
        raise LanguageError(f"{node.name!r} is a record; name one of its fields", node.place)
    if node.name not in scope.lists:
        known = ", ".join(sorted({*scope.roots, *scope.lists, *scope.variables}))
        raise LanguageError(f"unknown word {node.name!r}; known: {known}", node.place)
    return Typed(Kind.LIST, element=node.name)


def _needs(node: Node, scope: Scope, *kinds: Kind, what: str) -> Typed:
    """The type of a part that must be one of ``kinds`` and not null."""
    found = infer(node, scope)
    if found.kind not in kinds:
        raise LanguageError(f"{what} needs {' or '.join(kinds)}, not {found.kind}", node.place)
    if found.nullable:
        raise LanguageError(f"{what}: may be null here; compare with null first", node.place)
    return found


def _unary(node: Unary, scope: Scope) -> Typed:
    if node.operator == "!":
        inner = _needs(node.operand, scope, Kind.FLAG, what="'!'")
        return Typed(Kind.FLAG, when_true=inner.when_false, when_false=inner.when_true)
    return Typed(_needs(node.operand, scope, Kind.NUMBER, Kind.WHOLE, what="'-'").kind)


def _binary(node: Binary, scope: Scope) -> Typed:
    if node.operator in ("&&", "||"):
        return _logical(node, scope)
    if node.operator in ("==", "!="):
        return _equality(node, scope)
    if node.operator == "in":
        return _membership(node, scope)
    if node.operator in ("+", "-", "*"):
        return Typed(_arithmetic(node, scope))
    left = _needs(node.left, scope, *_ORDERED, what=f"{node.operator!r}")
    right = _needs(node.right, scope, *_ORDERED, what=f"{node.operator!r}")
    if left.kind is not right.kind:
        raise LanguageError(f"cannot compare {left.kind} with {right.kind}{_hint(left.kind, right.kind)}", node.place)
    return Typed(Kind.FLAG)


def _logical(node: Binary, scope: Scope) -> Typed:
    left = _needs(node.left, scope, Kind.FLAG, what=f"{node.operator!r}")
    if node.operator == "&&":
        right = _needs(node.right, scope.knowing(left.when_true), Kind.FLAG, what="'&&'")
        false = left.when_false & (left.when_true | right.when_false)
        return Typed(Kind.FLAG, when_true=left.when_true | right.when_true, when_false=false)
    right = _needs(node.right, scope.knowing(left.when_false), Kind.FLAG, what="'||'")
    true = left.when_true & (left.when_false | right.when_true)
    return Typed(Kind.FLAG, when_true=true, when_false=left.when_false | right.when_false)


def _equality(node: Binary, scope: Scope) -> Typed:
    left, right = infer(node.left, scope), infer(node.right, scope)
    for side, part in ((left, node.left), (right, node.right)):
        if side.kind in (Kind.LIST, Kind.SET):
            raise LanguageError("lists are not compared; use exists, all or size", part.place)
    if left.kind is not right.kind and Kind.NULL not in (left.kind, right.kind):
        raise LanguageError(f"cannot compare {left.kind} with {right.kind}{_hint(left.kind, right.kind)}", node.place)
    equal, unequal = _filled_by(node, left, right)
    if node.operator == "!=":
        equal, unequal = unequal, equal
    return Typed(Kind.FLAG, when_true=equal, when_false=unequal)


def _filled_by(node: Binary, left: Typed, right: Typed) -> tuple[Paths, Paths]:
    """Words that are not null if both sides are equal, and if they are not."""
    equal: Paths = NONE
    unequal: Paths = NONE
    for part, other in ((node.left, right), (node.right, left)):
        if isinstance(part, Word):
            path = frozenset({(part.root, part.name)})
            if other.kind is Kind.NULL:
                unequal |= path
            elif not other.nullable:
                equal |= path
    return equal, unequal


def _membership(node: Binary, scope: Scope) -> Typed:
    left, right = infer(node.left, scope), infer(node.right, scope)
    if right.kind is not Kind.SET:
        raise LanguageError("'in' needs a list written out, as in x in ['a', 'b']", node.right.place)
    if left.kind is not right.member:
        raise LanguageError(f"cannot look for {left.kind} among {right.member}", node.place)
    filled = frozenset({(node.left.root, node.left.name)}) if isinstance(node.left, Word) else NONE
    return Typed(Kind.FLAG, when_true=filled)


def _arithmetic(node: Binary, scope: Scope) -> Kind:
    kinds = (Kind.NUMBER, Kind.WHOLE, Kind.DAY)
    left = _needs(node.left, scope, *kinds, what=f"{node.operator!r}").kind
    right = _needs(node.right, scope, *kinds, what=f"{node.operator!r}").kind
    if left is right is Kind.NUMBER:
        return Kind.NUMBER
    if node.operator != "*":
        if left is right is Kind.WHOLE:
            return Kind.WHOLE
        if left is Kind.DAY and right is Kind.WHOLE:
            return Kind.DAY
        if left is right is Kind.DAY and node.operator == "-":
            return Kind.WHOLE
    raise LanguageError(f"cannot compute {left} {node.operator} {right}{_hint(left, right)}", node.place)


def _hint(left: Kind, right: Kind) -> str:
    if {left, right} == {Kind.NUMBER, Kind.WHOLE}:
        return "; write 1.0 for the number 1, double(…) for a count of days"
    return "; days differ by whole numbers" if Kind.DAY in (left, right) else ""


def _choice(node: Choice, scope: Scope) -> Typed:
    condition = _needs(node.condition, scope, Kind.FLAG, what="'?'")
    then = infer(node.then, scope.knowing(condition.when_true))
    otherwise = infer(node.otherwise, scope.knowing(condition.when_false))
    nullable = then.nullable or otherwise.nullable
    for empty, full in ((then, otherwise), (otherwise, then)):
        if full.kind is Kind.LIST and empty.kind is Kind.SET and empty.member is Kind.NULL:
            return full
    if then.kind is not otherwise.kind or then.element != otherwise.element or then.member is not otherwise.member:
        raise LanguageError(f"gives {then.kind} or {otherwise.kind}; both must be the same", node.place)
    return Typed(then.kind, nullable=nullable, element=then.element, member=then.member)


def _macro(node: Macro, scope: Scope) -> Typed:
    source = _needs(node.source, scope, Kind.LIST, what=node.macro)
    if node.variable in scope.roots or node.variable in scope.lists or node.variable in scope.variables:
        raise LanguageError(f"{node.variable!r} is taken; name the variable otherwise", node.place)
    _needs(node.body, scope.binding(node.variable, source.element), Kind.FLAG, what=node.macro)
    return Typed(Kind.LIST, element=source.element) if node.macro == "filter" else Typed(Kind.FLAG)


def _call(node: Call, scope: Scope) -> Typed:
    wanted = {"size": (Kind.LIST,), "double": (Kind.WHOLE,)}.get(node.function, (Kind.TEXT, Kind.TEXT))
    if len(node.arguments) != len(wanted):
        raise LanguageError(f"{node.function} takes another number of values", node.place)
    for argument, kind in zip(node.arguments, wanted, strict=True):
        _needs(argument, scope, kind, what=node.function)
    return Typed({"size": Kind.WHOLE, "double": Kind.NUMBER}.get(node.function, Kind.FLAG))


def _items(node: Items, scope: Scope) -> Typed:
    kinds = {_needs(item, scope, Kind.TEXT, Kind.NUMBER, Kind.WHOLE, what="a list").kind for item in node.items}
    if len(kinds) > 1:
        raise LanguageError("a list holds values of one type", node.place)
    return Typed(Kind.SET, member=next(iter(kinds), Kind.NULL))
