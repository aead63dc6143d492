"""The whole published document against the service: every operation, every phase, every check.

A long run is ``python -m tests.serving.contract.long 200``; docs/api.md tells what the last one found.
"""

import logging
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from serving.app import create_app
from serving.auth import repository
from serving.auth.scopes import Scope
from serving.auth.secrets import digest, format_key
from serving.contract.document import operations
from serving.limits.failures import Failures, Who
from serving.state import ServingState
from tests.serving.contract.excuses import RULES, excused
from tests.serving.contract.fuzz import PHASES, Found, run

log = logging.getLogger(__name__)
EXAMPLES = int(os.environ.get("TRIAGE_SCHEMATHESIS_EXAMPLES", "2"))
LEAST = {"examples": 60, "coverage": 5_000, "fuzzing": 200, "stateful": 20}


class Patient(Failures):
    """Lets a caller fail as often as they like: here thousands of wrong keys come from one address, on purpose."""

    def wait(self, who: Who, most: int) -> float:  # noqa: ARG002 - as the original
        """Nobody waits."""
        return 0.0


def everything(engine: Engine) -> str:
    """A key that may do all: no machine gets one, but here every operation must get past its scope."""
    with engine.begin() as connection:
        scopes = [scope.value for scope in Scope]
        made = {"key_id": "all", "digest": digest("secret"), "name": "all", "scopes": scopes, "created_by": "test"}
        repository.add_key(connection, **made, valid=timedelta(days=1))
    return format_key("all", "secret")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # the engine tells of bodies of a megabyte
@pytest.mark.timeout(0)
@pytest.mark.parametrize("phase", PHASES)
def test_every_operation_keeps_its_published_word(phase: str, state: ServingState, firm: Engine) -> None:
    app = create_app(replace(state, failures=Patient()))
    found = run(app, key=everything(firm), examples=EXAMPLES, phases=(phase,))
    log.warning(summary(phase, found))
    assert (found.errors, found.failures) == ([], []), "\n".join([*found.errors, *found.failures])
    assert found.whole >= LEAST[phase]
    if phase in ("coverage", "fuzzing"):
        assert found.operations == {f"{method.upper()} {path}" for (method, path), _ in operations(app.openapi())}


def summary(phase: str, found: Found) -> str:
    let_pass = ", ".join(f"{name} {count}" for name, count in found.excused.most_common()) or "none"
    return f"{phase}: {found.whole} requests, {len(found.failures)} failures; right refusals let pass: {let_pass}"


def test_every_rule_says_why_and_lets_nothing_else_pass() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.because for rule in RULES)
    assert excused(AssertionError("5xx"), None, None) is None
