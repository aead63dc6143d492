"""The audit log is verified by a worker, one at a time, with progress; a request verifies only a short one."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving import audit
from serving.auditing import verifying
from serving.auditing.verifying import carry_out, newest_verification, request_verification, verify_all
from serving.auth.scopes import Role, Scope
from serving.state import ServingState
from serving.tasks.queue import UPKEEP, VERIFY_AUDIT
from tests.serving.kit import OpenClient, api_key


def fill(engine: Engine, number: int) -> None:
    with engine.begin() as connection:
        for place in range(number):
            audit.write(connection, "tested", actor="a", subject=f"s{place % 7}", detail={})


def ask(engine: Engine) -> str:
    with engine.begin() as connection:
        return request_verification(connection, by="ana")


def test_a_second_request_sees_the_one_that_runs(state: ServingState) -> None:
    first = ask(state.engine)
    assert ask(state.engine) == first
    carry_out(state, first)
    assert ask(state.engine) != first
    with state.engine.connect() as connection:
        query = text("SELECT queue_name, count(*) FROM procrastinate_jobs WHERE task_name = :task GROUP BY 1")
        assert connection.execute(query, {"task": VERIFY_AUDIT}).all() == [(UPKEEP, 2)]


def test_it_tells_how_far_it_is(state: ServingState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "EVERY", 3)
    fill(state.engine, 8)  # beside the two of the rules
    seen: list[tuple[int, int]] = []
    change = verifying.change

    def watched(connection, statement, parameters=None):  # type: ignore[no-untyped-def]
        changed = change(connection, statement, parameters)
        if statement == verifying._PROGRESS:
            row = newest_verification(connection)
            assert row is not None
            seen.append((row["entries_done"], row["entries_total"]))
        return changed

    monkeypatch.setattr(verifying, "change", watched)
    asked = ask(state.engine)
    assert carry_out(state, asked)
    assert seen == [(3, 10), (6, 10), (9, 10)]
    with state.engine.connect() as connection:
        ended = newest_verification(connection)
    assert ended is not None
    assert (ended["holds"], ended["entries_done"], ended["breaks"]) == (True, 10, [])


def test_one_that_ended_is_not_carried_out_again(state: ServingState) -> None:
    asked = ask(state.engine)
    assert carry_out(state, asked)
    assert not carry_out(state, asked)


def test_one_whose_worker_fell_silent_makes_way(state: ServingState) -> None:
    first = ask(state.engine)
    with state.engine.begin() as connection:
        connection.execute(text("UPDATE audit_verification SET touched_at = touched_at - interval '11 minutes'"))
    assert ask(state.engine) != first
    with state.engine.connect() as connection:
        query = text("SELECT holds, ended_at IS NOT NULL FROM audit_verification WHERE verification_id = :id")
        assert connection.execute(query, {"id": first}).one() == (None, True)


def test_what_is_written_meanwhile_is_no_break(state: ServingState, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(state.engine, 8)
    monkeypatch.setattr(verifying, "EVERY", 2)
    found = verify_all(state.engine, told=lambda _: fill(state.engine, 10))
    assert (found.holds, found.entries) == (True, 10)
    assert verify_all(state.engine).entries == 60


def test_a_request_verifies_a_short_log_alone(
    state: ServingState, log_in: OpenClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana: TestClient = log_in("ana", Role.AUDITOR)
    assert ana.get("/v1/audit/verification").json()["holds"]
    monkeypatch.setattr(verifying, "MOST_AT_ONCE", 0)
    refused = ana.get("/v1/audit/verification")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:log-too-long")


def test_only_who_may_read_the_log_has_it_verified(state: ServingState, log_in: OpenClient) -> None:
    assert log_in("rita", Role.REVIEWER).post("/audit/verification").status_code == 403
    key = {"Authorization": f"Bearer {api_key(state.engine, Scope.RULES_READ)}"}
    assert log_in("ana", Role.AUDITOR).post("/audit/verification", headers=key).status_code == 403
