"""Boards, readiness and nudges as pages: for whom, with what, and their rows as CSV."""

import csv
import io
from decimal import Decimal

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from ledger.records import ChangeOrder, Milestone, Record, TimeEntry
from serving.app import create_app
from serving.auth.scopes import Role
from serving.boards.readiness import Obstacle, billing_readiness
from serving.boards.registry import KPIS
from serving.queue.sight import everything
from serving.spreadsheet import cell
from serving.sql import change
from serving.state import ServingState
from tests.serving.boards.kit import WHOLE, Firm, firm_in
from tests.serving.factories import contract
from tests.serving.kit import PASSWORD, person

HTML = {"accept": "text/html"}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A firm with credits, a pending approval, and one case of a team."""
    with engine.begin() as connection:
        firm = firm_in(connection)
        firm.invoice("INV-1", 1000, issued_on="2026-01-02")
        firm.credit("N1", "INV-1", "2026-01-05", 100)
        firm.credit("=N2", "INV-2", "2026-01-06", 40, currency="USD")
        firm.invoice("INV-3", 500, billable_on="2026-01-10")
        firm.approval("A1", "PM1", "2026-01-01")
        firm.case("K1", "INV-1", "2026-01-05")
        change(connection, "INSERT INTO team (team_id, name) VALUES ('t1', 'North')")
        firm.case("K3", "INV-3", "2026-01-05")
        change(connection, "UPDATE review_case SET team_id = 't1' WHERE case_id = 'K3'")
    return engine


@pytest.fixture
def client(state: ServingState, filled: Engine) -> TestClient:
    """A manager's browser."""
    return logged_in(create_app(state), filled, "mona", Role.MANAGER)


def logged_in(app: FastAPI, engine: Engine, name: str, role: Role) -> TestClient:
    person(engine, name, role)
    client = TestClient(app, headers=HTML, follow_redirects=False, raise_server_exceptions=False)
    assert client.post("/login", data={"login": name, "password": PASSWORD}).status_code == 303
    return client


def test_the_overview_names_every_figure(client: TestClient) -> None:
    page = client.get("/boards").text
    assert all(f'href="/boards/{kpi_id}"' in page for kpi_id in KPIS)
    assert "100 EUR" in page


@pytest.mark.parametrize("kpi_id", KPIS)
def test_every_figure_has_a_page_that_says_how_it_misleads(client: TestClient, kpi_id: str) -> None:
    answer = client.get(f"/boards/{kpi_id}?split=2026-01-20&by=client&step=week&since=2025-12-01")
    assert answer.status_code == 200
    assert "How it misleads" in answer.text


def test_a_figure_shows_its_rows_and_what_has_no_rate(client: TestClient) -> None:
    page = client.get("/boards/credit-notes").text
    assert "/cases/K1" in page
    assert "1 rows over 40.00 USD have no known exchange rate" in page


def test_narrowing_to_another_client_leaves_nothing(client: TestClient) -> None:
    assert "No row in this period" in client.get("/boards/credit-notes?client=C9").text


@pytest.mark.parametrize(
    "query", ["since=2026-02-01&until=2026-01-01", "split=2027-01-01", "since=1990-01-01", "by=mood"]
)
def test_a_period_that_makes_no_sense_is_refused_in_words(client: TestClient, query: str) -> None:
    assert client.get(f"/boards/credit-notes?{query}").status_code == 422


def test_rows_download_as_csv_that_runs_nothing(client: TestClient) -> None:
    answer = client.get("/boards/credit-notes.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="credit-notes.csv"'
    found = {row["row_id"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert set(found) == {"N1", "'=N2"}
    assert (found["N1"]["amount_in_group"], found["'=N2"]["amount_in_group"]) == ("100.000000", "")


@pytest.mark.parametrize(("value", "written"), [
    ("=1+1", "'=1+1"), ("@SUM", "'@SUM"), ("-1", "'-1"), ("\tx", "'\tx"), (-1.5, "-1.5"), (None, ""), (True, "yes"),
    ("Acme", "Acme"),
])  # fmt: skip
def test_text_that_looks_like_a_formula_is_marked_as_text(value: object, written: str) -> None:
    assert cell(value) == written


def test_rows_of_other_teams_cases_count_and_are_not_listed(state: ServingState, filled: Engine) -> None:
    app = create_app(state)
    seen = logged_in(app, filled, "mona", Role.MANAGER).get("/boards/exception-volume").text
    page = logged_in(app, filled, "sam", Role.SENIOR_REVIEWER).get("/boards/exception-volume").text
    assert "/cases/K3" in seen
    assert "/cases/K3" not in page
    assert "1 more belong to cases of other teams" in page


def test_reviewers_have_no_boards(state: ServingState, filled: Engine) -> None:
    rita = logged_in(create_app(state), filled, "rita", Role.REVIEWER)
    assert {rita.get(path).status_code for path in ("/boards", "/boards/dso", "/readiness", "/nudges")} == {403}
    assert 'href="/boards"' not in rita.get("/queue").text


def test_nudges_without_a_model_say_so(client: TestClient) -> None:
    page = client.get("/nudges").text
    assert "No model of sending times is in force" in page
    assert "1 request on INV-3" in page


def _work(entry: str, **columns: object) -> tuple[type[Record], dict[str, object]]:
    base = {"time_entry_id": entry, "project_id": "P1", "resource_id": "W1", "worked_on": "2026-01-12", "hours": "10",
            "bill_rate": "180", "currency": "EUR", "status": "approved", "role": "senior"}  # fmt: skip
    return TimeEntry, {**base, **columns}


def _milestone(**columns: object) -> tuple[type[Record], dict[str, object]]:
    base = {"milestone_id": "M1", "project_id": "P1", "name": "Go-live", "amount": "900", "currency": "EUR",
            "status": "accepted", "evidence_ref": "DOC"}  # fmt: skip
    return Milestone, {**base, **columns}


ORDER = (ChangeOrder, {"change_order_id": "CO1", "project_id": "P1", "amount": "700", "currency": "EUR",
                       "status": "pending", "requested_on": "2026-01-03"})  # fmt: skip


@pytest.mark.parametrize(("work", "obstacle", "amount"), [
    (_work("T1"), None, 1800),
    (_work("T1", status="submitted"), Obstacle.APPROVAL, 1800),
    (_work("T1", bill_rate="200"), Obstacle.RATE, 2000),
    (_milestone(), None, 900),
    (_milestone(status="delivered"), Obstacle.ACCEPTANCE, 900),
    (_milestone(evidence_ref=None), Obstacle.EVIDENCE, 900),
    (ORDER, Obstacle.CHANGE_ORDER, 700),
])  # fmt: skip
def test_work_is_ready_or_blocked_by_its_obstacle(
    books: Firm, work: tuple[type[Record], dict[str, object]], obstacle: Obstacle | None, amount: int
) -> None:
    books.write(contract(acceptance_required=True, source_id="K1b", version="2"))
    books.rate_card("180")
    books.add(work[0], "2026-01-15", **work[1])
    found = billing_readiness(books.connection, WHOLE, everything())
    expected = (Decimal(amount), Decimal(0)) if obstacle is None else (Decimal(0), Decimal(amount))
    assert (found.ready, found.blocked) == expected
    assert [item.obstacle for item in found.projects[0].obstacles] == ([] if obstacle is None else [obstacle])


def test_without_its_purchase_order_nothing_of_a_project_is_ready(books: Firm) -> None:
    books.write(contract(po_required=True, source_id="K1b", version="2"))
    kind, columns = _work("T1")
    books.add(kind, "2026-01-15", **columns)
    found = billing_readiness(books.connection, WHOLE, everything())
    assert (found.ready, found.blocked) == (Decimal(0), Decimal(1800))
    assert found.by_obstacle() == [(Obstacle.PURCHASE_ORDER, Decimal(1800), 1)]
    assert found.projects[0].obstacles[0].who == "PM1"
