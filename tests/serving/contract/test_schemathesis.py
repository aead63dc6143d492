"""The whole published document against the service: every operation, right and wrong requests, every check."""

import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from sqlalchemy import Engine

from serving.app import create_app
from serving.auth import repository
from serving.auth.scopes import Scope
from serving.auth.secrets import digest, format_key
from serving.state import ServingState

# A long run asks for more: TRIAGE_SCHEMATHESIS_EXAMPLES=1000; docs/api.md tells what the last one found.
EXAMPLES = int(os.environ.get("TRIAGE_SCHEMATHESIS_EXAMPLES", "4"))
# Not asked: that whatever fits the schema is accepted. Moments that lie in the future, lines of another invoice and
# roles that exclude each other are refused with 422, and JSON Schema has no words for them.
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# Without parameters and body there is no wrong request, and no wrong line: what is no record goes to quarantine.
ASKS_NOTHING = ("/healthz", "/readyz", "/v1/records/stream")


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: Any, value: Any) -> bytes:
    """JSON lines travel as the text that they are."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def everything(engine: Engine) -> str:
    """A key that may do all: no machine gets one, but here every operation must get past its scope."""
    with engine.begin() as connection:
        scopes = [scope.value for scope in Scope]
        made = {"key_id": "all", "digest": digest("secret"), "name": "all", "scopes": scopes, "created_by": "test"}
        repository.add_key(connection, **made, valid=timedelta(days=1))
    return format_key("all", "secret")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_operation_keeps_its_published_word(
    mode: GenerationMode, state: ServingState, firm: Engine, subtests: pytest.Subtests
) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(state))
    headers = {"Authorization": f"Bearer {everything(firm)}"}
    sent: Counter[str] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and operation.path in ASKS_NOTHING:
            continue
        with subtests.test(operation=operation.label):
            try_out(operation, mode, headers, sent)
    assert sum(sent.values()) >= 40


def try_out(operation: Any, mode: GenerationMode, headers: dict[str, str], sent: Counter[str]) -> None:
    """Generated requests to one operation, each answer held to everything that is published of it."""

    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        sent[operation.label] += 1
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

    check()
