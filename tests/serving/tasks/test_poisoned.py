"""Every sweep of the worker with a poisoned item among others: the others are carried out, and it comes back itself."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, text

from features.anchors import ANCHORS
from features.matrix import FloatArray
from features.recordset import text_digest
from ledger.records import Note
from serving.asking import follow
from serving.asking.schemas import AskRequest
from serving.asking.service import Asking, ask
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.controls import lifecycle
from serving.policy import Policy
from serving.queue import service
from serving.queue.assigning import assign_open
from serving.queue.bulk_finish import finish_due
from serving.queue.decide import DecisionRequest, decide
from serving.queue.following import follow_news
from serving.queue.lending import lend_cases
from serving.queue.refreshing import refresh_cases
from serving.rules import register_rules
from serving.scoring import ahead, prepared
from serving.scoring.readiness import Readiness
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.scoring.service import Asker, score_invoice
from serving.settings import ServingSettings
from serving.sql import Row, rows
from serving.state import ServingState
from serving.tasks import upkeep
from serving.tasks.set_aside import Sweep
from tests.serving.controls.kit import ANNA, backtested
from tests.serving.factories import NOW, clean, master, record, write
from tests.serving.kit import person
from tests.serving.queue.kit import case_of, events, member, set_case, team
from tests.serving.watchful import watchful

POISON = """
CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when} THEN RAISE EXCEPTION 'poisoned'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION poison();
"""


@contextmanager
def poisoned(engine: Engine, table: str, when: str) -> Iterator[None]:
    """A table that refuses a row, as a broken constraint or a damaged row would."""
    with engine.begin() as connection:
        connection.exec_driver_sql(POISON.format(table=table, when=when))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TRIGGER poison ON {table}")


def aside(engine: Engine) -> list[tuple[str, str]]:
    with engine.begin() as connection:
        return [(row["sweep"], row["item"]) for row in rows(connection, "SELECT * FROM set_aside ORDER BY item")]


def due_now(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE set_aside SET next_try_at = clock_timestamp()"))


@dataclass(frozen=True)
class Trial:
    """A sweep with three items, one of them poisoned."""

    engine: Engine
    sweep: Sweep
    round: Callable[[], int]
    item: str

    def proves(self, table: str, when: str, *, done: int = 2, again: int = 1) -> None:
        """The others are carried out though the poisoned one comes first; it is left alone, and then comes back."""
        with poisoned(self.engine, table, when):
            assert self.round() == done
            assert aside(self.engine) == [(self.sweep.value, self.item)]
            assert self.round() == 0
            due_now(self.engine)
            assert self.round() == 0
        due_now(self.engine)
        assert self.round() == again
        assert aside(self.engine) == []
        assert self.round() == 0


@pytest.fixture
def queue(state: ServingState, engine: Engine) -> dict[str, str]:
    """Three open cases; invoice → case."""
    write(engine, [*master(), *(record for number in (1, 2, 3) for record in clean(number))])
    score_run(state, ["INV-1", "INV-2", "INV-3"], as_of=NOW)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT invoice_id, case_id FROM review_case")).all()
    return {row[0]: row[1] for row in found}


@pytest.fixture
def rita(state: ServingState) -> Principal:
    return person(state.engine, "rita", Role.REVIEWER)


def test_news(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    follow_news(state)
    known = {"known_at": datetime(2026, 2, 10, 11, tzinfo=UTC)}
    write(engine, [
        record(Note, note_id=f"N{number}", client_id="C1", invoice_id=f"INV-{number}", text="new", **known)
        for number in (1, 2, 3)
    ])  # fmt: skip
    set_case(engine, "INV-1", state="waiting")
    Trial(engine, Sweep.NEWS, lambda: follow_news(state), queue["INV-1"]).proves("score", "NEW.invoice_id = 'INV-1'")
    # The sweep moved on without it, and its news was kept.
    assert events(engine, queue["INV-1"])[-2:] == ["rescored", "resumed"]
    assert case_of(engine, "INV-1")["state"] == "open"


def test_refresh(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    policy = Policy.model_validate(state.policy.model_dump() | {"number": 99, "senior_review_amount": 1})
    changed = replace(state, policy=policy)
    with engine.begin() as connection:
        register_rules(connection, changed)
    trial = Trial(engine, Sweep.REFRESH, lambda: refresh_cases(changed), queue["INV-1"])
    trial.proves("score", "NEW.invoice_id = 'INV-1'")
    assert {case_of(engine, f"INV-{number}")["route"] for number in (1, 2, 3)} == {"senior_review"}


def held(state: ServingState, case_id: str, who: Principal) -> None:
    with state.engine.begin() as connection:
        kase = service.claim(connection, state, case_id, principal=who)
        request = DecisionRequest.model_validate({"action": "hold", "fence": kase["fence"], "reason_code": "rate"})
        decide(connection, state, case_id, request, principal=who)


def test_decisions(queue: dict[str, str], state: ServingState, engine: Engine, rita: Principal) -> None:
    later = replace(state, policy=state.policy.model_copy(update={"undo_minutes": 10}))
    for case_id in queue.values():
        held(later, case_id, rita)
    with engine.begin() as connection:
        connection.execute(text("UPDATE bulk_batch SET pending_until = clock_timestamp()"))
    trial = Trial(engine, Sweep.DECISIONS, lambda: finish_due(later), queue["INV-1"])
    trial.proves("case_decision", f"NEW.case_id = '{queue['INV-1']}'")
    assert [case_of(engine, f"INV-{number}")["state"] for number in (1, 2, 3)] == ["decided"] * 3


def test_assignment(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    ann = member(engine, made := team(engine, auto_assign=True), "ann")
    for number in (1, 2, 3):
        set_case(engine, f"INV-{number}", team_id=made, priority=9 - number)
    trial = Trial(engine, Sweep.ASSIGNMENT, lambda: assign_open(state), queue["INV-1"])
    trial.proves("review_case", "NEW.invoice_id = 'INV-1' AND NEW.assigned_to IS NOT NULL")
    assert {case_of(engine, f"INV-{number}")["assigned_to"] for number in (1, 2, 3)} == {ann.principal_id}


def test_service_levels(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    for number in (1, 2, 3):
        set_case(engine, f"INV-{number}", due_at=datetime.now(UTC) - timedelta(hours=9 - number))
    trial = Trial(engine, Sweep.SERVICE_LEVELS, lambda: upkeep.escalate_cases(state), queue["INV-1"])
    trial.proves("review_case", "NEW.invoice_id = 'INV-1' AND NEW.escalation > 0")


def test_lending(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    made = team(engine)
    for number in (1, 2, 3):
        set_case(engine, f"INV-{number}", team_id=made)
    trial = Trial(engine, Sweep.LENDING, lambda: lend_cases(state), queue["INV-1"])
    trial.proves("case_lent", f"NEW.case_id = '{queue['INV-1']}'")


def test_likeness(queue: dict[str, str], state: ServingState, engine: Engine, rita: Principal) -> None:
    for case_id in queue.values():
        held(state, case_id, rita)
    trial = Trial(engine, Sweep.LIKENESS, lambda: upkeep.learn_likeness(state), queue["INV-3"])
    trial.proves("case_likeness", f"NEW.case_id = '{queue['INV-3']}'")


def test_shadow(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    with engine.begin() as connection:
        lifecycle.shadow(connection, backtested(connection), actor=ANNA)
        now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        live = replace(state, clock=lambda: now)
        stored = [
            score_invoice(connection, live, f"INV-{number}", as_of=NOW, asker=Asker("test"))["score_id"]
            for number in (1, 2, 3)
        ]
    trial = Trial(engine, Sweep.SHADOW, lambda: upkeep.watch_shadow(state), stored[0])
    trial.proves("control_shadow", f"NEW.score_id = '{stored[0]}'")


def test_ready(queue: dict[str, str], clearing: ServingState, engine: Engine) -> None:
    readiness = Readiness()
    trial = Trial(engine, Sweep.READY, lambda: readiness(clearing), "INV-1")
    trial.proves("prepared_score", "NEW.invoice_id = 'INV-1'")


@pytest.fixture
def watched(state: ServingState) -> ServingState:
    """With models that find something in every invoice."""
    return replace(state, models=FixedModels(watchful("po_missing", threshold=None)))


def test_remedies(queue: dict[str, str], watched: ServingState, engine: Engine) -> None:
    assert Readiness()(watched) == 3
    trial = Trial(engine, Sweep.REMEDIES, lambda: prepared.prepare_remedies(watched), "INV-1")
    trial.proves("prepared_score", "NEW.invoice_id = 'INV-1' AND NEW.remedies IS NOT NULL")


def test_explanations(queue: dict[str, str], watched: ServingState, engine: Engine) -> None:
    score_id = case_of(engine, "INV-1")["score_id"]
    trial = Trial(engine, Sweep.EXPLANATIONS, lambda: ahead.explain_ahead(watched), score_id)
    trial.proves("kept_explanation", f"NEW.score_id = '{score_id}'")


class ChokingEncoder:
    """Chokes on one text."""

    name = "choking"
    poison = "note of INV-2"

    def __init__(self, _: Path) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """A vector per text."""
        if self.poison in texts:
            raise RuntimeError("poisoned")
        return np.zeros((len(texts), 4))

    def similarities(self, vectors: FloatArray) -> FloatArray:
        """Nothing in common with any anchor."""
        return np.zeros((len(vectors), len(ANCHORS)))


def test_notes(
    queue: dict[str, str], state: ServingState, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(engine, [
        record(Note, note_id=f"N{n}", client_id="C1", invoice_id=f"INV-{n}", text=f"note of INV-{n}")
        for n in (1, 2, 3)
    ])  # fmt: skip
    embed = upkeep.NoteEmbedder(tmp_path, ChokingEncoder)  # type: ignore[arg-type]  # the real one needs its weights
    assert embed(state) == 2
    assert aside(engine) == [("notes", text_digest(ChokingEncoder.poison))]
    # A worker that has just started looks at everything, and leaves what is set aside to its time.
    fresh = upkeep.NoteEmbedder(tmp_path, ChokingEncoder)  # type: ignore[arg-type]  # as above
    assert fresh(state) == 0
    monkeypatch.setattr(ChokingEncoder, "poison", None)
    due_now(engine)
    assert embed(state) == 1
    assert aside(engine) == []


@pytest.fixture
def asked(queue: dict[str, str], state: ServingState, rita: Principal) -> list[str]:
    """Three requests, one on each case; the oldest first."""
    made = []
    for case_id in queue.values():
        with state.engine.begin() as connection:
            wanted = AskRequest.model_validate({"kind": "answer", "question": "why?", "asked_name": "Petra"})
            made.append(ask(Asking(connection, state, case_id, rita), wanted).request["request_id"])
    return made


def test_expiry(asked: list[str], state: ServingState, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE case_request SET expires_at = clock_timestamp()"))
    trial = Trial(engine, Sweep.EXPIRY, lambda: follow.expire(state), asked[0])
    trial.proves("case_request", f"NEW.request_id = '{asked[0]}' AND NEW.state = 'expired'")
    assert [case_of(engine, f"INV-{number}")["state"] for number in (1, 2, 3)] == ["open"] * 3


def test_reminders(asked: list[str], state: ServingState, engine: Engine) -> None:
    settings = ServingSettings.model_validate({"TRIAGE_NOTIFY_URL": "json://x", "TRIAGE_REMIND_DAYS": 1e-9})
    reminding = replace(state, settings=settings)
    trial = Trial(engine, Sweep.REMINDERS, lambda: follow.remind(reminding), asked[0])
    trial.proves("case_request", f"NEW.request_id = '{asked[0]}' AND NEW.reminded_at IS NOT NULL")


def test_answers_whose_own_task_gave_up(asked: list[str], state: ServingState, engine: Engine) -> None:
    answered = """
        UPDATE case_request SET state = 'answered', ended_at = clock_timestamp() - interval '10 minutes', answer = 'x'
    """
    told = """
        INSERT INTO case_event (case_id, event, actor_id, from_state, to_state, detail)
        SELECT case_id, 'answered', 'x', 'waiting', 'waiting',
               jsonb_build_object('request_id', request_id, 'known_at', clock_timestamp() - interval '10 minutes')
        FROM case_request
    """
    with engine.begin() as connection:
        connection.exec_driver_sql(answered)
        connection.exec_driver_sql(told)
    trial = Trial(engine, Sweep.ANSWERS, lambda: follow.follow_late(state), asked[0])
    trial.proves("case_request", f"NEW.request_id = '{asked[0]}' AND NEW.followed_at IS NOT NULL")
    assert [case_of(engine, f"INV-{number}")["state"] for number in (1, 2, 3)] == ["open"] * 3


def test_opened(queue: dict[str, str], state: ServingState, engine: Engine) -> None:
    endpoint = (
        "INSERT INTO callback_endpoint (endpoint_id, name, prefix, created_by) VALUES ('E', 'x', 'https://x', 'x')"
    )
    standing = """
        INSERT INTO callback_standing (standing_id, endpoint_id, url, events, sees_all, requested_by)
        VALUES ('S', 'E', 'https://x/y', '{case.opened}', true, 'x')
    """
    with engine.begin() as connection:
        connection.exec_driver_sql(endpoint)
        connection.exec_driver_sql(standing)
        connection.exec_driver_sql("INSERT INTO callback_opened SELECT case_id, opened_at FROM review_case")
    trial = Trial(engine, Sweep.OPENED, lambda: upkeep.announce_opened(state), queue["INV-1"])
    trial.proves("callback_message", "NEW.subject = 'INV-1'")


def test_no_sweep_is_without_its_trial() -> None:
    tried = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {sweep.value for sweep in Sweep} - tried == {"answers"}


def test_a_fault_of_the_code_counts_as_well(
    queue: dict[str, str], state: ServingState, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_news(state)
    known = {"known_at": datetime(2026, 2, 10, 11, tzinfo=UTC)}
    write(engine, [
        record(Note, note_id=f"N{number}", client_id="C1", invoice_id=f"INV-{number}", text="new", **known)
        for number in (1, 2, 3)
    ])  # fmt: skip
    real = follow_news.__globals__["rescore"]

    def rescore(connection: Any, state: Any, previous: Row, **more: Any) -> Row:
        if previous["invoice_id"] == "INV-1":
            raise ZeroDivisionError
        return dict(real(connection, state, previous, **more))

    monkeypatch.setitem(follow_news.__globals__, "rescore", rescore)
    assert follow_news(state) == 2
    assert aside(engine) == [("news", queue["INV-1"])]


def test_stale_news_of_closed_cases_keeps_nobody_waiting(
    queue: dict[str, str], state: ServingState, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_news(state)
    monkeypatch.setitem(follow_news.__globals__, "MOST_AT_ONCE", 1)
    set_case(engine, "INV-1", state="cancelled", closed_at=datetime.now(UTC), news=["note"])
    set_case(engine, "INV-2", news=["note"])
    assert follow_news(state) == 1
    assert case_of(engine, "INV-2")["news"] == []
