"""A policy comes into force past a preview and a second person, and everything that decides takes it up."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ledger.database import Database
from serving.audit import verify
from serving.policies import lifecycle
from serving.policies.lifecycle import PolicyInOtherState
from serving.policies.source import StoredPolicy
from serving.policy import Policy, load_policy
from serving.problems import Conflict
from serving.rulebook.polled import LOOK_EVERY_SECONDS
from serving.rulebook.proposals import Actor, SecondPersonNeeded
from serving.sql import Row, change, rows
from serving.state import ServingState
from tests.serving.factories import NOW

ANNA, BERT = Actor("anna", "audit finding 7"), Actor("bert", "looked at it")
BASE = load_policy()


def changed(**changes: Any) -> Policy:
    """The shipped policy with some fields changed, under the next number."""
    return Policy.model_validate(BASE.model_dump() | {"number": BASE.number + 1} | changes)


STRICT = changed(four_eyes_amount=Decimal(10))


def proposed(connection: Connection, policy: Policy = STRICT) -> str:
    """A proposal of Anna's."""
    lifecycle.LEDGER.ship(connection, BASE)
    return str(lifecycle.propose(connection, policy, BASE, actor=ANNA, now=NOW)["proposal_id"])


def activated(connection: Connection, policy: Policy = STRICT) -> Row:
    """The same, approved by Bert and in force."""
    proposal_id = proposed(connection, policy)
    lifecycle.approve(connection, proposal_id, actor=BERT)
    return lifecycle.activate(connection, proposal_id, actor=BERT)


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_whole_way_into_force_is_told_step_by_step(connection: Connection) -> None:
    row = activated(connection)
    assert (row["version"], row["previous_version"], row["actor_id"]) == (STRICT.version, BASE.version, "bert")
    told = lifecycle.events(connection, row["proposal_id"])
    assert [one["to_state"] for one in told] == ["proposed", "approved", "active"]
    actions = [r["action"] for r in rows(connection, "SELECT action FROM audit_entry ORDER BY position")]
    assert actions == ["policy_shipped", "policy_proposed", "policy_approved", "policy_active", "policy_activate"]
    assert verify(connection).holds


def test_nobody_approves_what_they_proposed(connection: Connection) -> None:
    with pytest.raises(SecondPersonNeeded):
        lifecycle.approve(connection, proposed(connection), actor=ANNA)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_proposal SET state = 'approved', approved_by = proposed_by",
        "UPDATE policy_proposal SET state = 'active'",
        "DELETE FROM policy_proposal_event",
        "DELETE FROM policy_preview",
        """INSERT INTO policy_activation (action, version, proposal_id, actor_id, why)
        SELECT 'activate', version, proposal_id, 'eve', 'why' FROM policy_proposal""",
        """INSERT INTO policy_activation (action, version, actor_id, why)
        SELECT 'rollback', version, 'eve', 'why' FROM policy_proposal""",
        """WITH made AS (SELECT jsonb_set(content, '{sampling,0,rate}', '0') AS content FROM rule_set LIMIT 1)
        INSERT INTO rule_set SELECT 'policy-9-x', 'policy', content FROM made;
        INSERT INTO policy_activation (action, version, actor_id, why) VALUES ('shipped', 'policy-9-x', 'eve', 'x')""",
    ],
)
def test_the_database_itself_holds_the_second_person_and_the_sample(connection: Connection, statement: str) -> None:
    proposed(connection)
    with pytest.raises((DBAPIError, psycopg.Error)):
        change(connection, statement)


def test_no_step_is_left_out_and_nothing_is_proposed_twice(connection: Connection) -> None:
    proposal_id = proposed(connection)
    with pytest.raises(PolicyInOtherState, match="the proposal is proposed"):
        lifecycle.activate(connection, proposal_id, actor=BERT)
    with pytest.raises(Conflict, match="is proposed already"):
        proposed(connection)
    with pytest.raises(Conflict, match="says the same"):
        proposed(connection, changed())


def test_a_withdrawn_proposal_stays_so(connection: Connection) -> None:
    proposal_id = proposed(connection)
    lifecycle.withdraw(connection, proposal_id, actor=ANNA)
    with pytest.raises(PolicyInOtherState, match="withdrawn"):
        lifecycle.approve(connection, proposal_id, actor=BERT)


def test_what_was_proposed_on_an_older_policy_is_refused(connection: Connection) -> None:
    late = proposed(connection, changed(auto_clear=False))
    lifecycle.approve(connection, late, actor=BERT)
    activated(connection)
    with pytest.raises(Conflict, match="became active since"):
        lifecycle.activate(connection, late, actor=BERT)


def test_a_rollback_puts_the_files_policy_back_in_force(connection: Connection, engine: Engine) -> None:
    proposal_id = activated(connection)["proposal_id"]
    row = lifecycle.rollback(connection, actor=ANNA)
    assert (row["action"], row["version"]) == ("rollback", BASE.version)
    assert lifecycle.proposal(connection, proposal_id)["state"] == "rolled_back"
    connection.commit()
    found = StoredPolicy(engine).current()
    assert found is not None
    assert found.version == BASE.version


def test_a_running_process_decides_by_it_within_seconds(state: ServingState) -> None:
    clock = Clock()
    running = replace(state, policies=StoredPolicy(state.engine, clock=clock))
    assert running.in_force().policy.four_eyes_amount > STRICT.four_eyes_amount
    with state.engine.begin() as connection:
        activated(connection)
    assert running.in_force().policy.version == state.policy.version
    clock.seconds += LOOK_EVERY_SECONDS
    assert running.in_force().policy.version == running.pinned().policy.version == STRICT.version
    assert running.in_force().policy.four_eyes_amount == STRICT.four_eyes_amount


def test_one_request_decides_by_one_policy(state: ServingState) -> None:
    clock = Clock()
    pinned = replace(state, policies=StoredPolicy(state.engine, clock=clock)).in_force()
    with state.engine.begin() as connection:
        activated(connection)
    clock.seconds += LOOK_EVERY_SECONDS
    assert pinned.pinned().policy.version == state.policy.version


def test_the_last_good_policy_stays_when_the_database_is_gone_and_says_so(engine: Engine) -> None:
    with engine.begin() as connection:
        activated(connection)
    clock = Clock()
    stored = StoredPolicy(engine, clock=clock)
    before = stored.current()
    stored._engine = Database(make_url("postgresql+psycopg://nobody@127.0.0.1:1/none"), embedded=False).engine()
    clock.seconds += LOOK_EVERY_SECONDS
    assert stored.current() is before is not None
    assert "may not be the newest" in (stored.problem() or "")


def test_a_policy_that_this_process_cannot_read_is_not_taken_up(engine: Engine) -> None:
    with engine.begin() as connection:
        lifecycle.LEDGER.ship(connection, BASE)
        change(connection, "INSERT INTO rule_set VALUES ('policy-9-x', 'policy', '{\"number\": 9}')")
        for action in ("shipped", "rollback"):
            why = {"actor": "system", "why": "a newer release"}
            lifecycle.LEDGER.record(connection, action, "policy-9-x", **why)
    stored = StoredPolicy(engine)
    assert stored.current() is None
    assert "policy-9-x" in (stored.problem() or "")
