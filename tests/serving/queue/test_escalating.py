"""The clock of the service level: once to each level, whoever holds the case, with an event and an audit entry."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from serving.state import ServingState
from serving.tasks import upkeep
from tests.serving.queue.kit import audited, case_of, events, set_case

NOW = datetime.now(UTC)


@pytest.fixture
def clocks(queue: dict[str, str], engine: Engine) -> dict[str, str]:
    """INV-1 is due tomorrow, INV-2 an hour overdue, INV-3 two days."""
    for invoice_id, hours in (("INV-1", 24), ("INV-2", -1), ("INV-3", -48)):
        set_case(engine, invoice_id, due_at=NOW + timedelta(hours=hours))
    return queue


def levels(engine: Engine) -> list[int]:
    return [case_of(engine, f"INV-{number}")["escalation"] for number in (1, 2, 3)]


def test_overdue_cases_go_to_seniors_and_long_overdue_ones_to_managers(
    clocks: dict[str, str], engine: Engine, state: ServingState
) -> None:
    assert upkeep.escalate_cases(state) == 2
    assert levels(engine) == [0, 1, 2]
    assert events(engine, clocks["INV-3"]) == ["opened", "sla_breached"]
    told = audited(engine, "sla_breached")
    assert told is not None
    assert told["actor"] == "system"


def test_a_case_is_raised_once_to_each_level(clocks: dict[str, str], engine: Engine, state: ServingState) -> None:
    upkeep.escalate_cases(state)
    assert upkeep.escalate_cases(state) == 0
    set_case(engine, "INV-2", due_at=NOW - timedelta(hours=25))
    assert upkeep.escalate_cases(state) == 1
    assert events(engine, clocks["INV-2"]) == ["opened", "sla_breached", "sla_breached"]


def test_several_workers_raise_it_once(clocks: dict[str, str], engine: Engine, state: ServingState) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(upkeep.escalate_cases, [state] * 4))
    assert done == 2
    assert events(engine, clocks["INV-2"]) == ["opened", "sla_breached"]


def test_the_policy_says_when_managers_are_shown_it(
    clocks: dict[str, str], engine: Engine, state: ServingState
) -> None:
    levels_of_service = state.policy.service_levels.model_copy(update={"manager_after": 72})
    policy = state.policy.model_copy(update={"service_levels": levels_of_service})
    upkeep.escalate_cases(replace(state, policy=policy))
    assert levels(engine) == [0, 1, 1]


def test_a_claim_outlives_the_clock_and_a_snooze_does_not(
    clocks: dict[str, str], engine: Engine, state: ServingState
) -> None:
    set_case(engine, "INV-2", state="claimed", claimed_by="x", lease_expires_at=NOW + timedelta(hours=1), fence=4)
    set_case(engine, "INV-3", snoozed_until=NOW + timedelta(days=1), snooze_reason="x")
    upkeep.escalate_cases(state)
    held = case_of(engine, "INV-2")
    assert (held["state"], held["claimed_by"], held["fence"], held["escalation"]) == ("claimed", "x", 4, 1)
    assert case_of(engine, "INV-3")["snoozed_until"] is None


@pytest.mark.parametrize("closed", ["decided", "cancelled"])
def test_a_closed_case_has_no_clock(clocks: dict[str, str], engine: Engine, state: ServingState, closed: str) -> None:
    set_case(engine, "INV-2", state=closed, closed_at=NOW)
    assert upkeep.escalate_cases(state) == 1
