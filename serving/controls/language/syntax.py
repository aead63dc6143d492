"""Text to expression: the tokens and the grammar of the part of CEL that controls may use."""

import re
from dataclasses import dataclass

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

MACROS = frozenset({"all", "exists", "exists_one", "filter"})
METHODS = frozenset({"startsWith", "endsWith", "contains"})
FUNCTIONS = frozenset({"size", "double"})
LONGEST = 4000
DEEPEST = 40
# Whole numbers stay far from the edge of 64 bits, so that sums and differences of a few of them cannot leave it.
LARGEST_WHOLE = 1_000_000_000

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^'\\\n]|\\['"\\nt])*'|"(?:[^"\\\n]|\\['"\\nt])*")
    |(?P<double>\d+\.\d+(?:[eE][+-]?\d{1,3})?)
    |(?P<whole>\d+(?![\w.]))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<operator>&&|\|\||==|!=|<=|>=|[<>!?:()\[\],.+*-])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!=", "<", "<=", ">", ">=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*"}),
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


def parse(expression: str) -> Node:
    """The expression as a tree; raises ``LanguageError`` with the character at fault."""
    if len(expression) > LONGEST:
        raise LanguageError(f"longer than {LONGEST} characters", LONGEST + 1)
    parser = _Parser(_tokens(expression))
    tree = parser.choice()
    parser.expect("end", "")
    return tree


def _tokens(expression: str) -> list[_Token]:
    found, at = [], 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise LanguageError(f"cannot read {expression[at]!r}", at + 1)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), at + 1))
        at = match.end()
    return [*found, _Token("end", "", len(expression) + 1)]


class _Parser:
    """Recursive descent: one method per level of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def choice(self) -> Node:
        """``condition ? then : otherwise``, or anything that binds tighter."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise LanguageError(f"nested deeper than {DEEPEST} levels", self._token.place)
        condition = self._level(0)
        if self._token.text == "?" and self._token.kind == "operator":
            place = self._next().place
            then = self.choice()
            self.expect("operator", ":")
            condition = Choice(place, condition, then, self.choice())
        self._depth -= 1
        return condition

    def expect(self, kind: str, text: str) -> _Token:
        """The next token, which must be this one."""
        if (self._token.kind, self._token.text) != (kind, text):
            wanted = "the end" if kind == "end" else repr(text)
            raise LanguageError(f"syntax: {wanted} expected, not {self._token.text or 'the end'!r}", self._token.place)
        return self._next()

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._token
        self._at += token.kind != "end"
        return token

    def _is(self, text: str) -> bool:
        return self._token.kind == "operator" and self._token.text == text

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while self._token.kind in ("operator", "name") and self._token.text in _LEVELS[level]:
            operator = self._next()
            left = Binary(operator.place, operator.text, left, self._level(level + 1))
        return left

    def _unary(self) -> Node:
        signs = []
        while self._is("!") or self._is("-"):
            signs.append(self._next())
            if len(signs) > DEEPEST:
                raise LanguageError(f"nested deeper than {DEEPEST} levels", self._token.place)
        operand = self._postfix(self._primary())
        for sign in reversed(signs):
            operand = Unary(sign.place, sign.text, operand)
        return operand

    def _postfix(self, node: Node) -> Node:
        while self._is("."):
            self._next()
            if self._token.kind != "name":
                raise LanguageError("syntax: a name expected after '.'", self._token.place)
            name = self._next()
            if self._is("("):
                node = self._method(node, name)
            elif isinstance(node, Name):
                node = Word(name.place, node.name, name.text)
            else:
                raise LanguageError(f"there is no field {name.text!r} here", name.place)
        return node

    def _method(self, receiver: Node, name: _Token) -> Node:
        self._next()
        if name.text in MACROS:
            return self._macro(receiver, name)
        if name.text not in METHODS:
            known = ", ".join(sorted(MACROS | METHODS))
            raise LanguageError(f"{name.text!r} is not part of the language; it has: {known}", name.place)
        return Call(name.place, name.text, (receiver, *self._until(")")))

    def _macro(self, receiver: Node, name: _Token) -> Node:
        variable = self._next()
        if variable.kind != "name" or variable.text in _WORDS or variable.text == "in":
            raise LanguageError(f"{name.text} needs the name of a variable first", variable.place)
        self.expect("operator", ",")
        body = self.choice()
        self.expect("operator", ")")
        return Macro(name.place, name.text, receiver, variable.text, body)

    def _primary(self) -> Node:
        token = self._next()
        if token.kind == "text":
            return Literal(token.place, _ESCAPE.sub(lambda m: _ESCAPED.get(m[1], m[1]), token.text[1:-1]))
        if token.kind in ("double", "whole"):
            return Literal(token.place, _number(token))
        if token.kind == "name":
            return self._named(token)
        if token.kind == "operator" and token.text == "(":
            inner = self.choice()
            self.expect("operator", ")")
            return inner
        if token.kind == "operator" and token.text == "[":
            return Items(token.place, self._until("]"))
        raise LanguageError(f"syntax: {token.text or 'the end'!r} where a value is expected", token.place)

    def _named(self, token: _Token) -> Node:
        if token.text in _WORDS:
            return Literal(token.place, _WORDS[token.text])
        if not self._is("("):
            return Name(token.place, token.text)
        if token.text not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise LanguageError(f"{token.text!r} is not part of the language; it has: {known}", token.place)
        self._next()
        return Call(token.place, token.text, self._until(")"))

    def _until(self, closing: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._is(closing):
            if found:
                self.expect("operator", ",")
            found.append(self.choice())
        self._next()
        return tuple(found)


def _number(token: _Token) -> float | int:
    if token.kind == "double":
        return float(token.text)
    if int(token.text) > LARGEST_WHOLE:
        raise LanguageError(f"a whole number above {LARGEST_WHOLE}; write it with a decimal point", token.place)
    return int(token.text)
