"""Whatever is committed is found once, in whichever order transactions end; all that boards read is watched."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from ledger.store import append
from serving import boards
from serving.boards.registry import KPIS
from serving.queue.repository import record_event
from serving.queue.states import CaseEvent
from serving.sql import rows
from serving.written import WATCHED, Written
from tests.serving.boards.kit import firm_in
from tests.serving.factories import invoice, write

# What changes only together with an event of its case.
WITH_ITS_CASE = {"review_case", "case_decision", "second_look_v1"}


@pytest.fixture
def written() -> Written:
    return Written()


def counts(engine: Engine, written: Written, times: int = 1) -> list[int]:
    with engine.begin() as connection:
        return [written.count(connection) for _ in range(times)]


def test_the_count_stays_while_nothing_is_written(engine: Engine, written: Written) -> None:
    assert counts(engine, written, 3) == [0, 0, 0]


def test_each_commit_is_found_once(engine: Engine, written: Written) -> None:
    counts(engine, written)
    for number in (1, 2):
        write(engine, [invoice(number)])
        assert counts(engine, written, 2) == [number, number]


def test_who_began_first_and_commits_last_is_found(engine: Engine, written: Written) -> None:
    counts(engine, written)
    with engine.begin() as early:
        append(early, [invoice(1)])
        write(engine, [invoice(2)])
        assert counts(engine, written, 2) == [1, 1]
    assert counts(engine, written, 2) == [2, 2]


def test_what_is_rolled_back_was_never_written(engine: Engine, written: Written) -> None:
    counts(engine, written)
    with engine.connect() as connection, connection.begin() as transaction:
        append(connection, [invoice(1)])
        transaction.rollback()
    assert counts(engine, written) == [0]


def test_an_event_of_a_case_is_found(engine: Engine, written: Written) -> None:
    with engine.begin() as connection:
        firm_in(connection).case("K9", "INV-9", "2026-01-05")
    (before,) = counts(engine, written)
    with engine.begin() as connection:
        record_event(connection, "K9", CaseEvent.SKIPPED, actor="alice", states=("open", "open"), detail={})
    assert counts(engine, written, 2) == [before + 1, before + 1]


def test_a_look_of_another_server_says_nothing(engine: Engine, written: Written) -> None:
    counts(engine, written)
    written._seen = "900000000:900000000:"
    assert counts(engine, written, 2) == [1, 1]


def test_what_was_written_is_found_by_an_index(connection: Connection) -> None:
    query = "SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%%USING btree (recorded_tx)%%'"
    assert set(WATCHED) <= {row["tablename"] for row in rows(connection, query, {})}


def test_everything_that_boards_read_is_watched(connection: Connection) -> None:
    folder = Path(boards.__file__).parent
    texts = [path.read_text() for path in folder.glob("*.sql")] + [kpi.rows for kpi in KPIS.values()]
    read = {name for text in texts for name in re.findall(r"\b(?:FROM|JOIN) ([a-z_0-9]+)", re.sub("--.*", "", text))}
    query = "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'v') AND relname NOT LIKE 'pg\\_%%'"
    tables = {row["name"] for row in rows(connection, query, {})}
    assert {"invoice", "time_entry", "score"} < read & tables <= {*WATCHED} | WITH_ITS_CASE
