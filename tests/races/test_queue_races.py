"""Many reviewers against one queue: nothing is claimed or decided twice, and nothing is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from ledger.records import Note
from ledger.records.events import ReviewAction
from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.problems import Problem
from serving.queue import repository, service
from serving.queue.assigning import assign_open
from serving.queue.decide import DecisionRequest, decide
from serving.queue.following import follow_news
from serving.queue.repository import Reviewer
from serving.scoring.runs import score_run
from serving.scoring.service import Asker, score_invoice
from serving.state import ServingState
from serving.tasks import upkeep
from tests.serving.factories import NOW, clean, master, record, write
from tests.serving.kit import person

CASES = 24


@pytest.fixture
def queue(state: ServingState, engine: Engine) -> ServingState:
    """A queue of open cases."""
    write(engine, [*master(), *(record for number in range(1, CASES + 1) for record in clean(number))])
    score_run(state, [f"INV-{number}" for number in range(1, CASES + 1)], as_of=NOW)
    return state


def work(state: ServingState, principal: Principal) -> list[str]:
    """Claim and decide until nothing is left."""
    decided: list[str] = []
    while True:
        with state.engine.begin() as connection:
            taken = service.claim_next(connection, state, principal=principal)
        if taken is None:
            return decided
        request = DecisionRequest(action=ReviewAction.HOLD, fence=taken["fence"], reason_code="other")
        with state.engine.begin() as connection:
            decide(connection, state, taken["case_id"], request, principal=principal)
        decided.append(taken["case_id"])


def test_eight_reviewers_empty_the_queue_and_each_case_is_decided_once(queue: ServingState) -> None:
    people = [person(queue.engine, f"p{place}", Role.REVIEWER) for place in range(8)]
    with ThreadPoolExecutor(8) as pool:
        decided = Counter(case for cases in pool.map(lambda who: work(queue, who), people) for case in cases)
    assert len(decided) == CASES
    assert set(decided.values()) == {1}
    with queue.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM review_decision")).scalar_one() == CASES
        assert connection.execute(text("SELECT count(*) FROM review_case WHERE state <> 'decided'")).scalar_one() == 0
        assert audit.verify(connection).holds


def test_one_claim_is_decided_once_however_often_it_is_sent(queue: ServingState) -> None:
    rita = person(queue.engine, "rita", Role.REVIEWER)
    with queue.engine.begin() as connection:
        taken = service.claim_next(connection, queue, principal=rita)
    assert taken is not None
    request = DecisionRequest(action=ReviewAction.HOLD, fence=taken["fence"], reason_code="other")

    def send(_: int) -> str:
        try:
            with queue.engine.begin() as connection:
                decide(connection, queue, taken["case_id"], request, principal=rita)
        except Problem as problem:
            return problem.slug
        return "decided"

    with ThreadPoolExecutor(6) as pool:
        outcomes = Counter(pool.map(send, range(6)))
    assert outcomes["decided"] == 1
    assert set(outcomes) <= {"decided", "claim-lost", "case-closed"}


def test_a_takeover_and_a_decision_do_not_both_win(queue: ServingState) -> None:
    rita, bob = person(queue.engine, "rita", Role.REVIEWER), person(queue.engine, "bob", Role.REVIEWER)
    as_rita, as_bob = service.reviewer_of(rita), service.reviewer_of(bob)
    with queue.engine.begin() as connection:
        taken = repository.take_next(connection, as_rita, lease=timedelta(seconds=-1))
    assert taken is not None
    case_id = taken["case_id"]
    request = DecisionRequest(action=ReviewAction.HOLD, fence=taken["fence"], reason_code="other")

    def take_over() -> Any:
        with queue.engine.begin() as connection:
            return repository.take(connection, case_id, as_bob, lease=timedelta(minutes=5))

    def settle() -> Any:
        try:
            with queue.engine.begin() as connection:
                return decide(connection, queue, case_id, request, principal=rita)
        except Problem:
            return None

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(take_over), pool.submit(settle)]
        won = [future.result() is not None for future in futures]
    assert won.count(True) == 1


def test_concurrent_scores_of_one_invoice_open_one_case(state: ServingState, firm: Engine) -> None:
    def score(place: int) -> Any:
        with state.engine.begin() as connection:
            return score_invoice(connection, state, "INV-1", as_of=NOW, asker=Asker(f"m{place}"))["case_id"]

    with ThreadPoolExecutor(6) as pool:
        cases = set(pool.map(score, range(6)))
    assert len(cases) == 1


def test_the_database_itself_refuses_a_second_decision_under_one_fence(queue: ServingState) -> None:
    rita = Reviewer("rita", None, senior=False)
    with queue.engine.begin() as connection:
        taken = repository.take_next(connection, rita, lease=timedelta(minutes=5))
        assert taken is not None
        values = {
            "case_id": taken["case_id"], "score_id": taken["score_id"], "action": "hold", "final": True,
            "reviewer_id": "rita", "saw_score": True, "fence": taken["fence"],
        }  # fmt: skip
        repository.add_decision(connection, values | {"decision_id": "d1"})
    with pytest.raises(IntegrityError), queue.engine.begin() as connection:
        _through_sqlalchemy(connection, values)


def _through_sqlalchemy(connection: Any, values: dict[str, Any]) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO case_decision (decision_id, {names}) VALUES ('d2', {marks})"), values)


def busy(state: ServingState, principal: Principal) -> list[str]:
    """Claim, keep and decide until nothing is left; a lost claim fails the test, since everybody keeps theirs."""
    decided: list[str] = []
    while True:
        with state.engine.begin() as connection:
            taken = service.claim_next(connection, state, principal=principal)
        if taken is None:
            return decided
        case_id, fence = taken["case_id"], taken["fence"]
        for _ in range(2):
            with state.engine.begin() as connection:
                kept = service.heartbeat(connection, state, case_id, principal=principal, fence=fence)
            assert (kept["claimed_by"], kept["fence"]) == (principal.principal_id, fence)
        request = DecisionRequest(action=ReviewAction.RELEASE, fence=fence)
        with state.engine.begin() as connection:
            decide(connection, state, case_id, request, principal=principal)
        decided.append(case_id)


def test_sixteen_reviewers_and_the_workers_tasks_share_one_queue(queue: ServingState) -> None:
    people = [person(queue.engine, f"p{place}", Role.SENIOR_REVIEWER) for place in range(16)]
    over = Event()

    def upkeep_until_over(task: Callable[[ServingState], int]) -> int:
        done = 0
        while not over.is_set():
            done += task(queue)
        return done

    tasks = (upkeep.escalate_cases, assign_open, follow_news, follow_news)
    with ThreadPoolExecutor(20) as pool:
        running = [pool.submit(upkeep_until_over, task) for task in tasks]
        note = {"client_id": "C1", "known_at": NOW - timedelta(hours=1)}
        working = [pool.submit(busy, queue, who) for who in people]
        for number in range(1, 9):
            write(queue.engine, [record(Note, note_id=f"N{number}", invoice_id=f"INV-{number}", text="x", **note)])
        decided = Counter(case for work in working for case in work.result())
        over.set()
        escalated = running[0].result()
        for task in running:
            task.result()
    assert set(decided.values()) == {1}
    assert len(decided) == CASES
    with queue.engine.connect() as connection:
        found = connection.execute(text("SELECT state, count(*) FROM review_case GROUP BY state")).all()
        assert [tuple(row) for row in found] == [("decided", CASES)]
        assert connection.execute(text("SELECT count(*) FROM case_decision")).scalar_one() == CASES
        breached = connection.execute(text("SELECT count(*) FROM case_event WHERE event = 'sla_breached'")).scalar_one()
        assert breached == escalated
        assert audit.verify(connection).holds
