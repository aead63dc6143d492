"""Skipping and snoozing: what is given back, what comes back, and when."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.principal import Forbidden, Principal
from serving.auth.scopes import Role
from serving.problems import Invalid, Problem
from serving.queue.resting import SkipReason, skip, skips_by_reason, snooze, wake_by_hand
from serving.queue.service import ClaimLost, NotClaimable, claim
from serving.sql import Row
from serving.state import ServingState
from tests.serving.factories import NOW
from tests.serving.kit import OpenClient
from tests.serving.queue.kit import case_of, events, person, set_case, take


@pytest.fixture
def rita(state: ServingState) -> Principal:
    return person(state.engine, "rita", Role.REVIEWER)


def snoozed(state: ServingState, case_id: str, principal: Principal, **more: Any) -> Row:
    asked = {"until": NOW + timedelta(days=3), "reason": "on holiday", **more}
    with state.engine.begin() as connection:
        return snooze(connection, state, case_id, principal=principal, **asked)


def held(state: ServingState, case_id: str, principal: Principal) -> Row:
    with state.engine.begin() as connection:
        return claim(connection, state, case_id, principal=principal)


def test_a_skip_gives_the_case_back(queue: dict[str, str], state: ServingState, rita: Principal) -> None:
    kase = held(state, queue["INV-1"], rita)
    with state.engine.begin() as connection:
        after = skip(connection, kase["case_id"], SkipReason.NEEDS_TIME, principal=rita, fence=kase["fence"])
    assert (after["state"], after["claimed_by"]) == ("open", None)
    assert events(state.engine, kase["case_id"])[-1] == "skipped"


def test_nobody_skips_a_case_out_of_anothers_hands(queue: dict[str, str], state: ServingState, rita: Principal) -> None:
    kase = held(state, queue["INV-1"], person(state.engine, "bob", Role.REVIEWER))
    with pytest.raises(NotClaimable), state.engine.begin() as connection:
        skip(connection, kase["case_id"], SkipReason.OTHER, principal=rita, fence=kase["fence"])


def test_an_old_fence_skips_nothing(queue: dict[str, str], state: ServingState, rita: Principal) -> None:
    kase = held(state, queue["INV-1"], rita)
    with pytest.raises(ClaimLost), state.engine.begin() as connection:
        skip(connection, kase["case_id"], SkipReason.OTHER, principal=rita, fence=kase["fence"] + 1)
    assert case_of(state.engine, "INV-1")["state"] == "claimed"


def test_skips_are_counted_by_reason(queue: dict[str, str], state: ServingState, rita: Principal) -> None:
    with state.engine.begin() as connection:
        for invoice_id in ("INV-1", "INV-2"):
            skip(connection, queue[invoice_id], SkipReason.UNCLEAR, principal=rita, fence=None)
        skip(connection, queue["INV-3"], SkipReason.OTHER, principal=rita, fence=None)
        counted = skips_by_reason(connection, rita)
    assert [(row["reason"], row["skips"], row["people"]) for row in counted] == [("unclear", 2, 1), ("other", 1, 1)]


def test_a_snoozed_case_is_handed_to_nobody_until_its_time(
    queue: dict[str, str], state: ServingState, rita: Principal
) -> None:
    set_case(state.engine, "INV-1", priority=1000)
    kase = held(state, queue["INV-1"], rita)
    after = snoozed(state, kase["case_id"], rita, fence=kase["fence"])
    assert (after["state"], after["snooze_reason"]) == ("open", "on holiday")
    set_case(state.engine, "INV-1", snoozed_until="2999-01-01T00:00:00Z")
    assert {take(state, rita), take(state, rita)} == {"INV-2", "INV-3"}
    assert take(state, rita) is None
    set_case(state.engine, "INV-1", snoozed_until="2026-01-01T00:00:00Z")
    assert take(state, rita) == "INV-1"
    assert case_of(state.engine, "INV-1")["snoozed_until"] is None


def test_a_snoozed_case_can_be_brought_back(queue: dict[str, str], state: ServingState, rita: Principal) -> None:
    snoozed(state, queue["INV-1"], rita)
    with state.engine.begin() as connection:
        assert wake_by_hand(connection, queue["INV-1"], principal=rita)["snoozed_until"] is None
    assert events(state.engine, queue["INV-1"]) == ["opened", "snoozed", "woken"]
    with pytest.raises(NotClaimable), state.engine.begin() as connection:
        wake_by_hand(connection, queue["INV-1"], principal=rita)


@pytest.mark.parametrize("days", [0, -1, 31])
def test_a_snooze_ends_within_a_month(queue: dict[str, str], state: ServingState, rita: Principal, days: int) -> None:
    with pytest.raises(Invalid, match="30 days"):
        snoozed(state, queue["INV-1"], rita, until=NOW + timedelta(days=days))


def test_who_may_not_decide_may_not_put_it_out_of_sight(queue: dict[str, str], state: ServingState) -> None:
    preparer = person(state.engine, "pete", Role.REVIEWER, resource_id="PREP")
    with pytest.raises(Forbidden):
        snoozed(state, queue["INV-1"], preparer)


def test_a_waiting_case_is_not_snoozed(queue: dict[str, str], state: ServingState, rita: Principal) -> None:
    set_case(state.engine, "INV-1", state="waiting")
    with pytest.raises(Problem):
        snoozed(state, queue["INV-1"], rita)


def test_the_page_skips_and_goes_on_to_the_next_case(queue: dict[str, str], log_in: OpenClient, engine: Engine) -> None:
    rita = log_in("rita", Role.REVIEWER)
    answer = rita.post(f"/cases/{queue['INV-1']}/skip", data={"reason": "unclear"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].removeprefix("/cases/") in {queue["INV-2"], queue["INV-3"]}


def test_the_page_snoozes_with_a_reason_only(queue: dict[str, str], log_in: OpenClient, engine: Engine) -> None:
    rita = log_in("rita", Role.REVIEWER)
    place = f"/cases/{queue['INV-1']}/snooze"
    refused = rita.post(place, data={"days": "3", "reason": "  "}, follow_redirects=False)
    assert refused.headers["location"] == f"/cases/{queue['INV-1']}"
    assert case_of(engine, "INV-1")["snoozed_until"] is None
    rita.post(place, data={"days": "3", "reason": "holiday"}, follow_redirects=False)
    assert case_of(engine, "INV-1")["snoozed_until"] == NOW + timedelta(days=3)
    woken = rita.post(f"/cases/{queue['INV-1']}/wake", follow_redirects=False)
    assert woken.status_code == 303
    assert case_of(engine, "INV-1")["snoozed_until"] is None


def test_skip_and_snooze_over_http(queue: dict[str, str], log_in: OpenClient) -> None:
    rita: TestClient = log_in("rita", Role.REVIEWER)
    case = rita.post("/v1/cases/next").json()
    place = f"/v1/cases/{case['case_id']}"
    assert rita.post(f"{place}/skip", json={"reason": "other", "fence": case["fence"]}).json()["state"] == "open"
    until = (NOW + timedelta(days=1)).isoformat()
    answer = rita.post(f"{place}/snooze", json={"until": until, "reason": "holiday"})
    assert answer.json()["snooze_reason"] == "holiday"
    assert rita.post(f"{place}/wake").json()["snoozed_until"] is None
    assert rita.post(f"{place}/snooze", json={"until": until, "reason": ""}).status_code == 422
