"""Narrowing, knowledge, currencies without a rate, trends and comparisons of figures."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.records import Client, Project
from serving.boards.compare import Says, around, change
from serving.boards.known import know
from serving.boards.measure import Measure, apart, by, wilson, with_trend
from serving.boards.registry import KPIS
from serving.boards.scope import FILTERS, Dimension, Step, of_week, steps
from tests.serving.boards.kit import WHOLE, Firm, at, measured
from tests.serving.factories import NOW

PLACES = {"entity": ("E1", "E2"), "region": ("North", "South"), "service_line": ("Audit", "Tax"),
          "segment": ("Large", "Small"), "client": ("CA", "CB")}  # fmt: skip


@pytest.fixture
def split(books: Firm) -> Firm:
    """Two clients, entities, regions, segments and lines: 100 credited in the first of each, 40 in the other."""
    for place, (amount, day) in enumerate(((100, "2026-01-05"), (40, "2026-01-06"))):
        entity, region, line, segment, client = (values[place] for values in PLACES.values())
        name = f"P{client}"
        books.add(Client, "2025-12-01", client_id=client, name=client, segment=segment, source_id=client)
        books.add(Project, "2025-12-01", project_id=name, client_id=client, name=name, region=region, service_line=line,
                  legal_entity_id=entity, currency="EUR", source_id=name)  # fmt: skip
        books.invoice(f"INV-{client}", 1000, client_id=client, project_id=name, legal_entity_id=entity,
                      issued_on="2026-01-02")  # fmt: skip
        books.credit(f"N{client}", f"INV-{client}", day, amount, client_id=client)
    return books


@pytest.mark.parametrize("dimension", FILTERS)
def test_a_filter_leaves_the_rows_of_its_value(split: Firm, dimension: Dimension) -> None:
    first, second = PLACES[dimension.value]
    values = [measured(split.connection, "credit-notes", replace(WHOLE, only={dimension: value})).value
              for value in (first, second, "nowhere")]  # fmt: skip
    assert values == [100, 40, 0]


@pytest.mark.parametrize("dimension", FILTERS)
def test_a_breakdown_adds_up_to_the_whole(split: Firm, dimension: Dimension) -> None:
    know(split.connection, WHOLE)
    parts = by(split.connection, KPIS["credit-notes"], WHOLE, dimension)
    assert {name: part.value for name, part in parts.items()} == dict(
        zip(PLACES[dimension.value], (100, 40), strict=True)
    )


def test_what_became_known_later_does_not_count(books: Firm) -> None:
    books.credit("N1", "INV-1", "2026-01-07", 100)
    exactly = replace(WHOLE, as_of=at("2026-01-07"))
    assert measured(books.connection, "credit-notes", exactly).value == 0
    assert measured(books.connection, "credit-notes", replace(exactly, as_of=at("2026-01-07 00:01"))).value == 100


def test_the_period_includes_its_first_and_last_day(books: Firm) -> None:
    books.credit("N1", "INV-1", "2026-01-05", 1)
    books.credit("N2", "INV-1", "2026-01-07", 2)
    books.credit("N3", "INV-1", "2026-01-08", 4)
    scope = WHOLE.between(date(2026, 1, 5), date(2026, 1, 7))
    assert measured(books.connection, "credit-notes", scope).value == 3


def test_money_without_a_rate_is_shown_apart_and_added_to_nothing(books: Firm) -> None:
    books.rate("CHF", "1.5")
    books.credit("N1", "INV-1", "2026-01-05", 100)
    books.credit("N2", "INV-2", "2026-01-05", 100, currency="CHF")
    books.credit("N3", "INV-3", "2026-01-05", 70, currency="USD")
    assert measured(books.connection, "credit-notes").value == 250
    [left] = apart(books.connection, KPIS["credit-notes"], WHOLE)
    assert (left.currency, left.rows, left.amount) == ("USD", 1, Decimal(70))


def test_a_trend_has_every_week_and_stocks_stand_at_each_end(books: Firm) -> None:
    books.approval("A1", "PM1", "2026-01-06", "2026-01-20")
    books.approval("A2", "PM1", "2026-01-13")
    scope = WHOLE.between(date(2026, 1, 5), date(2026, 1, 31))
    kpi, spans = KPIS["approvals-pending"], steps(scope, Step.WEEK)
    know(books.connection, scope, [kpi])
    assert [first.day for first, _ in spans] == [5, 12, 19, 26]
    assert [point.value for point in with_trend(books.connection, kpi, scope, spans)[1]] == [1, 2, 1, 1]
    asked = KPIS["approval-latency"]
    assert [point.among for point in with_trend(books.connection, asked, scope, spans)[1]] == [1, 1, 0, 0]


def test_months_begin_on_the_first_and_none_lies_ahead() -> None:
    scope = WHOLE.between(date(2025, 12, 15), date(2026, 6, 30))
    assert steps(scope, Step.MONTH)[0] == (date(2025, 12, 1), date(2025, 12, 31))
    assert steps(scope, Step.MONTH)[-1] == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_week_is_told_as_it_was_known_when_it_ended() -> None:
    past, present = of_week(date(2026, 1, 7), NOW), of_week(NOW.date(), NOW)
    assert (past.since, past.until, past.as_of) == (date(2026, 1, 5), date(2026, 1, 11), at("2026-01-12"))
    assert present.as_of == NOW


def test_before_and_after_a_day_are_told_apart_when_there_is_enough(books: Firm) -> None:
    for number in range(40):
        day = date(2026, 1, 1) + timedelta(days=number % 10)
        books.approval(f"A{number}", "PM1", str(day), str(day + timedelta(days=2)))
        books.approval(f"B{number}", "PM1", str(day + timedelta(days=10)), str(day + timedelta(days=11)))
    kpi = KPIS["approval-latency"]
    scope = WHOLE.between(date(2026, 1, 1), date(2026, 1, 31))
    know(books.connection, WHOLE, [kpi])
    found = around(books.connection, kpi, scope, date(2026, 1, 11))
    assert (found.before.value, found.after.value, found.says, found.good) == (2, 1, Says.DOWN, True)


@pytest.mark.parametrize(("hits", "days", "says"), [
    ((3, 4), (7, 7), Says.FEW), ((100, 104), (7, 7), Says.CHANCE), ((100, 200), (7, 7), Says.UP),
    ((100, 100), (7, 14), Says.DOWN),
])  # fmt: skip
def test_counts_are_compared_by_the_day(hits: tuple[int, int], days: tuple[int, int], says: Says) -> None:
    before, after = (Measure(float(count), count, count, count) for count in hits)
    assert change(KPIS["disputes-opened"], (before, after), days).says is says


@given(st.integers(1, 500), st.data())
@settings(max_examples=50)
def test_the_interval_of_a_share_holds_it_and_narrows(known: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, known))
    low, high = wilson(hits, known)
    assert 0 <= low <= hits / known <= high <= 1
    wider = wilson(hits, known)[1] - wilson(hits, known)[0]
    assert wilson(hits * 4, known * 4)[1] - wilson(hits * 4, known * 4)[0] < wider


def test_the_median_has_no_upper_end_while_too_few_are_done(books: Firm) -> None:
    books.approval("A1", "PM1", "2026-01-01", "2026-01-02")
    books.approval("A2", "PM1", "2026-01-01", "2026-01-03")
    books.approval("A3", "PM1", "2026-01-03")
    found = measured(books.connection, "approval-latency")
    assert (found.value, found.low, found.high, found.unknown) == (2, 1, None, 1)
