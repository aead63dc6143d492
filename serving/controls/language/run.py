"""A typed expression as a Python function, and the words that it reads.

The library that runs CEL converts every fact and every list element anew, which costs more than scoring may take; a
typed expression needs none of its care. It stays the reference: tests hold both to the same answers.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from serving.controls.language.nodes import Binary, Call, Choice, Items, Literal, Macro, Name, Node, Unary, Word

Environment = dict[str, Any]
Run = Callable[[Environment], Any]

THRESHOLD = "threshold"

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "size": len,
    "double": float,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": operator.contains,
}


def compiled(node: Node, thresholds: Mapping[str, float]) -> Run:
    """The function of an expression that :func:`infer` accepted; thresholds become constants."""
    match node:
        case Literal(value=value):
            return lambda _: value
        case Word(root=root, name=name):
            return _word(root, name, thresholds)
        case Name(name=name):
            return lambda env: env[name]
        case Unary():
            return _unary(node, thresholds)
        case Binary():
            return _binary(node, thresholds)
        case Choice():
            parts = (compiled(part, thresholds) for part in (node.condition, node.then, node.otherwise))
            return _choice(*parts)
        case Macro():
            return _macro(node, thresholds)
        case Call():
            return _call(node, thresholds)
        case Items(items=items):
            values = [compiled(item, thresholds) for item in items]
            return lambda env: [value(env) for value in values]


def _word(root: str, name: str, thresholds: Mapping[str, float]) -> Run:
    if root == THRESHOLD:
        constant = thresholds[name]
        return lambda _: constant
    return lambda env: env[root][name]


def _unary(node: Unary, thresholds: Mapping[str, float]) -> Run:
    operand = compiled(node.operand, thresholds)
    if node.operator == "!":
        return lambda env: not operand(env)
    return lambda env: -operand(env)


def _binary(node: Binary, thresholds: Mapping[str, float]) -> Run:
    left, right = compiled(node.left, thresholds), compiled(node.right, thresholds)
    if node.operator == "&&":
        return lambda env: left(env) and right(env)
    if node.operator == "||":
        return lambda env: left(env) or right(env)
    if node.operator == "in":
        return lambda env: left(env) in right(env)
    if isinstance(node.left, Word) and isinstance(node.right, Literal) and node.left.root != THRESHOLD:
        return _against_constant(node.left, node.operator, node.right.value)
    compute = _OPERATORS[node.operator]
    return lambda env: compute(left(env), right(env))


def _against_constant(word: Word, sign: str, constant: Any) -> Run:
    """The commonest comparison, with one call instead of three."""
    root, name, compute = word.root, word.name, _OPERATORS[sign]
    if constant is None and sign == "==":
        return lambda env: env[root][name] is None
    if constant is None and sign == "!=":
        return lambda env: env[root][name] is not None
    return lambda env: compute(env[root][name], constant)


def _choice(condition: Run, then: Run, otherwise: Run) -> Run:
    return lambda env: then(env) if condition(env) else otherwise(env)


def _macro(node: Macro, thresholds: Mapping[str, float]) -> Run:
    source, body, variable = compiled(node.source, thresholds), compiled(node.body, thresholds), node.variable

    # The variable's name is used by no other macro around it, so that it need not get an earlier value back.
    def chosen(env: Environment) -> list[Any]:
        found = []
        for item in source(env):
            env[variable] = item
            if body(env):
                found.append(item)
        return found

    def every(env: Environment) -> bool:
        for item in source(env):
            env[variable] = item
            if not body(env):
                return False
        return True

    if node.macro == "filter":
        return chosen
    if node.macro == "all":
        return every
    if node.macro == "exists_one":
        return lambda env: len(chosen(env)) == 1
    return lambda env: bool(chosen(env))


def _call(node: Call, thresholds: Mapping[str, float]) -> Run:
    function, parts = _FUNCTIONS[node.function], [compiled(part, thresholds) for part in node.arguments]
    if len(parts) == 1:
        only = parts[0]
        return lambda env: function(only(env))
    first, second = parts
    return lambda env: function(first(env), second(env))


def words_read(node: Node, lists: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every (root or list, word) that an expression reads; a list read as a whole is (list, "")."""
    return set(_read(node, lists, {}))


def _read(node: Node, lists: Mapping[str, Any], bound: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    match node:
        case Word(root=root, name=name):
            yield bound.get(root, root), name
        case Name(name=name):
            yield name, ""
        case Macro():
            yield from _read(node.source, lists, bound)
            of = next((name for name, word in _read(node.source, lists, bound) if name in lists and not word), "")
            yield from _read(node.body, lists, {**bound, node.variable: of})
        case _:
            for part in _parts(node):
                yield from _read(part, lists, bound)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Choice():
            return (node.condition, node.then, node.otherwise)
        case Call():
            return node.arguments
        case Items():
            return node.items
        case _:
            return ()
