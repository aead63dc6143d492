"""A message exists exactly when the end of its case was committed."""

import pytest
from sqlalchemy import text

from ledger.records.events import ReviewAction
from serving.auth.scopes import Role
from serving.callbacks import counts
from serving.problems import Invalid
from serving.queue import service
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.kit import ask, decide_case, fill, jobs, reviewer, sent
from tests.serving.callbacks.receiver import Receiver
from tests.serving.factories import clean, master, write
from tests.serving.kit import person

Allowed = tuple[Row, str]


def test_deciding_writes_one_message_and_its_job(state: ServingState, receiver: Receiver, endpoint: Allowed) -> None:
    fill(state.engine)
    asked = ask(state, receiver.url)
    assert (sent(state), jobs(state.engine)) == ([], 0)
    decide_case(asked, reviewer(state.engine))
    [message] = sent(state)
    assert (message["event_type"], message["subject"]) == ("triage.case.decided.v1", "INV-1")
    assert (message["state"], message["correlation_id"]) == ("pending", "flow-7")
    assert jobs(state.engine) == 1


def test_what_was_not_committed_is_not_told(state: ServingState, receiver: Receiver, endpoint: Allowed) -> None:
    fill(state.engine)
    asked, rita = ask(state, receiver.url), reviewer(state.engine)
    with state.engine.connect() as connection:
        service.cancel(connection, asked.case_id, principal=rita, note="gone", request_id=None)
    assert (sent(state), jobs(state.engine)) == ([], 0)


def test_cancelling_is_told_with_its_reason(state: ServingState, receiver: Receiver, endpoint: Allowed) -> None:
    fill(state.engine)
    asked, rita = ask(state, receiver.url), reviewer(state.engine)
    with state.engine.begin() as connection:
        service.cancel(connection, asked.case_id, principal=rita, note="gone", request_id=None)
    [message] = sent(state)
    assert message["event_type"] == "triage.case.cancelled.v1"
    assert '"note": "gone"' in message["body"]


@pytest.mark.parametrize("action", [ReviewAction.REQUEST_EVIDENCE, ReviewAction.ESCALATE])
def test_a_case_that_goes_on_is_not_told(
    state: ServingState, receiver: Receiver, endpoint: Allowed, action: ReviewAction
) -> None:
    fill(state.engine)
    person(state.engine, "sam", Role.SENIOR_REVIEWER)
    decide_case(ask(state, receiver.url), reviewer(state.engine), action)
    assert sent(state) == []


def test_nobody_is_told_who_did_not_ask(state: ServingState) -> None:
    fill(state.engine)
    with state.engine.begin() as connection:
        assert counts(connection).pending == 0


def test_asking_twice_for_the_same_is_asking_once(state: ServingState, receiver: Receiver, endpoint: Allowed) -> None:
    fill(state.engine)
    for correlation in ("flow-7", "flow-7", "flow-8", None, None):
        asked = ask(state, receiver.url, correlation_id=correlation)
    decide_case(asked, reviewer(state.engine))
    assert sorted(str(message["correlation_id"]) for message in sent(state)) == ["None", "flow-7", "flow-8"]


def test_an_answer_without_a_case_promises_nothing(
    clearing: ServingState, receiver: Receiver, endpoint: Allowed
) -> None:
    write(clearing.engine, [*master(), *clean()])
    asked = ask(clearing, receiver.url)
    assert (asked.score["route"], asked.score["case_id"]) == ("auto_clear", None)
    with clearing.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM callback_subscription")).scalar_one() == 0


@pytest.mark.parametrize("path", ["/other", "/hooksmith", "/hooks/../x", "/hooks/%2e%2e/x"])
def test_a_url_that_is_not_on_the_list_is_refused_with_its_place(
    state: ServingState, receiver: Receiver, endpoint: Allowed, path: str
) -> None:
    fill(state.engine)
    with pytest.raises(Invalid) as refused:
        ask(state, receiver.url.removesuffix("/hooks") + path)
    assert refused.value.errors[0].pointer == "/callback_url"
