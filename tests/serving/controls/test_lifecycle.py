"""A set comes into force by a back-test and a second person, and every step is on record."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from serving.audit import verify
from serving.controls import activation, lifecycle
from serving.controls.lifecycle import SecondPersonNeeded, WrongState
from serving.problems import Conflict, NotFound
from serving.sql import change, insert, rows
from tests.serving.controls.firm import CONTROLS
from tests.serving.controls.kit import ANNA, BERT, STRICT, activated, backtested, changed, proposed


def test_the_shipped_set_is_the_first_active_one(connection: Connection) -> None:
    activation.ship(connection, CONTROLS)
    activation.ship(connection, CONTROLS)
    [row] = activation.activations(connection, 10)
    assert (row["action"], row["version"], row["actor_id"]) == ("shipped", CONTROLS.version, "system")


def test_a_new_release_ships_anew_only_where_the_firm_changed_nothing(connection: Connection) -> None:
    activation.ship(connection, CONTROLS)
    activation.ship(connection, STRICT)
    assert activation.active_version(connection) == STRICT.version
    activated(connection, changed(version=9), STRICT)
    activation.ship(connection, CONTROLS)
    assert activation.active_version(connection) == changed(version=9).version


def test_the_whole_way_into_force_is_told_step_by_step(connection: Connection) -> None:
    row = activated(connection)
    assert (row["version"], row["previous_version"], row["actor_id"]) == (STRICT.version, CONTROLS.version, "bert")
    told = lifecycle.events(connection, row["proposal_id"])
    assert [one["to_state"] for one in told] == ["proposed", "backtested", "approved", "active"]
    actions = [r["action"] for r in rows(connection, "SELECT action FROM audit_entry ORDER BY position")]
    assert actions[-1] == "controls_activate"
    assert verify(connection).holds


def test_nobody_approves_what_they_proposed(connection: Connection) -> None:
    proposal_id = backtested(connection)
    with pytest.raises(SecondPersonNeeded):
        lifecycle.approve(connection, proposal_id, actor=ANNA)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE control_proposal SET state = 'approved', approved_by = proposed_by",
        "UPDATE control_proposal SET state = 'active'",
        "DELETE FROM control_proposal_event",
        """INSERT INTO control_activation (action, version, proposal_id, actor_id, why)
        SELECT 'activate', version, proposal_id, 'eve', 'why' FROM control_proposal""",
        """INSERT INTO control_activation (action, version, actor_id, why)
        SELECT 'rollback', version, 'eve', 'why' FROM control_proposal""",
    ],
)
def test_the_database_itself_holds_the_second_person(connection: Connection, statement: str) -> None:
    backtested(connection)
    with pytest.raises((DBAPIError, psycopg.Error)):
        change(connection, statement)


STEPS: dict[str, Callable[..., object]] = {
    "shadow": lifecycle.shadow,
    "approve": lifecycle.approve,
    "activate": lifecycle.activate,
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_left_out(connection: Connection, step: str) -> None:
    with pytest.raises(WrongState, match="the proposal is proposed"):
        STEPS[step](connection, proposed(connection), actor=BERT)


def test_what_was_proposed_on_an_older_base_is_refused(connection: Connection) -> None:
    late = backtested(connection, changed(version=9))
    lifecycle.approve(connection, late, actor=BERT)
    activated(connection)
    with pytest.raises(Conflict, match="another set became active"):
        lifecycle.activate(connection, late, actor=BERT)


def test_the_same_set_is_proposed_once(connection: Connection) -> None:
    proposed(connection)
    with pytest.raises(Conflict, match="is proposed already"):
        proposed(connection)
    with pytest.raises(Conflict, match="is in force already"):
        lifecycle.propose(connection, CONTROLS, CONTROLS, actor=ANNA)


def test_one_set_is_in_shadow_at_a_time(connection: Connection) -> None:
    first, second = backtested(connection), backtested(connection, changed(version=9))
    assert lifecycle.shadow(connection, first, actor=ANNA)["shadow_since"] is not None
    with pytest.raises(Conflict, match="is in shadow"):
        lifecycle.shadow(connection, second, actor=ANNA)
    lifecycle.withdraw(connection, first, actor=ANNA)
    assert lifecycle.shadow(connection, second, actor=ANNA)["state"] == "shadow"


def test_a_rollback_puts_the_former_set_back_in_force(connection: Connection) -> None:
    proposal_id = activated(connection)["proposal_id"]
    row = lifecycle.rollback(connection, actor=ANNA)
    assert (row["action"], row["version"], row["previous_version"]) == ("rollback", CONTROLS.version, STRICT.version)
    assert lifecycle.proposal(connection, proposal_id)["state"] == "rolled_back"
    with pytest.raises(Conflict, match="nothing was in force before"):
        lifecycle.rollback(connection, actor=ANNA)


def test_a_rollback_reinstates_the_proposal_before(connection: Connection) -> None:
    first = activated(connection)["proposal_id"]
    activated(connection, changed(version=9), STRICT)
    assert lifecycle.proposal(connection, first)["state"] == "superseded"
    lifecycle.rollback(connection, actor=ANNA)
    assert lifecycle.proposal(connection, first)["state"] == "active"


def test_an_unknown_proposal_is_said_to_be_unknown(connection: Connection) -> None:
    with pytest.raises(NotFound):
        lifecycle.approve(connection, "none", actor=BERT)


def test_a_snooze_is_never_longer_than_the_database_allows(connection: Connection) -> None:
    values = {"snooze_id": "s", "control_id": "c", "client_id": "C1", "reason": "why", "created_by": "eve"}
    with pytest.raises((DBAPIError, psycopg.Error)):
        insert(connection, "control_snooze", values | {"until": "2099-01-01T00:00:00Z"})
