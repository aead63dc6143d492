"""The audit log over HTTP and on its page: found, paged, verified, taken away; for whoever may read it."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving import audit
from serving.auditing.entries import Place, Sought, entries, known_actions, place_after
from serving.auditing.file import check
from serving.auth.scopes import Role
from tests.serving.kit import OpenClient

HTML = {"accept": "text/html"}


@pytest.fixture
def told(engine: Engine) -> Engine:
    """Five entries: three about a, two about b, one of these by bob."""
    with engine.begin() as connection:
        for number, (subject, actor) in enumerate(
            (("a", "ada"), ("b", "ada"), ("a", "ada"), ("b", "bob"), ("a", "ada"))
        ):
            detail = {"number": number, "note": "=1+1"}
            audit.write(connection, "tested" if number else "begun", actor=actor, subject=subject, detail=detail)
    return engine


@pytest.fixture
def ana(told: Engine, log_in: OpenClient) -> TestClient:
    return log_in("ana", Role.AUDITOR)


def numbers(client: TestClient, query: str) -> list[int]:
    found = client.get(f"/v1/audit?{query}").json()["entries"]
    return [entry["detail"]["number"] for entry in found if "number" in (entry["detail"] or {})]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("subject=a", [4, 2, 0]),
        ("actor=bob", [3]),
        ("action=begun", [0]),
        ("subject=b&actor=ada", [1]),
        ("subject=x", []),
    ],
)
def test_entries_are_found_by_what_who_and_which(ana: TestClient, query: str, expected: list[int]) -> None:
    assert numbers(ana, query) == expected


def test_a_period_narrows_them(ana: TestClient) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
    assert numbers(ana, f"subject=a&from={tomorrow}") == []
    assert numbers(ana, f"subject=a&to={tomorrow}") == [4, 2, 0]


def test_pages_follow_one_another_without_a_gap(told: Engine) -> None:
    seen, after = list[int](), None
    with told.connect() as connection:
        while True:
            found = entries(connection, Sought(), after=after, limit=2)
            seen += [row["detail"]["number"] for row in found]
            after = place_after(found, 2)
            if after is None:
                break
            assert Place.of(after.text()) == after
    assert seen == [4, 3, 2, 1, 0]


def test_a_place_that_is_none_is_refused(ana: TestClient) -> None:
    assert ana.get("/v1/audit?cursor=yesterday").json()["errors"][0]["pointer"] == "/query/cursor"
    assert ana.get("/audit?after=yesterday", headers=HTML).status_code == 422


def test_the_actions_are_listed_once_each(told: Engine) -> None:
    with told.connect() as connection:
        assert known_actions(connection) == ["begun", "tested"]


@pytest.mark.parametrize("place", ["/v1/audit/export", "/audit/export"])
def test_what_is_taken_away_can_be_checked_anywhere(ana: TestClient, place: str) -> None:
    answer = ana.get(place)
    found = check(answer.content.splitlines(keepends=True))
    assert found.holds
    assert found.entries >= 5
    assert answer.headers["content-type"] == "application/x-ndjson"


def test_the_spreadsheet_runs_nothing(ana: TestClient) -> None:
    lines = ana.get("/audit/entries.csv?subject=a").text.splitlines()
    assert len(lines) == 4
    assert '"{""note"":""=1+1"",""number"":4}"' in lines[1]


def test_the_page_keeps_its_filter_in_every_link(ana: TestClient) -> None:
    page = ana.get("/audit?subject=a&action=tested", headers=HTML).text
    assert "/audit/export?subject=a&amp;action=tested" in page
    assert '<option value="tested" selected>' in page
    assert page.count('<td class="nowrap">') == 2


def test_a_day_is_whole(ana: TestClient) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert ana.get(f"/audit?from={today}&to={today}&subject=a", headers=HTML).text.count('<td class="nowrap">') == 3


@pytest.mark.parametrize("place", ["/v1/audit", "/v1/audit/export", "/audit/export", "/audit/entries.csv"])
def test_reviewers_do_not_read_the_log(told: Engine, log_in: OpenClient, place: str) -> None:
    assert log_in("rita", Role.REVIEWER).get(place).status_code == 403
