"""Changed rules, models and rates reach every open case, and whoever may still decide a case keeps it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from ledger.records import FxRate
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.controls.source import FixedRules
from serving.policy import Policy
from serving.queue import refreshing, service
from serving.queue.bulk_finish import finish_due
from serving.queue.decide import DecisionRequest, decide
from serving.queue.refresh_lag import lag
from serving.queue.refreshing import refresh_cases
from serving.rules import register_rules
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from tests.serving.factories import NOW, clean, invoice, line, record, write
from tests.serving.kit import FakeScorer, person
from tests.serving.queue.kit import case_of, events, set_case


def under(state: ServingState, **limits: Any) -> ServingState:
    """The same service under another policy."""
    made = replace(state, policy=Policy.model_validate(state.policy.model_dump() | {"number": 99} | limits))
    with state.engine.begin() as connection:
        register_rules(connection, made)
    return made


@pytest.fixture
def strict(queue: dict[str, str], state: ServingState) -> ServingState:
    """A policy under which a senior looks at everything."""
    assert refresh_cases(state) == 0
    return under(state, senior_review_amount=1)


@pytest.fixture
def rita(state: ServingState) -> Principal:
    return person(state.engine, "rita", Role.REVIEWER)


@pytest.fixture
def sam(state: ServingState) -> Principal:
    return person(state.engine, "sam", Role.SENIOR_REVIEWER)


def claim(state: ServingState, case_id: str, who: Principal) -> int:
    with state.engine.begin() as connection:
        return int(service.claim(connection, state, case_id, principal=who)["fence"])


def long_ago(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE refresh SET changed_at = changed_at - interval '1 minute'"))


def test_another_policy_reaches_every_open_case_once(
    queue: dict[str, str], strict: ServingState, engine: Engine
) -> None:
    before = case_of(engine, "INV-1")
    set_case(engine, "INV-2", state="waiting")
    set_case(engine, "INV-3", snoozed_until=datetime.now(UTC) + timedelta(days=1), snooze_reason="x")
    assert refresh_cases(strict) == 3
    assert refresh_cases(strict) == 0
    for number in (1, 2, 3):
        kase = case_of(engine, f"INV-{number}")
        assert (kase["route"], kase["policy_version"]) == ("senior_review", strict.policy.version)
    assert case_of(engine, "INV-1")["fence"] > before["fence"]
    assert case_of(engine, "INV-2")["state"] == "waiting"
    assert case_of(engine, "INV-3")["snoozed_until"] is not None


def test_it_goes_portion_by_portion_with_the_most_cash_first_and_tells_how_far_it_is(
    queue: dict[str, str], strict: ServingState, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "PORTION", 2)
    for number in (1, 2, 3):
        set_case(engine, f"INV-{number}", priority=number)
    assert refresh_cases(strict) == 2
    assert case_of(engine, "INV-1")["route"] == "review"
    with engine.connect() as connection:
        assert lag(connection).cases == 3  # as of the last look
        assert lag(connection).seconds > 0
    assert [refresh_cases(strict), refresh_cases(strict)] == [1, 0]
    long_ago(engine)
    assert refresh_cases(strict) == 0
    with engine.connect() as connection:
        assert (lag(connection).cases, lag(connection).seconds) == (0, 0)


def test_what_was_scored_by_the_old_rules_a_moment_later_is_found_as_well(
    queue: dict[str, str], state: ServingState, strict: ServingState, engine: Engine
) -> None:
    assert refresh_cases(strict) == 3
    write(engine, clean(4))
    score_run(state, ["INV-4"], as_of=NOW)  # by a process that has not taken the new policy up
    assert refresh_cases(strict) == 1
    assert case_of(engine, "INV-4")["route"] == "senior_review"


def test_a_holder_who_may_decide_keeps_the_case_and_one_who_may_not_makes_way(
    queue: dict[str, str], state: ServingState, strict: ServingState, engine: Engine, rita: Principal, sam: Principal
) -> None:
    claim(state, queue["INV-1"], rita)
    fence = claim(state, queue["INV-2"], sam)
    set_case(engine, "INV-3", assigned_to=rita.principal_id, assigned_at=datetime.now(UTC))
    refresh_cases(strict)
    first, second, third = (case_of(engine, f"INV-{number}") for number in (1, 2, 3))
    assert (first["state"], first["claimed_by"], events(engine, queue["INV-1"])[-1]) == ("open", None, "handed_on")
    assert (second["state"], second["claimed_by"]) == ("claimed", sam.principal_id)
    assert (second["claimed_fence"], second["fence"] > fence) == (fence, True)
    assert (third["assigned_to"], events(engine, queue["INV-3"])[-1]) == (None, "unassigned")


def test_a_planned_decision_of_somebody_who_may_not_decide_any_more_is_dropped(
    queue: dict[str, str], state: ServingState, strict: ServingState, engine: Engine, rita: Principal
) -> None:
    planning = under(state, undo_minutes=5)
    request = DecisionRequest.model_validate({"action": "release", "fence": claim(planning, queue["INV-1"], rita)})
    with engine.begin() as connection:
        decide(connection, planning, queue["INV-1"], request, principal=rita)
    refresh_cases(strict)
    with engine.begin() as connection:
        connection.execute(text("UPDATE bulk_batch SET pending_until = clock_timestamp()"))
    assert finish_due(strict) == 1
    kase = case_of(engine, "INV-1")
    assert (kase["state"], kase["assigned_to"], kase["route"]) == ("open", None, "senior_review")


def test_other_controls_reach_them(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    refresh_cases(state)
    fewer = replace(state.controls, version="controls-99-abcdefabcdef")
    changed = replace(state, rules=FixedRules(fewer))
    with engine.begin() as connection:
        register_rules(connection, changed)
    assert [refresh_cases(changed), refresh_cases(changed)] == [3, 0]
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT DISTINCT s.control_version FROM review_case c JOIN score s USING (score_id)")
        )
        assert list(found.scalars()) == [fewer.version]


DIGESTS = {"delay": "d" * 64, "dispute": "e" * 64, "anomaly": "f" * 64}


def with_models(state: ServingState, digests: dict[str, str]) -> ServingState:
    described = [{"risk": risk, "digest": digest} for risk, digest in digests.items()]
    return replace(state, models=FixedModels(FakeScorer(clearable=False), described))


def test_another_model_reaches_them_and_one_that_is_not_named_does_so_once(
    queue: dict[str, str], state: ServingState
) -> None:
    refresh_cases(state)
    speaking = with_models(state, DIGESTS)
    assert [refresh_cases(speaking), refresh_cases(speaking)] == [3, 0]
    # A model that fails is not named in the score; once is enough all the same.
    failing = with_models(state, DIGESTS | {"delay": "9" * 64})
    assert [refresh_cases(failing), refresh_cases(failing)] == [3, 0]


def test_models_that_cannot_all_be_loaded_and_rules_that_may_be_old_refresh_nothing(
    queue: dict[str, str], state: ServingState, strict: ServingState
) -> None:
    speaking = with_models(state, DIGESTS)
    speaking.models.problems = {"delay": "gone"}  # type: ignore[misc]  # a source that knows of a problem
    assert refresh_cases(speaking) == 0
    assert refresh_cases(replace(strict, rules=FixedRules(strict.controls, "not read"))) == 0


def rate(source_id: str, value: str) -> FxRate:
    return record(
        FxRate, source_id=source_id, currency="USD", group_currency="EUR", rate=value, valid_on="2026-02-09",
        known_at=datetime(2026, 2, 10, 11, tzinfo=UTC),
    )  # fmt: skip


def test_a_rate_reaches_the_open_cases_in_its_currency(state: ServingState, engine: Engine, queue: Any) -> None:
    write(engine, [rate("R1", "0.9"), invoice(4, currency="USD"), line(4, currency="USD")])
    score_run(state, ["INV-4"], as_of=NOW)
    refresh_cases(state)
    before = case_of(engine, "INV-4")["group_amount"]
    long_ago(engine)
    assert refresh_cases(state) == 0
    write(engine, [rate("R2", "0.5")])
    assert [refresh_cases(state), refresh_cases(state)] == [1, 0]
    assert case_of(engine, "INV-4")["group_amount"] < before
    assert events(engine, queue["INV-1"]) == ["opened"]


def test_closed_cases_stay_as_they_are(queue: dict[str, str], strict: ServingState, engine: Engine) -> None:
    set_case(engine, "INV-1", state="cancelled", closed_at=datetime.now(UTC))
    assert refresh_cases(strict) == 2
    assert case_of(engine, "INV-1")["route"] == "review"
