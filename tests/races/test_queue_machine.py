"""Any order of claims, skips, snoozes, decisions, expiries and new facts, against a model of who holds what."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text

from serving.auth.principal import Principal
from serving.auth.scopes import Role
from serving.problems import Problem
from serving.queue import service
from serving.queue.decide import DecisionRequest, decide
from serving.queue.escalating import escalate_overdue
from serving.queue.following import follow_up
from serving.queue.resting import SkipReason, skip, snooze
from serving.scoring.runs import score_run
from serving.sql import Row, rows
from serving.state import ServingState
from tests.serving.factories import NOW, clean, master, write
from tests.serving.kit import person

PEOPLE, INVOICES = st.integers(0, 2), st.integers(0, 2)
WORLD: dict[str, Any] = {}
EMPTIED = ("case_skip", "case_event", "case_decision", "case_figures", "review_case", "review_decision", "score")


class Queue(RuleBasedStateMachine):
    """Three people and three invoices; the model knows who holds which, under which fence, and if it ran out."""

    @initialize()
    def empty(self) -> None:
        """Begin with open cases."""
        self.state: ServingState = WORLD["state"]
        self.people: list[Principal] = WORLD["people"]
        with self.state.engine.begin() as connection:
            for table in EMPTIED:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
                connection.execute(text(f"DELETE FROM {table}"))
                connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        score_run(self.state, ["INV-1", "INV-2", "INV-3"], as_of=NOW)
        self.holder: list[int | None] = [None] * 3
        self.fence = [0] * 3
        self.expired = [False] * 3
        self.phase = ["open"] * 3
        self.decisions = 0

    def case(self, place: int) -> Row:
        """The newest case of an invoice."""
        with self.state.engine.begin() as connection:
            query = "SELECT * FROM review_case WHERE invoice_id = %(id)s ORDER BY case_id DESC LIMIT 1"
            return rows(connection, query, {"id": f"INV-{place + 1}"})[0]

    @contextlib.contextmanager
    def attempt(self, *, allowed: bool) -> Iterator[Any]:
        """A transaction that must succeed just when the model says so."""
        refused = None
        try:
            with self.state.engine.begin() as connection:
                yield connection
        except Problem as problem:
            refused = problem
        assert (refused is None) is allowed, refused

    def free(self, place: int) -> bool:
        """Whether somebody may claim it."""
        return self.phase[place] == "open" or (self.phase[place] == "claimed" and self.expired[place])

    def holds(self, who: int, place: int) -> bool:
        """Whether a person's claim stands; an expired one does until somebody else takes over."""
        return self.phase[place] == "claimed" and self.holder[place] == who

    def put_down(self, place: int, phase: str) -> None:
        """Nobody holds it any more."""
        self.holder[place], self.phase[place], self.expired[place] = None, phase, False

    @rule(who=PEOPLE, place=INVOICES)
    def claim(self, who: int, place: int) -> None:
        """Claim, or take over what ran out."""
        allowed = self.free(place)
        with self.attempt(allowed=allowed) as connection:
            kase = service.claim(connection, self.state, self.case(place)["case_id"], principal=self.people[who])
        if allowed:
            assert kase["fence"] == self.fence[place] + 1
            self.holder[place], self.fence[place], self.phase[place] = who, kase["fence"], "claimed"
            self.expired[place] = False

    @rule(who=PEOPLE, place=INVOICES, late=st.integers(0, 1))
    def heartbeat(self, who: int, place: int, late: int) -> None:
        """Keep a claim; an older fence keeps nothing."""
        fence = max(self.fence[place] - late, 1)
        allowed = self.holds(who, place) and fence == self.fence[place]
        with self.attempt(allowed=allowed) as connection:
            service.heartbeat(
                connection, self.state, self.case(place)["case_id"], principal=self.people[who], fence=fence
            )
        if allowed:
            self.expired[place] = False

    @rule(who=PEOPLE, place=INVOICES)
    def release(self, who: int, place: int) -> None:
        """Give it back."""
        allowed = self.holds(who, place)
        with self.attempt(allowed=allowed) as connection:
            fence = max(self.fence[place], 1)
            service.release(connection, self.case(place)["case_id"], principal=self.people[who], fence=fence)
        if allowed:
            self.put_down(place, "open")

    @rule(who=PEOPLE, place=INVOICES)
    def skip(self, who: int, place: int) -> None:
        """Pass it on."""
        allowed = self.holds(who, place) or self.phase[place] == "open"
        with self.attempt(allowed=allowed) as connection:
            case_id = self.case(place)["case_id"]
            skip(connection, case_id, SkipReason.OTHER, principal=self.people[who], fence=self.fence[place])
        if allowed:
            self.put_down(place, "open")

    @rule(who=PEOPLE, place=INVOICES)
    def snooze(self, who: int, place: int) -> None:
        """Put it out of sight; a claim by its id brings it back."""
        allowed = self.holds(who, place) or self.phase[place] == "open"
        with self.attempt(allowed=allowed) as connection:
            snooze(
                connection, self.state, self.case(place)["case_id"], principal=self.people[who],
                until=NOW + timedelta(days=1), reason="later", fence=self.fence[place],
            )  # fmt: skip
        if allowed:
            self.put_down(place, "open")

    @rule(who=PEOPLE, place=INVOICES, action=st.sampled_from(["hold", "request_evidence", "release"]))
    def decide(self, who: int, place: int, action: str) -> None:
        """Decide under the claim."""
        allowed = self.holds(who, place)
        sent = {"action": action, "fence": max(self.fence[place], 1), "reason_code": "other", "note": "x"}
        with self.attempt(allowed=allowed) as connection:
            request = DecisionRequest.model_validate(sent)
            case_id, person = self.case(place)["case_id"], self.people[who]
            decide(connection, self.state, case_id, request, principal=person, asks=action == "request_evidence")
        if allowed:
            self.decisions += 1
            phase = {"hold": "held back", "request_evidence": "waiting", "release": "released"}[action]
            self.put_down(place, phase)

    @precondition(lambda self: "claimed" in self.phase)
    @rule(place=INVOICES)
    def expire(self, place: int) -> None:
        """Time passes: a claim runs out."""
        if self.phase[place] == "claimed":
            with self.state.engine.begin() as connection:
                statement = (
                    "UPDATE review_case SET lease_expires_at = clock_timestamp() - interval '1 s' WHERE case_id = :id"
                )
                connection.execute(text(statement), {"id": self.case(place)["case_id"]})
            self.expired[place] = True

    @rule(place=INVOICES)
    def news(self, place: int) -> None:
        """A new fact: waiting goes on, what was held back opens as a new case, a claim is left alone."""
        with self.state.engine.begin() as connection:
            follow_up(connection, self.state, self.case(place)["case_id"], because=["note"])
        if self.phase[place] == "held back":
            self.fence[place] = 0
        if self.phase[place] in ("waiting", "held back"):
            self.put_down(place, "open")

    @rule()
    def clock(self) -> None:
        """The service level's clock runs over all of it."""
        with self.state.engine.begin() as connection:
            escalate_overdue(connection, self.state)

    @invariant()
    def database_and_model_agree(self) -> None:
        """Who holds what, under which fence, in which state; and nothing was decided twice."""
        names = {"held back": "decided", "released": "decided"}
        for place in range(3):
            kase = self.case(place)
            holder = self.holder[place]
            assert kase["state"] == names.get(self.phase[place], self.phase[place])
            assert kase["claimed_by"] == (None if holder is None else self.people[holder].principal_id)
            assert kase["fence"] == self.fence[place]
        with self.state.engine.begin() as connection:
            counted = connection.execute(text("SELECT count(*) FROM case_decision")).scalar_one()
        assert counted == self.decisions


@pytest.fixture
def world(state: ServingState, engine: Engine) -> ServingState:
    """Three clean invoices and three people."""
    write(engine, [*master(), *(record for number in (1, 2, 3) for record in clean(number))])
    WORLD["state"] = state
    WORLD["people"] = [person(engine, name, Role.SENIOR_REVIEWER) for name in ("ann", "bob", "cid")]
    return state


def test_no_order_of_events_breaks_the_queue(world: ServingState) -> None:
    quick = settings(
        max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Queue, settings=quick)
