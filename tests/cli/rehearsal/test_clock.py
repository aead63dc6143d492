"""The database's clock, turned back for one transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from cli.rehearsal.clock import turned_back
from ledger.records import ReviewDecision
from ledger.records.events import ReviewAction
from ledger.store import append
from serving import audit

THEN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEAM_CASE = """
INSERT INTO review_case (case_id, invoice_id, client_id, score_id, state, route, amount, currency, priority,
    priority_parts, due_at, separated)
VALUES ('K1', 'I1', 'C1', 'S1', 'open', 'review', 1, 'EUR', 1, '{}', clock_timestamp() + interval '1 day', '{}')
RETURNING opened_at, due_at
"""
DEFAULTS = text("SELECT adrelid, adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1, 2")


def one(connection: Connection, query: str) -> Any:
    return connection.execute(text(query)).one()


def test_statements_and_defaults_tell_the_rehearsed_moment(connection: Connection) -> None:
    with turned_back(connection, THEN) as clock:
        opened, due = one(connection, TEAM_CASE)
        assert clock() == THEN
        assert timedelta(0) < opened - THEN < timedelta(seconds=1)
        assert due == THEN + timedelta(days=1)
        clock.turn_to(THEN + timedelta(hours=1))
        assert one(connection, "SELECT clock_timestamp()")[0] == THEN + timedelta(hours=1)


def test_what_is_stamped_later_comes_later(connection: Connection) -> None:
    event = (
        "INSERT INTO case_event (case_id, event, actor_id, to_state, detail) VALUES ('K1', 'opened', 'a', 'open', '{}')"
    )
    with turned_back(connection, THEN):
        one(connection, TEAM_CASE)
        for _ in range(3):
            connection.execute(text(event))
    moments = [row[0] for row in connection.execute(text("SELECT happened_at FROM case_event ORDER BY event_id"))]
    assert moments == sorted(set(moments))


def test_afterwards_everything_is_as_it_was(engine: Engine) -> None:
    with engine.begin() as connection:
        before = connection.execute(DEFAULTS).all()
        with turned_back(connection, THEN):
            pass
        assert connection.execute(DEFAULTS).all() == before
        assert one(connection, "SELECT clock_timestamp()")[0].year > THEN.year - 1
        assert one(connection, "SELECT to_regnamespace('rehearsal') IS NULL")[0]


def test_an_error_leaves_no_trace(engine: Engine) -> None:
    with pytest.raises(KeyboardInterrupt), engine.begin() as connection, turned_back(connection, THEN):
        raise KeyboardInterrupt
    with engine.begin() as connection:
        assert one(connection, "SELECT to_regnamespace('rehearsal') IS NULL")[0]
        opened, _ = one(connection, TEAM_CASE)
    assert opened > THEN


def test_the_audit_log_keeps_its_own_clock(connection: Connection) -> None:
    with turned_back(connection, THEN):
        audit.write(connection, "decided", actor="A1", subject="I1", detail={})
    written, said = one(connection, "SELECT written_at, body::jsonb ->> 'at' FROM audit_entry")
    assert abs(written - datetime.fromisoformat(said)) < timedelta(minutes=1)
    assert written > THEN + timedelta(days=30)
    assert audit.verify(connection).holds


def test_no_decision_reaches_the_ledger(connection: Connection) -> None:
    about = {name: name for name in ("source", "source_id", "decision_id", "case_id", "invoice_id", "client_id")}
    decision = ReviewDecision(
        **about, event_at=THEN, known_at=THEN, action=ReviewAction.HOLD, reviewer_id="A1", propensity=1.0
    )
    with turned_back(connection, THEN):
        append(connection, [decision])
    assert one(connection, "SELECT count(*) FROM review_decision")[0] == 0
    append(connection, [decision])
    assert one(connection, "SELECT count(*) FROM review_decision")[0] == 1
