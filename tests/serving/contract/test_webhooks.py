"""The published webhooks are what is sent."""

from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from ledger.database import Database
from serving.app import create_app
from serving.contract.document import openapi
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks import conftest as fixtures
from tests.serving.callbacks.kit import ask, decide_case, fill, reviewer, work_once
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import state as plain_state

state, receiver, endpoint = fixtures.state, fixtures.receiver, fixtures.endpoint
__all__ = ["endpoint", "plain_state", "receiver", "state"]


@pytest.fixture
def document(state: ServingState) -> dict[str, Any]:
    return openapi(create_app(state))


def test_a_message_that_is_sent_fits_its_published_schema_and_has_its_headers(
    state: ServingState, database: Database, receiver: Receiver, endpoint: tuple[Row, str], document: dict[str, Any]
) -> None:
    fill(state.engine)
    decide_case(ask(state, receiver.url), reviewer(state.engine))
    work_once(state, database)
    [got] = receiver.got
    event = orjson.loads(got.body)
    message = document["webhooks"][event["type"]]["post"]
    [(kind, content)] = message["requestBody"]["content"].items()
    assert got.headers["content-type"].startswith(kind)
    assert {parameter["name"] for parameter in message["parameters"]} <= got.headers.keys()
    errors = Draft202012Validator({**content["schema"], "components": document["components"]}).iter_errors(event)
    assert [error.message for error in errors] == []


def test_every_kind_of_message_is_published(document: dict[str, Any]) -> None:
    kinds = document["components"]["schemas"]["EventType"]["enum"]
    assert sorted(document["webhooks"]) == sorted(kinds)
