"""Monitoring verdicts over the interface: listed with their standing, followed up, and never changed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from serving.auth.scopes import Role, Scope
from serving.sql import insert, only
from tests.serving.kit import OpenClient, api_key, app, log_in, person, state

__all__ = ["app", "log_in", "state"]
PLACE = "/v1/monitoring"


def stored(connection: Connection, verdict: str) -> str:
    """The id of a new run with a verdict."""
    week = {"window_start": datetime(2026, 2, 1, tzinfo=UTC), "window_end": datetime(2026, 2, 8, tzinfo=UTC)}
    found = {"rows": 1200, "reference": "training", "verdict": verdict, "drifted": 3, "checks": {"rows": 1200}}
    insert(connection, "monitoring_run", week | found | {"snapshot": {}})
    return str(only(connection, "SELECT max(run_id) AS id FROM monitoring_run")["id"])


@pytest.fixture
def runs(engine: Engine) -> list[str]:
    """Two runs, the newer one without drift."""
    with engine.begin() as connection:
        return [stored(connection, "drift"), stored(connection, "ok")]


def test_verdicts_are_listed_newest_first_with_what_they_ask_for(log_in: OpenClient, runs: list[str]) -> None:
    found = log_in("dan", Role.DATA_SCIENTIST).get(PLACE).json()
    assert [one["run_id"] for one in found["verdicts"]] == runs[::-1]
    assert [(one["verdict"], one["needs_work"], one["standing"]) for one in found["verdicts"]] == [
        ("ok", False, None), ("drift", True, None),
    ]  # fmt: skip
    assert found["next_cursor"] is None


def test_pages_follow_one_another(log_in: OpenClient, runs: list[str]) -> None:
    dan = log_in("dan", Role.DATA_SCIENTIST)
    first = dan.get(PLACE, params={"limit": 1}).json()
    second = dan.get(PLACE, params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [page["verdicts"][0]["run_id"] for page in (first, second)] == runs[::-1]
    assert second["next_cursor"] is None


def test_a_verdict_gets_an_owner_and_a_next_step_and_is_closed(
    log_in: OpenClient, engine: Engine, runs: list[str]
) -> None:
    dan, mona = log_in("dan", Role.DATA_SCIENTIST), person(engine, "mona", Role.MANAGER)
    place = f"{PLACE}/{runs[0]}/follow-ups"
    owned: dict[str, Any] = {"owner_id": mona.principal_id, "note": "rates changed"}
    made = dan.post(place, json=owned | {"state": "in_hand", "next_step": "train anew"})
    assert made.status_code == 201
    standing = made.json()["verdict"]["standing"]
    assert (standing["owner_name"], standing["next_step"], made.json()["verdict"]["needs_work"]) == (
        "Mona", "train anew", True,
    )  # fmt: skip
    done = dan.post(place, json=owned | {"state": "closed"}).json()
    assert [one["state"] for one in done["follow_ups"]] == ["closed", "in_hand"]
    assert dan.get(f"{PLACE}/{runs[0]}").json() == done
    assert not dan.get(PLACE).json()["verdicts"][1]["needs_work"]


def test_a_follow_up_is_written_once_per_key(log_in: OpenClient, engine: Engine, runs: list[str]) -> None:
    dan, body = log_in("dan", Role.DATA_SCIENTIST), {"state": "open", "next_step": "look", "note": "seen"}
    sent = [dan.post(f"{PLACE}/{runs[0]}/follow-ups", json=body, headers={"Idempotency-Key": "k"}) for _ in "ab"]
    assert sent[0].content == sent[1].content
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM monitoring_follow_up")).scalar_one() == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"state": "in_hand"}, "/owner_id"), ({"next_step": " "}, "/next_step"), ({"owner_id": "none"}, "/owner_id"),
     ({"note": "x"}, "/note"), ({"state": "done"}, "/state"), ({"who": "me"}, "/who")],
)  # fmt: skip
def test_an_incomplete_follow_up_names_the_field(
    log_in: OpenClient, runs: list[str], change: dict[str, str], pointer: str
) -> None:
    body = {"state": "open", "next_step": "look", "note": "seen"} | change
    answer = log_in("dan", Role.DATA_SCIENTIST).post(f"{PLACE}/{runs[0]}/follow-ups", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("run_id", ["999", "x", "1; DROP"])
def test_an_unknown_run_is_not_there(log_in: OpenClient, run_id: str) -> None:
    dan = log_in("dan", Role.DATA_SCIENTIST)
    assert dan.get(f"{PLACE}/{run_id}").status_code == 404
    body = {"state": "open", "next_step": "look", "note": "seen"}
    assert dan.post(f"{PLACE}/{run_id}/follow-ups", json=body).status_code == 404


def test_readers_read_and_do_not_write(app: Any, log_in: OpenClient, engine: Engine, runs: list[str]) -> None:
    rita = log_in("rita", Role.REVIEWER)
    assert rita.get(f"{PLACE}/{runs[0]}").json()["owners"] == []
    body = {"state": "open", "next_step": "look", "note": "seen"}
    assert rita.post(f"{PLACE}/{runs[0]}/follow-ups", json=body).status_code == 403
    header = {"Authorization": f"Bearer {api_key(engine, Scope.MODELS_READ)}"}
    assert rita.get(PLACE, headers=header).status_code == 200


def test_where_monitoring_was_never_installed_there_is_none(log_in: OpenClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE monitoring_run CASCADE"))
    dan = log_in("dan", Role.DATA_SCIENTIST)
    assert dan.get(PLACE).json() == {"verdicts": [], "next_cursor": None}
    assert dan.get(f"{PLACE}/1").status_code == 404
