"""A story to tell: the small firm is known to the service, and its models would clear everything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.database import Database
from serving.policy import Policy
from serving.rules import register_rules
from serving.scoring.scorer import FixedModels
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.scenarios.story import Clock, Story
from tests.serving.callbacks.conftest import LOCAL
from tests.serving.callbacks.receiver import Receiver
from tests.serving.factories import master
from tests.serving.kit import FakeScorer, state

__all__ = ["state"]
# Chance would send one cleared invoice in fifty to review: a story has none.
SELDOM = {"number": 1_000, "sampling": [{"from_amount": "0", "rate": 1e-12}]}


@pytest.fixture
def blank(state: ServingState, database: Database) -> Iterator[Story]:
    """A story of a firm of which nothing is known yet; it ends with every score replayed and the audit log checked."""
    clock = Clock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    serving = replace(
        state,
        clock=clock,
        models=FixedModels(FakeScorer()),
        policy=Policy.model_validate(state.policy.content | SELDOM),
        settings=ServingSettings.model_validate(LOCAL),
    )
    with serving.engine.begin() as connection:
        register_rules(connection, serving)
    story = Story(serving, database, clock)
    yield story
    story.end()


@pytest.fixture
def story(blank: Story) -> Story:
    """The same, with the firm's master data, early in February: January is about to be billed."""
    blank.tell(*master())
    blank.on("2026-02-02")
    return blank


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where callbacks go: a real HTTP server that keeps what it gets."""
    with Receiver() as running:
        yield running
