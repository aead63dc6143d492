"""Delivery end to end against a real receiver: signed, retried, given up, never twice at the same moment."""

import itertools
import threading
from dataclasses import replace

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from serving.callbacks import endpoints
from serving.callbacks.deliver import deliver_message
from serving.settings import ServingSettings
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.conftest import LOCAL
from tests.serving.callbacks.kit import ask, attempts, decide_case, deliver, fill, find, jobs, reviewer, sent
from tests.serving.callbacks.receiver import Receiver


@pytest.fixture
def message(state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]) -> Row:
    """A message that waits to be delivered."""
    fill(state.engine)
    decide_case(ask(state, receiver.url + "/done?x=1"), reviewer(state.engine))
    return sent(state)[0]


def test_the_receiver_gets_a_signed_event(
    state: ServingState, receiver: Receiver, endpoint: tuple[Row, str], message: Row
) -> None:
    assert deliver(state, message)["state"] == "delivered"
    [got] = receiver.got
    event = JSONFormat().read(None, got.body)
    Webhook(endpoint[1]).verify(got.body, got.headers)
    assert got.path == "/hooks/done?x=1"
    assert event.get_id() == got.headers["webhook-id"] == message["message_id"]
    assert (event.get_type(), event.get_subject()) == ("triage.case.decided.v1", "INV-1")
    data = event.get_data()
    assert isinstance(data, dict)
    assert (data["decision"]["action"], data["decision"]["reason_code"]) == ("hold", "rate")
    assert data["correlation_id"] == "flow-7"
    assert data["case"]["state"] == "decided"


def test_a_changed_body_does_not_verify(
    state: ServingState, receiver: Receiver, endpoint: tuple[Row, str], message: Row
) -> None:
    deliver(state, message)
    [got] = receiver.got
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint[1]).verify(got.body.replace("hold", "release"), got.headers)


def test_a_receiver_that_fails_twice_gets_the_same_message_until_it_takes_it(
    state: ServingState, receiver: Receiver, message: Row
) -> None:
    receiver.statuses = [503, 500, 200]
    assert deliver(state, message, times=2)["state"] == "pending"
    assert deliver(state, message)["state"] == "delivered"
    assert len({(got.headers["webhook-id"], got.body) for got in receiver.got}) == 1
    assert [attempt["status"] for attempt in attempts(state, message)] == [503, 500, 200]
    assert {attempt["answer"] for attempt in attempts(state, message)} == {"thank you"}


def test_each_failed_attempt_plans_the_next_one_with_it(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.statuses = [500]
    before = jobs(state.engine)
    after = deliver(state, message)
    assert jobs(state.engine) == before + 1
    assert after["next_attempt_at"] > attempts(state, message)[0]["started_at"]


def test_after_the_last_attempt_the_message_is_dead(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.statuses = [500]
    dead = deliver(state, message, times=3)
    assert (dead["state"], dead["attempts"], dead["because"]) == ("dead", 3, "every attempt of the schedule failed")
    deliver(state, message)
    assert len(receiver.got) == 3


def test_gone_disables_the_endpoint(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.statuses = [410]
    assert deliver(state, message)["state"] == "dead"
    with state.engine.begin() as connection:
        endpoint = endpoints.find(connection, message["endpoint_id"])
        told = connection.execute(text("SELECT action FROM audit_entry WHERE actor_id = 'system'")).scalars().all()
    assert (endpoint["active"], endpoint["because"]) == (False, endpoints.GONE)
    assert "callback_endpoint_disabled" in told


def test_a_redirect_is_not_followed(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.statuses, receiver.location = [302], f"{receiver.url}/elsewhere"
    assert deliver(state, message)["state"] == "pending"
    assert [got.path for got in receiver.got] == ["/hooks/done?x=1"]
    assert attempts(state, message)[0]["status"] == 302


@pytest.fixture
def hurried(state: ServingState) -> ServingState:
    """The same, with less patience."""
    return replace(state, settings=state.settings.model_copy(update={"callback_timeout_seconds": 0.5}))


def test_a_slow_receiver_is_given_up_on(
    state: ServingState, hurried: ServingState, receiver: Receiver, message: Row
) -> None:
    receiver.delay = 2
    deliver(hurried, message)
    [attempt] = attempts(state, message)
    assert (attempt["status"], attempt["error"]) == (None, "no answer within 0.5 seconds")


def test_an_answer_that_drips_for_ever_is_given_up_on(
    state: ServingState, hurried: ServingState, receiver: Receiver, message: Row
) -> None:
    receiver.drip = 0.05
    deliver(hurried, message)
    assert attempts(state, message)[0]["error"] == "no answer within 0.5 seconds"


def test_only_the_beginning_of_an_answer_is_kept(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.answer = b"\x00\xff" + b"x" * 1_000_000
    deliver(state, message)
    [attempt] = attempts(state, message)
    assert (len(attempt["answer"]), attempt["status"]) == (500, 200)
    assert "\x00" not in attempt["answer"]


def test_nobody_listening_is_an_outcome(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.server.shutdown()
    receiver.server.server_close()
    deliver(state, message)
    assert attempts(state, message)[0]["error"].startswith("ConnectError")


def test_an_address_that_became_private_is_not_called(state: ServingState, receiver: Receiver, message: Row) -> None:
    public_only = ServingSettings.model_validate(LOCAL | {"TRIAGE_CALLBACK_PRIVATE": False})
    deliver(replace(state, settings=public_only), message)
    [attempt] = attempts(state, message)
    assert "private address" in attempt["error"]
    assert (receiver.got, attempt["address"]) == ([], None)


def test_attempts_cannot_be_changed(state: ServingState, receiver: Receiver, message: Row) -> None:
    deliver(state, message)
    with pytest.raises(Exception, match="append-only"), state.engine.begin() as connection:
        connection.execute(text("UPDATE callback_attempt SET status = 200"))


def test_an_old_job_does_nothing(state: ServingState, receiver: Receiver, message: Row) -> None:
    receiver.statuses = [500]
    deliver(state, message)
    deliver_message(state, message["message_id"], 1)
    deliver_message(state, message["message_id"], 3)
    deliver_message(state, "none", 1)
    assert len(receiver.got) == 1


def test_two_workers_never_send_the_same_message_at_the_same_moment(
    state: ServingState, receiver: Receiver, message: Row
) -> None:
    receiver.delay, receiver.statuses = 0.1, [500, 200]
    workers = [
        threading.Thread(target=deliver_message, args=(state, message["message_id"], number))
        for number in (1, 1, 2, 1, 2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    spans = sorted((got.began, got.ended) for got in receiver.got)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    assert find(state, message)["attempts"] == len(receiver.got) <= 2


def test_a_disabled_endpoint_gets_nothing(state: ServingState, receiver: Receiver, message: Row) -> None:
    with state.engine.begin() as connection:
        endpoints.disable(connection, message["endpoint_id"], actor="ada", because="moved")
    dead = deliver(state, message)
    assert (dead["state"], dead["because"], receiver.got) == ("dead", "the endpoint is disabled", [])


def test_the_event_is_plain_json(message: Row) -> None:
    event = orjson.loads(message["body"])
    assert event["specversion"] == "1.0"
    assert event["source"].startswith("urn:triage:")
    assert event["datacontenttype"] == "application/json"
    assert event["time"].endswith("Z") or "+" in event["time"]
