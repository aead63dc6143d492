"""The score is hidden from a drawn share until they decide; what a decision says of it is what was shown."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from serving.app import create_app
from serving.auth.scopes import Role
from serving.chance import drawn
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.kit import PASSWORD, firm, person, state
from tests.serving.web.conftest import HTML, cases, speaking

__all__ = ["cases", "firm", "speaking", "state"]


def client_of(state: ServingState, share: float) -> TestClient:
    settings = ServingSettings.model_validate({"TRIAGE_HIDDEN_SCORE_SHARE": share})
    person(state.engine, "alice", Role.REVIEWER)
    client = TestClient(create_app(replace(state, settings=settings)), headers=HTML, raise_server_exceptions=False)
    client.post("/login", data={"login": "alice", "password": PASSWORD})
    return client


@pytest.fixture
def alice(speaking: ServingState, cases: dict[str, str]) -> TestClient:
    """A reviewer from whom every score is hidden."""
    return client_of(speaking, 1.0)


def hold(client: TestClient, case_id: str) -> None:
    client.post(f"/cases/{case_id}/claim")
    client.post(
        f"/cases/{case_id}/decide", data={"fence": "1", "then": "queue", "action": "hold", "reason_code": "rate"}
    )


def saw(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            text("SELECT d.saw_score, r.saw_score FROM case_decision d JOIN review_decision r USING (decision_id)")
        ).one()


def test_controls_stay_and_models_are_silent(alice: TestClient, cases: dict[str, str]) -> None:
    page = alice.get(f"/cases/{cases['INV-2']}").text
    assert "Purchase order missing" in page
    assert "The score is not shown yet" in page
    assert not [words for words in ("What the models see", "likely to be paid", "Odd lines") if words in page]


def test_a_decision_without_it_says_so_whatever_the_client_claims(
    alice: TestClient, cases: dict[str, str], engine: Engine
) -> None:
    hold(alice, cases["INV-1"])
    assert saw(engine) == (False, False)


def test_showing_it_is_noted_once_and_counts(alice: TestClient, cases: dict[str, str], engine: Engine) -> None:
    place = f"/cases/{cases['INV-1']}"
    assert "likely to be paid" in alice.post(f"{place}/show-score").text
    alice.post(f"{place}/show-score")
    hold(alice, cases["INV-1"])
    assert saw(engine) == (True, True)
    with engine.connect() as connection:
        query = "SELECT count(*) FROM case_event WHERE event = 'score_shown'"
        assert connection.execute(text(query)).scalar_one() == 1


def test_reading_it_over_the_interface_counts_as_seen(alice: TestClient, cases: dict[str, str], engine: Engine) -> None:
    alice.get(f"/v1/cases/{cases['INV-1']}", headers={"accept": "application/json"})
    hold(alice, cases["INV-1"])
    assert saw(engine) == (True, True)


@pytest.mark.parametrize("what", ["", "/explanation", "/replay"])
def test_reading_the_score_by_its_id_counts_as_seen(
    alice: TestClient, cases: dict[str, str], engine: Engine, what: str
) -> None:
    with engine.connect() as connection:
        query = text("SELECT score_id FROM review_case WHERE case_id = :case")
        score_id = connection.execute(query, {"case": cases["INV-1"]}).scalar_one()
    read = alice.get(f"/v1/scores/{score_id}{what}", headers={"accept": "application/json"})
    assert read.status_code == 200
    hold(alice, cases["INV-1"])
    assert saw(engine) == (True, True)


def test_from_most_nothing_is_hidden(speaking: ServingState, cases: dict[str, str], engine: Engine) -> None:
    client = client_of(speaking, 0.0)
    assert "The score is not shown yet" not in client.get(f"/cases/{cases['INV-1']}").text
    hold(client, cases["INV-1"])
    assert saw(engine) == (True, True)


def test_after_deciding_everything_is_shown(alice: TestClient, cases: dict[str, str]) -> None:
    hold(alice, cases["INV-1"])
    assert "likely to be paid" in alice.get(f"/cases/{cases['INV-1']}").text


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_draw_is_a_share_and_stays_what_it_was(case_id: str, who: str) -> None:
    assert 0 <= drawn("hidden", case_id, who) < 1
    assert drawn("hidden", case_id, who) == drawn("hidden", case_id, who)
