"""Every figure equals its worked example, and means nothing where there is nothing."""

import re

import pytest
from sqlalchemy import Connection

from serving.boards.kpi import Kpi, Shape
from serving.boards.registry import KPIS
from tests.serving.boards import worked_billing, worked_cash, worked_queue
from tests.serving.boards.kit import WORKED, Firm, measured

EXAMPLES = (worked_billing, worked_cash, worked_queue)


def test_every_figure_has_its_worked_example() -> None:
    assert set(WORKED) == set(KPIS)


@pytest.mark.parametrize("kpi_id", WORKED)
def test_a_figure_equals_its_worked_example(books: Firm, kpi_id: str) -> None:
    expected = WORKED[kpi_id](books)
    found = measured(books.connection, kpi_id)
    assert found.value == pytest.approx(expected.value, rel=1e-9)
    assert (found.hits, found.known, found.among) == (expected.hits, expected.known, expected.among)


@pytest.mark.parametrize("kpi_id", KPIS)
def test_an_empty_firm_has_no_shares_and_counts_nothing(connection: Connection, kpi_id: str) -> None:
    found = measured(connection, kpi_id)
    nothing = 0 if KPIS[kpi_id].shape in (Shape.COUNT, Shape.SUM) else None
    assert (found.value, found.among) == (nothing, 0)


@pytest.mark.parametrize("kpi", KPIS.values(), ids=KPIS)
def test_a_figure_is_told_in_full(kpi: Kpi) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kpi.id)
    assert all(len(text) > 10 for text in (kpi.definition, kpi.formula, kpi.counts, kpi.misleads))
    assert bool(kpi.among) == (kpi.shape in (Shape.SHARE, Shape.RATIO, Shape.AGE, Shape.MEDIAN))
