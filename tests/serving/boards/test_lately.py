"""Boards of the last minutes are shown again while nothing was written; each write, filter and span has its own."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from serving.boards.lately import SPAN, lately
from serving.queue.repository import record_event
from serving.queue.states import CaseEvent
from serving.state import ServingState
from tests.serving.boards.kit import firm_in
from tests.serving.factories import NOW, invoice, write


class Counted:
    """Counts how often it was worked out."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def ask(state: ServingState, work_out: Counted, *, question: str = "boards", as_of: timedelta = timedelta(0)) -> int:
    with state.engine.begin() as connection:
        return lately(connection, state, question, NOW + as_of, work_out)


@pytest.fixture
def worked() -> Counted:
    return Counted()


def test_it_is_worked_out_once_while_nothing_changes(state: ServingState, worked: Counted) -> None:
    assert [ask(state, worked) for _ in range(3)] == [1, 1, 1]


def test_another_question_has_another_answer(state: ServingState, worked: Counted) -> None:
    assert [ask(state, worked), ask(state, worked, question="of Acme")] == [1, 2]


def test_it_does_not_outlive_its_minutes(state: ServingState, worked: Counted) -> None:
    assert [ask(state, worked), ask(state, worked, as_of=SPAN)] == [1, 2]


def test_a_new_record_is_seen_at_once(state: ServingState, worked: Counted, engine: Engine) -> None:
    before = ask(state, worked)
    write(engine, [invoice(77)])
    assert ask(state, worked) == before + 1


def test_what_happens_to_a_case_is_seen_at_once(state: ServingState, worked: Counted, engine: Engine) -> None:
    with engine.begin() as connection:
        firm_in(connection).case("K9", "INV-9", "2026-01-05")
    before = ask(state, worked)
    with engine.begin() as connection:
        record_event(connection, "K9", CaseEvent.SKIPPED, actor="alice", states=("open", "open"), detail={})
    assert ask(state, worked) == before + 1
