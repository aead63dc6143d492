"""Rehearsed weeks are whole, repeatable, stamped with their own moments, and reach neither ledger nor real firms."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from cli.rehearsal.weeks import rehearse, rehearsed_at
from ledger.errors import PlainError
from serving import audit
from serving.auth.scopes import Role
from serving.queue.following import follow_news
from serving.queue.service import find
from serving.replay.service import Models, replay
from serving.scoring.repository import score_row
from serving.scoring.runs import score_run
from serving.similar.stories import similar_to
from serving.state import ServingState
from tests.cli.rehearsal.conftest import SPAN
from tests.serving.kit import person

DECISIONS = """
SELECT c.invoice_id, d.action, d.reason_code, d.note, d.final, date_trunc('second', d.decided_at) AS at, a.login
FROM case_decision d JOIN review_case c USING (case_id) JOIN account a ON a.account_id = d.reviewer_id
ORDER BY at, c.invoice_id
"""
MOMENTS = """
SELECT happened_at FROM case_event UNION ALL SELECT decided_at FROM case_decision UNION ALL SELECT opened_at
FROM review_case UNION ALL SELECT closed_at FROM review_case WHERE closed_at IS NOT NULL
UNION ALL SELECT scored_at FROM score UNION ALL SELECT written_at FROM case_comment
"""


def asked(state: ServingState, query: str) -> list[Any]:
    with state.engine.connect() as connection:
        return list(connection.execute(text(query)).all())


def only(state: ServingState, query: str) -> Any:
    return asked(state, query)[0][0]


def test_most_cases_are_decided_and_some_are_left(rehearsed: ServingState) -> None:
    states: dict[str, int] = dict(
        tuple(row) for row in asked(rehearsed, "SELECT state, count(*) FROM review_case GROUP BY 1")
    )
    assert states["decided"] > 20
    assert states["open"] > 0
    assert states["waiting"] >= 1
    assert states["claimed"] == 2


def test_what_happened_is_stamped_with_the_rehearsed_weeks(rehearsed: ServingState) -> None:
    moments = [row[0] for row in asked(rehearsed, MOMENTS)]
    assert SPAN.start < min(moments)
    assert (max(moments) - SPAN.until).total_seconds() < 1
    people = asked(rehearsed, "SELECT decided_at FROM case_decision")
    assert all(row[0].weekday() < 5 and time(8) < row[0].time() < time(19) for row in people)


def test_people_release_hold_and_correct(rehearsed: ServingState) -> None:
    actions = {row[0] for row in asked(rehearsed, "SELECT DISTINCT action FROM case_decision WHERE final")}
    assert {"release", "hold", "correct"} <= actions


def test_nobody_decides_on_their_own_work(rehearsed: ServingState) -> None:
    query = """
        SELECT count(*) FROM case_decision d JOIN review_case c USING (case_id)
        JOIN account a ON a.account_id = d.reviewer_id WHERE a.resource_id = ANY(c.separated)
    """
    assert only(rehearsed, query) == 0
    barred = (
        "SELECT count(*) FROM review_case c JOIN account a ON a.login = 'petra' AND a.resource_id = ANY(c.separated)"
    )
    assert only(rehearsed, barred) > 0


def test_two_people_release_what_needs_two(rehearsed: ServingState) -> None:
    query = """
        SELECT count(*), count(*) FILTER (WHERE f.reviewer_id = s.reviewer_id) AS alone
        FROM case_decision f JOIN case_decision s USING (case_id)
        WHERE NOT f.final AND s.final AND f.action = 'release' AND s.action = 'release'
    """
    pairs, alone = asked(rehearsed, query)[0]
    assert pairs > 0
    assert alone == 0


def test_the_audit_log_holds_and_tells_when_it_was_written(rehearsed: ServingState) -> None:
    with rehearsed.engine.connect() as connection:
        assert audit.verify(connection).holds
        written = rehearsed_at(connection)
    assert written is not None
    assert written.date() == datetime.now(UTC).date()
    oldest = only(rehearsed, "SELECT min(written_at) FROM audit_entry WHERE action = 'decided'")
    assert (written - oldest).total_seconds() < 600


def test_a_rehearsed_score_is_the_same_when_it_is_made_again(rehearsed: ServingState) -> None:
    scores = asked(rehearsed, "SELECT score_id FROM score ORDER BY md5(invoice_id), score_id LIMIT 6")
    with rehearsed.engine.connect() as connection:
        for (score_id,) in scores:
            row = score_row(connection, score_id)
            assert row is not None
            assert row["scored_at"] >= row["as_of"]
            assert replay(connection, rehearsed, row, models=Models.STORED).same


def test_the_ledger_is_as_it_was(rehearsed: ServingState, firm: ServingState) -> None:
    assert only(rehearsed, "SELECT count(*) FROM review_decision") == 0
    for kind in ("invoice", "note", "approval", "sync_event"):
        newest = f"SELECT max(recorded_tx::text::bigint) FROM {kind}"
        assert only(rehearsed, newest) == only(firm, newest)


def test_the_database_keeps_no_trace_of_the_clock(rehearsed: ServingState, firm: ServingState) -> None:
    defaults = "SELECT adrelid::regclass::text, adnum, pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1, 2"
    triggers = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    for query in (defaults, triggers, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1"):
        assert asked(rehearsed, query) == asked(firm, query)


def test_the_worker_finds_nothing_to_follow(rehearsed: ServingState) -> None:
    before = only(rehearsed, "SELECT count(*) FROM review_case")
    assert follow_news(rehearsed) == 0
    assert only(rehearsed, "SELECT count(*) FROM review_case") == before


def test_what_was_done_last_time_is_there_at_once(rehearsed: ServingState) -> None:
    unlearnt = """
        SELECT count(*) FROM review_case c
        WHERE state = 'decided' AND NOT EXISTS (SELECT FROM case_likeness l WHERE l.case_id = c.case_id)
    """
    assert only(rehearsed, unlearnt) == 0
    case_id = only(rehearsed, "SELECT case_id FROM review_case WHERE state = 'open' ORDER BY invoice_id LIMIT 1")
    manager = person(rehearsed.engine, "somebody", Role.MANAGER)
    with rehearsed.engine.connect() as connection:
        kase = find(connection, case_id, manager)
        score = score_row(connection, kase["score_id"])
        assert score is not None
        assert similar_to(connection, kase, score, principal=manager)


def test_a_killed_rehearsal_never_was_and_begun_again_people_decide_the_same(
    firm: ServingState, rehearsed: ServingState
) -> None:
    def kill(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearse(firm, SPAN, embedded=True, tell=kill)
    assert [only(firm, f"SELECT count(*) FROM {table}") for table in ("score", "review_case", "account", "team")] == [
        0
    ] * 4
    rehearse(firm, SPAN, embedded=True)
    assert asked(firm, DECISIONS) == asked(rehearsed, DECISIONS)


def test_it_is_done_once(rehearsed: ServingState) -> None:
    with pytest.raises(PlainError, match="holds decisions already"):
        rehearse(rehearsed, SPAN, embedded=True)


def test_a_firm_that_was_scored_is_refused(firm: ServingState) -> None:
    score_run(firm, [only(firm, "SELECT min(invoice_id) FROM invoice")], as_of=SPAN.until)
    with pytest.raises(PlainError, match="holds scores already"):
        rehearse(firm, SPAN, embedded=True)


def test_an_account_that_owns_no_table_is_told_so(firm: ServingState) -> None:
    reader = create_engine(firm.engine.url, connect_args={"options": "-c role=pg_read_all_data"})
    with pytest.raises(PlainError, match="the account that owns them"):
        rehearse(replace(firm, engine=reader), SPAN, embedded=True)
    reader.dispose()
