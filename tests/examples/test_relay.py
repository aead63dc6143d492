"""The relay between the service and an engine: a signed message in, the engine's own request out; forgeries stop."""

import json
from io import BytesIO
from typing import Any

import httpx
import pytest

from examples.relay.relay import relay, to_camunda, to_url
from ledger.database import Database
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks import conftest as fixtures
from tests.serving.callbacks.kit import ask, decide_case, fill, reviewer, work_once
from tests.serving.callbacks.receiver import Got, Receiver
from tests.serving.kit import state as plain_state

state, receiver, endpoint = fixtures.state, fixtures.receiver, fixtures.endpoint
__all__ = ["endpoint", "plain_state", "receiver", "state"]
OLD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def got(state: ServingState, database: Database, receiver: Receiver, endpoint: tuple[Row, str]) -> Got:
    """A callback as the service sends it."""
    fill(state.engine)
    decide_case(ask(state, receiver.url), reviewer(state.engine))
    work_once(state, database)
    return receiver.got[0]


class FakeEngine:
    """An engine's HTTP interface: keeps what it is sent and answers as it is told."""

    def __init__(self, status: int = 200) -> None:
        self.asked: list[httpx.Request] = []
        transport = httpx.MockTransport(lambda request: self.asked.append(request) or httpx.Response(status))
        self.client = httpx.Client(base_url="https://engine.example.com", transport=transport)


def status_of(application: Any, got: Got, *, body: str | None = None) -> str:
    content = (got.body if body is None else body).encode()
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in got.headers.items()}
    said: list[str] = []
    environ = {**headers, "wsgi.input": BytesIO(content), "CONTENT_LENGTH": str(len(content))}
    application(environ, lambda status, _: said.append(status))
    return said[0]


def test_camunda_gets_a_message_for_the_waiting_instance(got: Got, endpoint: tuple[Row, str]) -> None:
    engine = FakeEngine()
    assert status_of(relay([OLD_SECRET, endpoint[1]], to_camunda(engine.client)), got) == "204 No Content"
    [request] = engine.asked
    message = json.loads(request.content)
    assert request.url.path == "/v2/messages/publication"
    assert (message["name"], message["correlationKey"]) == ("triage.case.ended", "flow-7")
    assert message["messageId"] == got.headers["webhook-id"]
    assert message["variables"]["ending"]["decision"]["action"] == "hold"


def test_any_other_engine_gets_the_event_at_its_url(got: Got, endpoint: tuple[Row, str]) -> None:
    engine = FakeEngine()
    forward = to_url(engine.client, lambda event: f"/waiting/{event['data']['correlation_id']}")
    assert status_of(relay([endpoint[1]], forward), got) == "204 No Content"
    assert engine.asked[0].url.path == "/waiting/flow-7"
    assert json.loads(engine.asked[0].content) == json.loads(got.body)


def test_what_is_not_signed_by_us_reaches_no_engine(got: Got, endpoint: tuple[Row, str]) -> None:
    engine = FakeEngine()
    forward = to_camunda(engine.client)
    forged = got.body.replace('"hold"', '"release"')
    assert forged != got.body
    assert status_of(relay([endpoint[1]], forward), got, body=forged) == "401 Unauthorized"
    assert status_of(relay([OLD_SECRET], forward), got) == "401 Unauthorized"
    assert engine.asked == []


def test_a_message_that_the_engine_did_not_take_is_asked_for_again(got: Got, endpoint: tuple[Row, str]) -> None:
    application = relay([endpoint[1]], to_camunda(FakeEngine(status=503).client))
    assert status_of(application, got) == "502 Bad Gateway"
