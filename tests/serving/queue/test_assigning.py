"""Assigning cases: by hand with reasons why not, by itself under skill, duties, seniority and cap."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from serving.app import load_state
from serving.auth.scopes import Role
from serving.queue.assigning import assign_open
from serving.state import ServingState
from tests.serving.kit import OpenClient
from tests.serving.queue.kit import audited, case_of, events, member, person, set_case, team


@pytest.fixture
def theirs(queue: dict[str, str], engine: Engine) -> str:
    """A team that assigns its cases by itself, and all three cases."""
    made = team(engine, auto_assign=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET team_id = :team"), {"team": made})
    return made


def owners(engine: Engine) -> list[str | None]:
    return [case_of(engine, f"INV-{number}")["assigned_to"] for number in (1, 2, 3)]


def given(engine: Engine) -> int:
    return assign_open(load_state(engine))


def test_cases_go_to_whoever_carries_the_fewest(theirs: str, engine: Engine) -> None:
    people = [member(engine, theirs, name).principal_id for name in ("ann", "bob", "cid")]
    assert given(engine) == 3
    assert sorted(filter(None, owners(engine))) == sorted(people)
    assert given(engine) == 0


def test_nobody_is_given_more_than_the_cap(theirs: str, engine: Engine) -> None:
    ann = member(engine, theirs, "ann", most_cases=2)
    assert given(engine) == 2
    assert owners(engine).count(ann.principal_id) == 2


def test_the_most_expected_cash_is_given_first(theirs: str, engine: Engine) -> None:
    ann = member(engine, theirs, "ann", most_cases=1)
    set_case(engine, "INV-3", priority=999)
    given(engine)
    assert owners(engine) == [None, None, ann.principal_id]


def test_a_needed_skill_is_needed(theirs: str, engine: Engine) -> None:
    member(engine, theirs, "ann", skills=["tax"])
    bea = member(engine, theirs, "bea", skills=["Retainers"], most_cases=1)
    set_case(engine, "INV-1", skill="retainers", priority=999)
    given(engine)
    assert owners(engine)[0] == bea.principal_id


@pytest.mark.parametrize("resource_id", ["PREP", "OWNER", "PM1"])
def test_whoever_is_involved_is_given_nothing(theirs: str, engine: Engine, resource_id: str) -> None:
    member(engine, theirs, "ann", resource_id=resource_id)
    assert given(engine) == 0


def test_what_needs_a_senior_goes_to_one(theirs: str, engine: Engine) -> None:
    member(engine, theirs, "ann", most_cases=0)
    sam = member(engine, theirs, "sam", Role.SENIOR_REVIEWER, most_cases=1)
    member(engine, theirs, "bob", most_cases=2)
    set_case(engine, "INV-2", route="senior_review", priority=999)
    assert given(engine) == 3
    assert owners(engine)[1] == sam.principal_id


@pytest.mark.parametrize("column", ["placed_by_hand", "assigned_to", "snoozed_until", "state"])
def test_what_is_placed_asleep_or_not_open_is_left_alone(theirs: str, engine: Engine, column: str) -> None:
    ann = member(engine, theirs, "ann")
    values = {
        "placed_by_hand": {"placed_by_hand": True},
        "assigned_to": {"assigned_to": person(engine, "zoe", Role.REVIEWER).principal_id},
        "snoozed_until": {"snoozed_until": datetime.now(UTC) + timedelta(days=1), "snooze_reason": "x"},
        "state": {"state": "waiting"},
    }[column]
    set_case(engine, "INV-1", **values)
    assert given(engine) == 2
    assert owners(engine)[0] != ann.principal_id


def test_a_team_that_does_not_want_it_is_left_alone(queue: dict[str, str], engine: Engine) -> None:
    made = team(engine)
    member(engine, made, "ann")
    set_case(engine, "INV-1", team_id=made)
    assert given(engine) == 0


def test_the_worker_assigns_and_tells(theirs: str, engine: Engine, state: ServingState) -> None:
    ann = member(engine, theirs, "ann")
    assert assign_open(state) == 3
    kase = case_of(engine, "INV-1")
    assert events(engine, kase["case_id"])[-1] == "assigned"
    told = audited(engine, "cases_assigned")
    assert told is not None
    assert {each["assigned_to"] for each in told["detail"]["cases"]} == {ann.principal_id}


def test_a_manager_assigns_moves_and_frees(queue: dict[str, str], engine: Engine, log_in: OpenClient) -> None:
    mona, made = log_in("mona", Role.MANAGER), team(engine)
    ann = member(engine, made, "ann")
    place = f"/v1/cases/{queue['INV-1']}"
    moved = mona.post(f"{place}/team", json={"team_id": made, "why": "theirs"}).json()
    assert moved["team_name"] == "Theirs"
    assigned = mona.post(f"{place}/assignment", json={"assigned_to": ann.principal_id, "why": "knows it"}).json()
    assert assigned["assigned_to_name"] == "Ann"
    assert case_of(engine, "INV-1")["placed_by_hand"] is True
    freed = mona.post(f"{place}/assignment", json={"assigned_to": None, "why": "on leave"}).json()
    assert freed["assigned_to"] is None
    assert events(engine, queue["INV-1"]) == ["opened", "assigned", "assigned", "unassigned"]
    told = audited(engine, "case_unassigned")
    assert told is not None
    assert told["detail"]["why"] == "on leave"


def test_an_assignment_that_could_not_be_worked_is_refused_with_its_reason(
    queue: dict[str, str], engine: Engine, log_in: OpenClient
) -> None:
    mona, made = log_in("mona", Role.MANAGER), team(engine)
    place = f"/v1/cases/{queue['INV-1']}/assignment"

    def refused(account_id: str) -> str:
        answer = mona.post(place, json={"assigned_to": account_id, "why": "x"})
        assert answer.status_code == 422
        return str(answer.json()["errors"][0]["message"])

    assert "no account" in refused("nobody")
    assert "cannot take cases" in refused(person(engine, "ana", Role.AUDITOR).principal_id)
    assert "prepared" in refused(person(engine, "pete", Role.REVIEWER, resource_id="PREP").principal_id)
    junior = person(engine, "jon", Role.REVIEWER).principal_id
    set_case(engine, "INV-1", route="senior_review")
    assert "no senior" in refused(junior)
    set_case(engine, "INV-1", route="review", team_id=made)
    assert "not in the team" in refused(junior)


def test_a_held_case_keeps_its_team(queue: dict[str, str], engine: Engine, log_in: OpenClient) -> None:
    mona, made = log_in("mona", Role.MANAGER), team(engine)
    log_in("rita", Role.REVIEWER).post(f"/v1/cases/{queue['INV-1']}/claim")
    refused = mona.post(f"/v1/cases/{queue['INV-1']}/team", json={"team_id": made, "why": "x"})
    assert refused.status_code == 422
    assert case_of(engine, "INV-1")["team_id"] is None


def test_reviewers_assign_nothing(queue: dict[str, str], log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    body = {"assigned_to": None, "why": "x"}
    assert rita.post(f"/v1/cases/{queue['INV-1']}/assignment", json=body).status_code == 403
    assert rita.get(f"/cases/{queue['INV-1']}/place").status_code == 403
