"""A monitoring verdict has an owner, a next step and an end, and everything that was said of it stays."""

from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from serving import audit
from serving.auth.scopes import Role
from serving.problems import Invalid
from serving.sql import change, insert, only, rows
from serving.verdicts import FollowUp, VerdictState, follow_up, needs_work, standings
from tests.serving.kit import person
from tests.serving.web.conftest import OpenBrowser


@pytest.fixture
def runs(engine: Engine) -> dict[str, str]:
    """Verdict → id of a run."""
    with engine.begin() as connection:
        return {verdict: _run(connection, verdict) for verdict in ("drift", "ok")}


def _run(connection: Connection, verdict: str) -> str:
    week = {"window_start": datetime(2026, 2, 1, tzinfo=UTC), "window_end": datetime(2026, 2, 8, tzinfo=UTC)}
    found = {"rows": 1200, "reference": "training", "verdict": verdict, "drifted": 3, "checks": {}, "snapshot": {}}
    insert(connection, "monitoring_run", week | found)
    return str(only(connection, "SELECT max(run_id) AS id FROM monitoring_run")["id"])


@pytest.fixture
def dan(browse: OpenBrowser) -> TestClient:
    return browse("dan", Role.DATA_SCIENTIST)


def test_what_nobody_saw_to_is_counted_in_the_head(dan: TestClient, runs: dict[str, str]) -> None:
    page = dan.get("/monitoring").text
    assert "1 open, 1 of it without an owner." in page
    assert f'href="/monitoring/{runs["drift"]}"' in page


def test_a_verdict_gets_its_owner_and_next_step_and_is_closed(
    dan: TestClient, engine: Engine, runs: dict[str, str]
) -> None:
    mona = person(engine, "mona", Role.MANAGER)
    place = f"/monitoring/{runs['drift']}"
    form = {"state": "in_hand", "owner_id": mona.principal_id, "next_step": "train anew", "note": "rates changed"}
    assert dan.post(f"{place}/follow-up", data=form).status_code == 303
    assert "1 open, 0 of it without an owner." in dan.get("/monitoring").text
    page = dan.get(place).text
    assert "owner Mona; next: train anew" in page
    dan.post(f"{place}/follow-up", data=form | {"state": "closed", "note": "trained and promoted"})
    assert "0 open" in dan.get("/monitoring").text
    with engine.connect() as connection:
        query = (
            "SELECT body::jsonb -> 'detail' AS d FROM audit_entry WHERE action = 'verdict_followed' ORDER BY position"
        )
        first, second = (row["d"] for row in rows(connection, query))
    assert (first["before"], second["before"]["state"], second["why"]) == (None, "in_hand", "trained and promoted")
    with engine.begin() as connection:
        assert audit.verify(connection).holds


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"owner_id": ""}, "name the owner"),
        ({"next_step": ""}, "say what comes next"),
        ({"owner_id": "eve"}, "is nobody"),
        ({"note": ""}, "Say why"),
    ],
)
def test_a_follow_up_that_says_too_little_is_refused(
    dan: TestClient, engine: Engine, runs: dict[str, str], changes: dict[str, str], says: str
) -> None:
    mona = person(engine, "mona", Role.MANAGER)
    form = {"state": "in_hand", "owner_id": mona.principal_id, "next_step": "look", "note": "because"}
    dan.post(f"/monitoring/{runs['drift']}/follow-up", data=form | changes)
    page = dan.get(f"/monitoring/{runs['drift']}").text
    assert says in page
    assert "Nobody wrote anything" in page


def test_a_reviewer_reads_and_does_not_write(browse: OpenBrowser, runs: dict[str, str]) -> None:
    rita = browse("rita", Role.REVIEWER)
    assert "Managers, data scientists" in rita.get(f"/monitoring/{runs['drift']}").text
    assert rita.post(f"/monitoring/{runs['drift']}/follow-up", data={"note": "mine"}).status_code == 403


def test_an_unknown_run_is_not_found(dan: TestClient) -> None:
    assert dan.get("/monitoring/none").status_code == 404
    assert dan.post("/monitoring/none/follow-up", data={"note": "because"}).status_code == 404


def test_what_was_written_stays_as_it_was(engine: Engine, runs: dict[str, str]) -> None:
    dan = person(engine, "dan", Role.DATA_SCIENTIST)
    with engine.begin() as connection:
        wish = FollowUp(VerdictState.OPEN, None, "look", "because")
        follow_up(connection, runs["drift"], wish, by=dan)
        assert standings(connection, runs.values())[runs["drift"]]["next_step"] == "look"
        with pytest.raises(Invalid):
            follow_up(connection, runs["drift"], FollowUp(VerdictState.CLOSED, None, "", "done"), by=dan)
    with pytest.raises(psycopg.Error, match="append-only"), engine.begin() as connection:
        change(connection, "UPDATE monitoring_follow_up SET note = 'x'")


@pytest.mark.parametrize(
    ("verdict", "state", "needed"),
    [("ok", None, False), ("drift", None, True), ("ok", "open", True), ("drift", "closed", False)],
)
def test_what_needs_work(verdict: str, state: str | None, needed: bool) -> None:
    assert needs_work(verdict, None if state is None else {"state": state}) is needed


def test_an_application_without_monitoring_says_so(dan: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE monitoring_run CASCADE"))
    assert "Nothing was monitored yet" in dan.get("/monitoring").text
    assert dan.get("/monitoring/1").status_code == 404
