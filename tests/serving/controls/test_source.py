"""A process takes up what becomes active within seconds, and keeps its last good set when the database fails."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from ledger.database import Database
from serving.controls import lifecycle, snoozing
from serving.controls.snoozing import Wish
from serving.controls.source import FixedRules, StoredRules
from serving.rulebook.polled import LOOK_EVERY_SECONDS
from serving.sql import change
from serving.state import ServingState
from tests.serving.controls.firm import CONTROLS
from tests.serving.controls.kit import BERT, STRICT, activated
from tests.serving.factories import NOW


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def activate(engine: Engine) -> None:
    with engine.begin() as connection:
        activated(connection)


def test_the_shipped_set_is_in_force_until_another_one_is_activated(engine: Engine) -> None:
    clock = Clock()
    rules = StoredRules(engine, CONTROLS, clock=clock)
    assert rules.current().version == CONTROLS.version
    activate(engine)
    assert rules.current().version == CONTROLS.version
    clock.seconds += LOOK_EVERY_SECONDS
    assert rules.current().version == STRICT.version
    assert rules.problem() is None
    with engine.begin() as connection:
        lifecycle.rollback(connection, actor=BERT)
    clock.seconds += LOOK_EVERY_SECONDS
    assert rules.current().version == CONTROLS.version


def test_the_database_is_asked_at_most_every_two_seconds() -> None:
    class Unreachable:
        asked = 0

        def connect(self) -> None:
            self.asked += 1
            raise AssertionError

    clock, engine = Clock(), Unreachable()
    rules = StoredRules(engine, CONTROLS, clock=clock)  # type: ignore[arg-type]  # counts how often it is asked
    rules._next_look = 2.0
    assert [rules.current().version for _ in range(100)] == [CONTROLS.version] * 100
    assert engine.asked == 0


def test_the_last_good_set_stays_when_the_database_is_gone_and_says_so(engine: Engine) -> None:
    activate(engine)
    clock = Clock()
    rules = StoredRules(engine, CONTROLS, clock=clock)
    assert rules.current().version == STRICT.version
    rules._engine = Database(make_url("postgresql+psycopg://nobody@127.0.0.1:1/none"), embedded=False).engine()
    clock.seconds += LOOK_EVERY_SECONDS
    assert rules.current().version == STRICT.version
    assert "may not be the newest" in (rules.problem() or "")
    rules._engine = engine
    clock.seconds += LOOK_EVERY_SECONDS
    assert rules.current().version == STRICT.version
    assert rules.problem() is None


def test_a_set_that_this_process_cannot_read_is_not_taken_up(engine: Engine) -> None:
    with engine.begin() as connection:
        change(
            connection,
            """INSERT INTO rule_set VALUES ('controls-9-x', 'controls', '{"number": 9, "controls": [{}]}')""",
        )
        change(
            connection,
            """INSERT INTO control_activation (action, version, actor_id, why)
            VALUES ('shipped', 'controls-9-x', 'system', 'a newer release')""",
        )
    rules = StoredRules(engine, CONTROLS)
    assert rules.current().version == CONTROLS.version
    assert "controls-9-x" in (rules.problem() or "")


def test_new_snoozes_are_taken_up_too(engine: Engine) -> None:
    clock = Clock()
    rules = StoredRules(engine, CONTROLS, clock=clock)
    assert rules.current().snoozes.ids == ()
    wish = Wish("credit_hold", "C1", None, NOW.replace(year=2099), "agreed")
    with engine.begin() as connection:
        now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        made = snoozing.create(
            connection,
            CONTROLS,
            replace(wish, until=now.replace(microsecond=0) + timedelta(days=1)),
            actor="a",
            now=now,
        )
    clock.seconds += LOOK_EVERY_SECONDS
    assert rules.current().snoozes.ids == (made["snooze_id"],)


def test_a_pinned_state_does_not_change(state: ServingState) -> None:
    pinned = state.pinned()
    activate(state.engine)
    assert pinned.controls is pinned.controls
    assert isinstance(pinned.rules, FixedRules)
    assert pinned.rules.problem() is None
    assert pinned.rules.shipped.version == pinned.controls.version
