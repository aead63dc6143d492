"""Boards over the API: the same numbers as the pages, strictly asked."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from serving.boards.registry import KPIS
from tests.serving.boards.kit import firm_in

Ask = Callable[..., Any]


@pytest.fixture
def ask(engine: Engine, log_in: Callable[..., TestClient]) -> Ask:
    """Asks as a manager; gives status and body."""
    with engine.begin() as connection:
        firm = firm_in(connection)
        firm.credit("N1", "INV-1", "2026-01-05", 100)
        firm.credit("N2", "INV-2", "2026-01-06", 40, currency="USD")
    client = log_in("mona", Role.MANAGER)

    def get(path: str, **query: str) -> tuple[int, Any]:
        answer = client.get(path, params=query)
        return answer.status_code, answer.json()

    return get


def test_every_figure_is_listed_with_its_definition(ask: Ask) -> None:
    status, found = ask("/v1/boards")
    assert (status, found["currency"]) == (200, "EUR")
    assert [figure["kpi_id"] for figure in found["figures"]] == list(KPIS)
    credited = next(figure for figure in found["figures"] if figure["kpi_id"] == "credit-notes")
    assert credited["measure"]["value"] == "100"
    assert len(credited["trend"]) == 12
    assert ask("/v1/boards")[1] == found  # as of the same moment: nothing was written since


def test_a_figure_is_broken_down_and_says_what_it_leaves_apart(ask: Ask) -> None:
    _, found = ask("/v1/boards/credit-notes", by="client")
    assert [(one["of"], one["value"]) for one in found["slices"]] == [("C1", "100")]
    assert found["apart"] == [{"currency": "USD", "rows": 1, "amount": "40.00"}]


def test_rows_behind_a_figure_come_page_by_page(ask: Ask) -> None:
    _, found = ask("/v1/boards/credit-notes/rows", limit="1")
    assert ([row["row_id"] for row in found["rows"]], found["total"]) == (["N1"], 2)
    _, found = ask("/v1/boards/credit-notes/rows", limit="1", offset="1")
    assert [(row["row_id"], row["amount"], row["currency"]) for row in found["rows"]] == [("N2", "40", "USD")]


@pytest.mark.parametrize(("query", "status"), [
    ({"since": "x"}, 422), ({"nonsense": "1"}, 422), ({"until": "0001-01-01"}, 422), ({"since": ""}, 422),
    ({"as_of": "0001-01-01T00:00:00Z"}, 422), ({"since": "2026-01-01"}, 200),
])  # fmt: skip
def test_questions_are_taken_by_the_letter(ask: Ask, query: dict[str, str], status: int) -> None:
    assert ask("/v1/boards/credit-notes", **query)[0] == status


def test_an_unknown_figure_is_not_found(ask: Ask) -> None:
    assert ask("/v1/boards/none")[0] == ask("/v1/boards/none/rows")[0] == 404
