"""Sweeps: an item's fault sets that item aside, the rest goes on, and a database that is down is no item's fault."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from serving.auth.scopes import Role
from serving.faults import is_of_the_server
from serving.observe.metrics import exposition
from serving.problems import Conflict
from serving.sql import Row, change, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, put
from serving.tasks.sweep import Swept, sweep_over
from tests.serving.kit import OpenClient


class Worker:
    """Carries items out, but for the poisoned ones; remembers what it was given."""

    def __init__(self, state: ServingState, *poisoned: str) -> None:
        self.state, self.poisoned = state, set(poisoned)
        self.done: list[str] = []
        self.news: dict[str, tuple[str, ...]] = {}

    def __call__(self, items: Sequence[Item]) -> int:
        with self.state.engine.begin() as connection:
            for item in items:
                if item.key in self.poisoned:
                    change(connection, "SELECT 1 / 0")
        self.done += [item.key for item in items]
        self.news |= {item.key: item.news for item in items}
        return len(items)


def sweep(state: ServingState, work: Any, *keys: str, block: int = 1, news: tuple[str, ...] = ()) -> Swept:
    return sweep_over(state, Sweep.NEWS, [Item(key, news) for key in keys], work, block=block)


def aside(engine: Engine) -> list[Row]:
    with engine.begin() as connection:
        return rows(connection, "SELECT *, next_try_at - last_failed_at AS wait FROM set_aside ORDER BY item")


def due_now(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE set_aside SET next_try_at = clock_timestamp()"))


@pytest.mark.parametrize("block", [1, 3, 100])
def test_what_comes_after_a_faulty_item_is_carried_out(state: ServingState, block: int) -> None:
    work = Worker(state, "b", "e")
    assert sweep(state, work, *"abcdefg", block=block) == Swept(found=5, faults=2)
    assert sorted(work.done) == ["a", "c", "d", "f", "g"]
    found = aside(state.engine)
    assert [(row["item"], row["attempts"]) for row in found] == [("b", 1), ("e", 1)]
    assert found[0]["reason"] == "DivisionByZero: division by zero"


def test_it_is_tried_again_later_each_time_and_leaves_the_list_when_it_succeeds(state: ServingState) -> None:
    work = Worker(state, "b")
    waits = []
    for _ in range(9):
        sweep(state, work, "b") if not waits else sweep(state, work)
        waits.append(round(aside(state.engine)[0]["wait"].total_seconds()))
        due_now(state.engine)
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    work.poisoned.clear()
    assert sweep(state, work) == Swept(again=1)
    assert aside(state.engine) == []


def test_before_its_time_it_is_left_alone(state: ServingState) -> None:
    work = Worker(state, "b")
    sweep(state, work, "b")
    work.poisoned.clear()
    assert sweep(state, work, "a") == Swept(found=1)
    assert work.done == ["a"]


def test_news_of_a_faulty_item_is_kept_and_told_together(state: ServingState) -> None:
    work = Worker(state, "b")
    sweep(state, work, "b", news=("note",))
    sweep(state, work, "b", news=("approval",))
    assert aside(state.engine)[0]["news"] == ["approval", "note"]
    work.poisoned.clear()
    sweep(state, work, "b", news=("milestone",))
    assert work.news["b"] == ("approval", "milestone", "note")
    assert aside(state.engine) == []


def test_a_fault_cannot_hide_behind_its_own_words(state: ServingState) -> None:
    def work(items: Sequence[Item]) -> int:
        raise ValueError("bad \x00 byte, \ud800 and\na secret line" + "x" * 10_000)

    assert sweep(state, work, "a").faults == 1
    assert aside(state.engine)[0]["reason"] == "ValueError: bad  byte, ? and"


@pytest.mark.parametrize(
    "fault",
    [
        psycopg.OperationalError("the connection is lost"),
        psycopg.errors.AdminShutdown("terminating connection"),
        psycopg.errors.DiskFull("no space"),
        psycopg.errors.ReadOnlySqlTransaction("standby"),
        OperationalError("SELECT", {}, psycopg.OperationalError("server closed the connection")),
    ],
)
def test_a_database_that_does_not_answer_is_nobodys_fault(state: ServingState, fault: Exception) -> None:
    def work(items: Sequence[Item]) -> int:
        raise fault

    with pytest.raises(type(fault)):
        sweep(state, work, "a", "b")
    assert aside(state.engine) == []


def test_a_connection_that_breaks_in_the_middle_blames_no_item(state: ServingState) -> None:
    def work(items: Sequence[Item]) -> int:
        with state.engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return 1

    with pytest.raises(Exception, match=r"terminat|clos") as raised:
        sweep(state, work, "a")
    assert is_of_the_server(raised.value)
    assert aside(state.engine) == []


@pytest.mark.parametrize(
    "fault", [ValueError("x"), psycopg.errors.QueryCanceled("too slow"), psycopg.errors.DeadlockDetected("x"),
              psycopg.DataError("NUL"), Conflict("no")],
)  # fmt: skip
def test_an_items_own_fault_is(fault: Exception) -> None:
    assert not is_of_the_server(fault)


def test_a_cause_counts_as_the_fault_itself() -> None:
    error = ValueError("wrapped")
    error.__cause__ = psycopg.OperationalError("gone")
    assert is_of_the_server(error)


def test_it_is_counted_by_sweep(state: ServingState) -> None:
    work = Worker(state, "b")
    sweep(state, work, "b")
    due_now(state.engine)
    sweep(state, work)
    with state.engine.connect() as connection:
        page = exposition(connection).decode()
    assert 'triage_set_aside{sweep="news"} 1.0' in page
    assert 'triage_sweep_faults_total{sweep="news"} 2.0' in page
    assert 'triage_set_aside{sweep="decisions"} 0.0' in page


@pytest.fixture
def admin(log_in: OpenClient) -> TestClient:
    return log_in("ada", Role.ADMIN)


def put_aside(engine: Engine, sweep: Sweep, key: str) -> str:
    with engine.begin() as connection:
        put(connection, sweep, Item(key), "ZeroDivisionError: <b>division</b> by zero")
        found = rows(connection, "SELECT set_aside_id FROM set_aside WHERE item = %(item)s", {"item": key})
    return str(found[0]["set_aside_id"])


def test_administrators_list_it_and_try_it_again_now(engine: Engine, admin: TestClient, state: ServingState) -> None:
    first, second = put_aside(engine, Sweep.NEWS, "case-1"), put_aside(engine, Sweep.READY, "INV-1")
    listed = admin.get("/v1/set-aside").json()["items"]
    assert [(row["set_aside_id"], row["sweep"], row["item_kind"], row["item"], row["attempts"]) for row in listed] == [
        (second, "ready", "invoice", "INV-1", 1), (first, "news", "case", "case-1", 1),
    ]  # fmt: skip
    assert [row["item"] for row in admin.get("/v1/set-aside?sweep=news").json()["items"]] == ["case-1"]
    page = admin.get("/v1/set-aside?limit=1").json()
    assert admin.get(f"/v1/set-aside?limit=1&cursor={page['next_cursor']}").json()["items"][0]["item"] == "case-1"
    assert admin.post(f"/v1/set-aside/{first}/retry").status_code == 202
    work = Worker(state)
    assert sweep(state, work) == Swept(again=1)
    gone = admin.post(f"/v1/set-aside/{first}/retry")
    assert (gone.status_code, gone.json()["type"]) == (404, "urn:triage:problem:not-set-aside")


def test_the_admin_page_shows_it_with_a_button(engine: Engine, admin: TestClient) -> None:
    assert "Nothing is set aside" in admin.get("/admin").text
    set_aside_id = put_aside(engine, Sweep.DECISIONS, "case-1")
    page = admin.get("/admin").text
    assert 'href="/cases/case-1"' in page
    assert "ZeroDivisionError: &lt;b&gt;division&lt;/b&gt; by zero" in page
    back = admin.post(f"/admin/set-aside/{set_aside_id}/retry", follow_redirects=False)
    assert (back.status_code, back.headers["location"]) == (303, "/admin")
    with engine.connect() as connection:
        due = connection.execute(text("SELECT next_try_at <= clock_timestamp() FROM set_aside")).scalar_one()
    assert due
    assert admin.post("/admin/set-aside/none/retry", follow_redirects=False).status_code == 303
