"""Sending links, reminding, expiring: by the worker, with retries, and without a secret left anywhere."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine

from serving import notify
from serving.app import create_app
from serving.asking import deliver, follow
from serving.asking.links import target_of
from serving.auth.scopes import Role
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.asking.conftest import APPROVE, Ask, events, one, path
from tests.serving.kit import PASSWORD, person

SETTINGS = {"TRIAGE_NOTIFY_URL": "mailto://robot:hush@mail.example?to={address}"}


class PostBox:
    """Stands in for apprise; refuses as often as it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.refusals = 0

    def __call__(self, urls: list[str], title: str, body: str) -> int:
        """Take a message, or not."""
        if self.refusals:
            self.refusals -= 1
            return 0
        self.sent += [(url, title, body) for url in urls]
        return len(urls)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> PostBox:
    made = PostBox()
    monkeypatch.setattr(notify, "send", made)
    return made


@pytest.fixture
def mailing(state: ServingState) -> ServingState:
    """A state that knows how to send."""
    return replace(state, settings=ServingSettings.model_validate(SETTINGS))


@pytest.fixture
def sent_id(mailing: ServingState, firm: Engine, case_id: str) -> str:
    """A request by mail, not sent yet."""
    person(firm, "rita", Role.REVIEWER)
    client = TestClient(create_app(mailing))
    client.post("/v1/session", json={"login": "rita", "password": PASSWORD})
    body = APPROVE | {"address": "petra@example.com"}
    answer = client.post(f"/v1/cases/{case_id}/requests", json=body).json()
    assert (answer["sent"], answer["link"]) == (True, None)
    return str(answer["request"]["request_id"])


def test_the_mail_carries_a_link_that_works_and_neither_client_nor_amount(
    sent_id: str, mailing: ServingState, box: PostBox, petra: TestClient
) -> None:
    assert deliver.send_request(mailing, sent_id, made_for="sent")
    url, title, body = box.sent[0]
    assert url == "mailto://robot:hush@mail.example?to=petra@example.com"
    assert title == "Please approve: invoice INV-1"
    assert "Acme" not in title + body
    link = next(word for word in body.split() if "/answer/" in word)
    assert petra.get(path(link)).status_code == 200


def test_what_is_not_taken_is_tried_again(sent_id: str, mailing: ServingState, box: PostBox, firm: Engine) -> None:
    box.refusals = 1
    with pytest.raises(deliver.NotTakenError):
        deliver.send_request(mailing, sent_id, made_for="sent")
    assert one(firm, "SELECT count(*) FROM audit_entry WHERE action = 'request_sent'") == 0
    assert deliver.send_request(mailing, sent_id, made_for="sent")


def test_no_secret_is_left_in_task_or_audit(sent_id: str, mailing: ServingState, box: PostBox, firm: Engine) -> None:
    arguments = one(firm, "SELECT args::text FROM procrastinate_jobs WHERE task_name = 'asking.send'")
    deliver.send_request(mailing, sent_id, made_for="sent")
    token = box.sent[0][2].split("/answer/")[1].split()[0]
    told = one(firm, "SELECT string_agg(body, '') FROM audit_entry")
    assert not [secret for secret in (token, "hush") if secret in arguments + told]


def test_an_ended_request_is_not_sent(
    sent_id: str, mailing: ServingState, box: PostBox, connection: Connection
) -> None:
    connection.exec_driver_sql("UPDATE case_request SET state = 'withdrawn', ended_at = clock_timestamp()")
    connection.commit()
    assert not deliver.send_request(mailing, sent_id, made_for="sent")
    assert box.sent == []


@pytest.mark.parametrize(
    ("settings", "request_row", "target"),
    [
        ({}, {"address": "a@b.example", "asked_role": "billing"}, None),
        (SETTINGS, {"address": None, "asked_role": None}, None),
        ({"TRIAGE_NOTIFY_URL": "json://one"}, {"address": "a@b.example", "asked_role": None}, "json://one"),
        (
            SETTINGS | {"TRIAGE_NOTIFY_CHANNELS": {"billing": "slack://billing"}},
            {"address": None, "asked_role": "billing"},
            "slack://billing",
        ),
    ],
)
def test_it_goes_to_the_person_else_their_channel_else_nowhere(
    settings: Any, request_row: Any, target: str | None
) -> None:
    assert target_of(ServingSettings.model_validate(settings), request_row) == target


def soon(state: ServingState, **more: Any) -> ServingState:
    return replace(state, settings=ServingSettings.model_validate(SETTINGS | {"TRIAGE_REMIND_DAYS": 1e-9, **more}))


def test_who_did_not_answer_is_reminded_once(sent_id: str, mailing: ServingState, firm: Engine) -> None:
    assert [follow.remind(soon(mailing)), follow.remind(soon(mailing))] == [1, 0]
    assert events(firm)[-1] == "reminded"
    assert one(firm, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'asking.send'") == 2


def test_where_nothing_can_be_sent_nobody_is_reminded(ask: Ask, state: ServingState) -> None:
    ask()
    assert follow.remind(replace(state, settings=ServingSettings.model_validate({"TRIAGE_REMIND_DAYS": 1e-9}))) == 0


@pytest.fixture
def expired(alice: TestClient, state: ServingState, case_id: str) -> str:
    """A link whose time is over."""
    short = replace(state, settings=ServingSettings.model_validate({"TRIAGE_REQUEST_DAYS": 1e-9}))
    client = TestClient(create_app(short), cookies=alice.cookies)
    return path(client.post(f"/v1/cases/{case_id}/requests", json=APPROVE).json()["link"])


def test_an_expired_request_opens_the_case_again(expired: str, mailing: ServingState, firm: Engine) -> None:
    assert follow.chase(mailing) == 1
    assert events(firm)[-2:] == ["ask_expired", "resumed"]
    assert one(firm, "SELECT state FROM review_case") == "open"
    assert follow.chase(mailing) == 0


def test_an_expired_link_answers_nothing_even_before_the_worker_looked(
    expired: str, petra: TestClient, firm: Engine
) -> None:
    assert petra.post(expired, data={"decision": "approved"}).status_code == 404
    assert one(firm, "SELECT count(*) FROM approval WHERE source = 'triage'") == 0
