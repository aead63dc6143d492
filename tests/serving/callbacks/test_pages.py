"""The pages of callbacks: what waits or is dead, its attempts, and sending it again without JavaScript."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from serving.auth.scopes import Role
from serving.callbacks import endpoints
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.kit import ask, decide_case, deliver, fill, reviewer, sent
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import OpenClient


@pytest.fixture
def ada(log_in: OpenClient) -> Iterator[TestClient]:
    """An administrator with a browser."""
    with log_in("ada", Role.ADMIN) as client:
        client.headers["accept"] = "text/html"
        yield client


@pytest.fixture
def dead(state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]) -> Row:
    """A message whose receiver answers with markup and errors."""
    receiver.statuses, receiver.answer = [500], b"<script>alert(1)</script>"
    fill(state.engine)
    decide_case(ask(state, receiver.url, correlation_id="<b>flow</b>"), reviewer(state.engine))
    return deliver(state, sent(state)[0], times=3)


def test_an_empty_list_says_how_to_fill_it(ada: TestClient) -> None:
    page = ada.get("/callbacks").text
    assert "No callbacks" in page
    assert "triage callbacks allow" in page


def test_the_list_shows_state_attempts_and_the_last_answer(ada: TestClient, dead: Row) -> None:
    page = ada.get("/callbacks?state=dead").text
    assert "0 wait, 1 are dead" in page
    assert "triage.case.decided.v1" in page
    assert f'href="/callbacks/{dead["message_id"]}"' in page
    assert dead["message_id"] not in ada.get("/callbacks?state=pending").text


def test_a_message_shows_its_attempts_and_escapes_what_others_wrote(ada: TestClient, dead: Row) -> None:
    page = ada.get(f"/callbacks/{dead['message_id']}").text
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "<script>alert" not in page
    assert "<b>flow" not in page
    assert "Dead: every attempt of the schedule failed" in page


def test_a_button_sends_it_again(ada: TestClient, state: ServingState, receiver: Receiver, dead: Row) -> None:
    receiver.statuses = [500, 200]
    answer = ada.post(f"/callbacks/{dead['message_id']}/redelivery")
    assert "Queued" in answer.text
    assert "Waits for attempt 4" in answer.text
    deliver(state, dead, times=2)
    assert "Delivered" in ada.get(f"/callbacks/{dead['message_id']}").text


def test_a_refusal_is_told_on_the_page(ada: TestClient, state: ServingState, dead: Row) -> None:
    with state.engine.begin() as connection:
        endpoints.disable(connection, dead["endpoint_id"], actor="ada", because="moved")
    assert "Not sent: its endpoint is disabled" in ada.post(f"/callbacks/{dead['message_id']}/redelivery").text
    assert "disabled: moved" in ada.get("/callbacks").text


def test_an_unknown_message_is_a_page_of_its_own(ada: TestClient) -> None:
    assert ada.get("/callbacks/none").status_code == 404


def test_reviewers_see_nothing_of_it(log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    assert rita.get("/callbacks").status_code == 403
    assert 'href="/callbacks"' not in rita.get("/queue").text
