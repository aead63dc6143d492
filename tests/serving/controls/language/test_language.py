"""A control's expression is refused before it runs if any value, on any branch, could break it; with its place."""

from typing import Any

import cel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.controls.language.infer import Kind, Scope, infer
from serving.controls.language.nodes import LanguageError
from serving.controls.language.run import compiled, words_read
from serving.controls.language.syntax import DEEPEST, parse
from serving.controls.load import load_controls
from serving.controls.vocabulary import LISTS, ROOTS, Fact, FactType, Words

SCOPE = Scope(ROOTS, LISTS)

# expression → (part of the message, character at fault)
REFUSED = {
    "invoice.colour == 1": ("invoice has no field 'colour'", 9),
    "lines.exists(l, l.colour == 1)": ("l has no field 'colour'", 19),
    "inovice.amount > 1.0": ("unknown word 'inovice'", 1),
    "known == true": ("unknown word 'known'", 1),
    "invoice": ("is a record", 1),
    "invoice.amount > 1.0": ("may be null", 9),
    "invoice.known || invoice.amount > 1.0": ("may be null", 26),
    "invoice.amount == null && invoice.amount > 1.0": ("may be null", 35),
    "invoice.amount != null || invoice.amount > 1.0": ("may be null", 35),
    "invoice.amount != null ? true : invoice.amount > 1.0": ("may be null", 41),
    "invoice.amount != null && lines.exists(l, l.amount > 1.0)": ("may be null", 45),
    "client.po_required": ("that may be null", 1),
    "!client.po_required": ("may be null", 9),
    "client.po_required && true": ("may be null", 8),
    "invoice.known && 1 > 'a'": ("cannot compare whole number with text", 20),
    "totals.lines == 0": ("cannot compare number with whole number; write 1.0", 14),
    "scoring.today > 1.5": ("cannot compare day with number", 15),
    "scoring.today + 1.5 > scoring.today": ("cannot compute day + number", 15),
    "scoring.today + scoring.today > 1": ("cannot compute day + day", 15),
    "'a' + 'b' == 'ab'": ("'+' needs number", 1),
    "totals.lines / 2.0 > 1.0": ("cannot read '/'", 14),
    "1.0 % 2.0 > 0.0": ("cannot read '%'", 5),
    "-invoice.known": ("'-' needs number", 10),
    "lines == lines": ("lists are not compared", 1),
    "invoice.currency in 'EUR'": ("needs a list written out", 21),
    "invoice.currency in [1.0]": ("cannot look for text among number", 18),
    "['a', 1.0] == null": ("one type", 1),
    "lines.map(l, l.amount)": ("'map' is not part of the language", 7),
    "matches(invoice.currency)": ("'matches' is not part", 1),
    "size('abc') > 2": ("size needs list of records", 6),
    "invoice.known.exists(x, x)": ("exists needs list of records", 9),
    "lines.exists(lines, true)": ("is taken", 7),
    "lines.exists(l, lines.exists(l, l.amount == 1.0))": ("is taken", 23),
    "invoice.known ? lines : twins": ("both must be the same", 15),
    "invoice.amount ==": ("where a value is expected", 18),
    "invoice.known)": ("the end expected", 14),
    "99999999999 > 1": ("a whole number above", 1),
    "invoice.currency.size() > 1": ("'size' is not part", 18),
    "startsWith(1)": ("'startsWith' is not part", 1),
}


@pytest.mark.parametrize("expression", REFUSED)
def test_what_could_fail_is_refused_at_its_character(expression: str) -> None:
    message, place = REFUSED[expression]
    if message == "that may be null":
        assert infer(parse(expression), SCOPE).nullable
        return
    with pytest.raises(LanguageError, match=r"\(character \d+\)") as caught:
        infer(parse(expression), SCOPE)
    assert message in str(caught.value)
    assert caught.value.place == place


ACCEPTED = [
    "invoice.amount != null && invoice.amount > 1.0",
    "invoice.amount == null || invoice.amount > 1.0",
    "!(invoice.amount == null) && invoice.amount > 1.0",
    "!(invoice.amount == null || invoice.tax_amount == null) && invoice.amount > invoice.tax_amount",
    "(invoice.amount != null ? invoice.amount : 0.0) > 1.0",
    "invoice.currency == 'EUR' && invoice.currency < 'F'",
    "invoice.currency in ['EUR', 'USD'] && invoice.currency.startsWith('E')",
    "client.po_required == true",
    "invoice.due_date != null && double(scoring.today - invoice.due_date) > 1.5",
    "invoice.due_date != null && invoice.due_date + 30 < scoring.today",
    "(invoice.amount != null && invoice.amount > 1.0) || invoice.currency == contract.currency",
    "size(lines) > 2 && lines.all(l, l.amount != null && lines.exists(k, k.amount == l.amount))",
]


@pytest.mark.parametrize("expression", ACCEPTED)
def test_what_is_guarded_is_accepted(expression: str) -> None:
    assert infer(parse(expression), SCOPE).kind is Kind.FLAG


def test_nesting_and_length_have_a_limit() -> None:
    with pytest.raises(LanguageError, match="nested deeper"):
        parse("(" * (DEEPEST + 1) + "true" + ")" * (DEEPEST + 1))
    with pytest.raises(LanguageError, match="nested deeper"):
        parse("!" * 100 + "true")
    with pytest.raises(LanguageError, match="longer than"):
        parse("true" + " " * 5_000)


def test_the_words_read_name_their_lists() -> None:
    read = words_read(parse("lines.exists(l, l.amount != invoice.amount)"), LISTS)
    assert read == {("lines", ""), ("lines", "amount"), ("invoice", "amount")}


# A small vocabulary in which every word is often null, so that a hidden branch is soon found out.
WORDS: Words = {
    "t": Fact(FactType.TEXT, "", nullable=True),
    "n": Fact(FactType.NUMBER, "", nullable=True),
    "m": Fact(FactType.NUMBER, ""),
    "f": Fact(FactType.FLAG, "", nullable=True),
    "d": Fact(FactType.DAY, "", nullable=True),
}
SMALL = Scope({"a": WORDS}, {"xs": WORDS})
VALUES: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.TEXT: st.sampled_from(["", "x", "é", "xy"]),
    FactType.NUMBER: st.sampled_from([0.0, -1.5, 1.0, 1e9]),
    FactType.FLAG: st.booleans(),
    FactType.DAY: st.integers(-10, 30_000),
}
RECORDS = st.fixed_dictionaries(
    {name: st.none() | VALUES[fact.type] if fact.nullable else VALUES[fact.type] for name, fact in WORDS.items()}
)
LEAVES = st.sampled_from(
    ["a.t", "a.n", "a.m", "a.f", "a.d", "x.t", "x.n", "x.f", "x.d", "null", "true", "1", "1.5", "'x'", "xs", "a.d - 1"]
)
GUARDS = st.sampled_from(["a.n != null", "a.t == null", "a.f == true", "a.d != null", "x.n != null", "a.t in ['x']"])


def _grown(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["==", "!=", "<", ">=", "+", "-", "*", "&&", "||", "&&", "||"])
    macros = st.sampled_from(["exists", "all", "filter", "exists_one"])
    return st.one_of(
        st.builds("({} {} {})".format, part, signs, part),
        st.builds("({} {} {})".format, GUARDS, st.sampled_from(["&&", "||"]), part),
        st.builds("!({})".format, part),
        st.builds("xs.{}(x, {})".format, macros, part),
        st.builds("({} ? {} : {})".format, GUARDS | part, part, part),
        st.builds("size({})".format, part),
        st.builds("double({})".format, part),
    )


EXPRESSIONS = st.recursive(LEAVES | GUARDS, _grown, max_leaves=6)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS, RECORDS, st.lists(RECORDS, max_size=3))
def test_what_is_accepted_never_fails_and_says_what_cel_says(expression: str, a: Any, xs: list[Any]) -> None:
    tree = parse(expression)
    try:
        found = infer(tree, SMALL)
    except LanguageError:
        return
    mine = compiled(tree, {})({"a": a, "xs": xs})
    theirs = cel.compile(expression).execute(cel.Context({"a": a, "xs": xs}))
    assert mine == theirs
    assert found.nullable or mine is not None


@settings(max_examples=100, deadline=None)
@given(st.text("ab.()[]!=<>&|?:'\"0123 ,lines\\", max_size=40))
def test_any_text_is_an_expression_or_refused_with_a_place(text: str) -> None:
    try:
        place = 1 if parse(text) else 0
    except LanguageError as refused:
        place = refused.place
    assert 1 <= place <= len(text) + 1


def _plain(draw: Any, words: Words) -> dict[str, Any]:
    return {
        name: draw(st.none() | VALUES[fact.type] if fact.nullable else VALUES[fact.type])
        for name, fact in words.items()
    }


SHIPPED = load_controls().controls


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_every_shipped_control_says_what_cel_says_whatever_is_null(data: st.DataObject) -> None:
    facts: dict[str, Any] = {name: _plain(data.draw, words) for name, words in ROOTS.items()}
    facts |= {
        name: [_plain(data.draw, words) for _ in range(data.draw(st.integers(0, 2)))] for name, words in LISTS.items()
    }
    for one in SHIPPED:
        expression = one.control.expression
        for name, limit in one.control.thresholds.items():
            expression = expression.replace(f"threshold.{name}", repr(limit.value))
        assert one.run(dict(facts)) == cel.compile(expression).execute(cel.Context(facts)), one.control.id
