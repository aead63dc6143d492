"""Trends say of every span what the figure says of it, and leaving out what is long over changes nothing."""

from dataclasses import replace
from datetime import date

import pytest

from serving.boards.known import know
from serving.boards.measure import overall, with_trend
from serving.boards.registry import KPIS
from serving.boards.scope import Scope, Step, steps
from tests.serving.boards import worked_billing, worked_cash, worked_queue
from tests.serving.boards.kit import WHOLE, WORKED, Firm, at
from tests.serving.factories import NOW

EXAMPLES = (worked_billing, worked_cash, worked_queue)
WINTER = Scope(date(2025, 12, 17), date(2026, 2, 28), NOW)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("kpi_id", WORKED)
def test_period_and_spans_of_a_trend_are_the_figure_over_them(books: Firm, kpi_id: str, step: Step) -> None:
    WORKED[kpi_id](books)
    kpi, spans = KPIS[kpi_id], steps(WINTER, step)
    know(books.connection, WHOLE, [kpi])
    whole, points = with_trend(books.connection, kpi, WINTER, spans)
    assert whole == overall(books.connection, kpi, WINTER)
    assert points == [overall(books.connection, kpi, WINTER.between(*span)) for span in spans]


@pytest.mark.parametrize("kpi_id", WORKED)
def test_a_figure_needs_nothing_that_was_over_before_its_period(books: Firm, kpi_id: str) -> None:
    WORKED[kpi_id](books)
    kpi, scope = KPIS[kpi_id], WINTER.between(date(2026, 1, 20), date(2026, 2, 28))
    know(books.connection, WHOLE, [kpi])
    every = with_trend(books.connection, kpi, scope, steps(scope, Step.MONTH))
    know(books.connection, scope, [kpi])
    assert with_trend(books.connection, kpi, scope, steps(scope, Step.MONTH)) == every


def test_what_was_over_is_left_out_by_its_newest_version(books: Firm) -> None:
    books.approval("OLD", "PM1", "2025-03-01", "2025-03-02")
    books.approval("LATE", "PM1", "2025-03-01", "2026-01-30")
    books.approval("OPEN", "PM1", "2025-03-01")
    kpi, scope = KPIS["approvals-pending"], WINTER.between(date(2026, 1, 20), date(2026, 1, 31))
    know(books.connection, scope, [kpi])
    assert overall(books.connection, kpi, scope.between(scope.since, date(2026, 1, 29))).value == 2
    assert overall(books.connection, kpi, scope).value == 1


def test_a_period_ahead_shows_what_stands_today(books: Firm) -> None:
    books.approval("A1", "PM1", "2025-03-01")
    books.approval("A2", "PM1", "2026-02-05")
    kpi, scope = KPIS["approvals-pending"], WINTER.between(date(2026, 12, 1), date(2026, 12, 31))
    know(books.connection, scope, [kpi])
    assert overall(books.connection, kpi, scope).value == 2
    earlier = replace(scope, as_of=at("2026-02-01"))
    know(books.connection, earlier, [kpi])
    assert overall(books.connection, kpi, earlier).value == 1
