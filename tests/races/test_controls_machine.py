"""Whatever comes in whatever order, nobody gets around the controls, and what was decided stays decided.

``python -m tests.races.long 500`` walks that many ways by chance and prints how far it came.
"""

import logging
import os
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ledger.database import Database
from serving.sql import change, rows
from tests.conftest import MakeDatabase
from tests.races.controlled_firm import NUMBERS, PEOPLE, ControlledFirm, Loaded, open_firm
from tests.serving.factories import invoice, line

WHO, NUMBER = st.sampled_from(list(PEOPLE)), st.sampled_from(NUMBERS)
log = logging.getLogger(__name__)
HTML = {"accept": "text/html"}
WHY = {"reason_code": "hours_not_approved", "note": "agreed by mail"}
# Where the databases come from, and which steps led to something; a machine is made by the library, without arguments.
MAKE: list[MakeDatabase] = []
TAKEN: Counter[str] = Counter()
STEPS: Counter[str] = Counter()


class Controls(RuleBasedStateMachine):
    """Facts, rules, people, machines and the worker, in any order."""

    firm: ControlledFirm

    @initialize(undo=st.sampled_from([0, 5]))
    def begin(self, undo: int) -> None:
        """A fresh firm whose three invoices are scored."""
        self.ends = ExitStack()
        database: Database = self.ends.enter_context(MAKE[0]())
        engine = database.engine()
        self.ends.callback(engine.dispose)
        self.firm = open_firm(engine)
        if undo:
            self.firm.activate_policy(undo_minutes=undo)
        for number in NUMBERS:
            self.ask_for_score(number)

    def teardown(self) -> None:
        """Heal what is broken; then every open case can be decided to its end by somebody who sees it."""
        try:
            if hasattr(self, "firm") and sys.exc_info()[0] is None:
                self._drain()
        finally:
            self.ends.close()

    def took(self, step: str, status: int) -> int:
        """Count what a step led to."""
        assert status < 500, f"{step}: {status}"
        TAKEN[f"{step} {status}"] += 1
        note(f"{step} {status}")
        return status

    # Facts -----------------------------------------------------------------------------------------------------------

    @rule(number=NUMBER, amount=st.sampled_from([1800, 40000, 60000, 120000]), rate=st.sampled_from([180, 240]))
    def bill_anew(self, number: int, amount: int, rate: int) -> None:
        """A new version of an unsent invoice, over more or less."""
        facts = self.firm.facts[number]
        if not facts.sent and (facts.amount, facts.rate) != (amount, rate):
            facts.amount, facts.rate = Decimal(amount), Decimal(rate)
            self.firm.bill(number)

    @rule(number=NUMBER, approved=st.booleans())
    def approve_hours(self, number: int, approved: bool) -> None:
        """An approval comes late, or is taken back."""
        if self.firm.facts[number].hours_approved != approved:
            self.firm.facts[number].hours_approved = approved
            self.firm.tell(self.firm.hours(number))
            self.firm.settled[number] = False

    @rule(number=NUMBER, missing=st.booleans())
    def ask_for_order(self, number: int, missing: bool) -> None:
        """The contract asks for a purchase order, which stops the invoice hard, or does not any more."""
        if self.firm.facts[number].order_missing != missing:
            self.firm.facts[number].order_missing = missing
            self.firm.tell(self.firm.terms(number))
            self.firm.settled[number] = False

    @rule(number=NUMBER)
    def send(self, number: int) -> None:
        """Somebody sends the invoice, past everybody."""
        if not self.firm.facts[number].sent:
            self.firm.facts[number].sent = True
            self.firm.bill(number)

    @rule(rate=st.sampled_from(["0.4", "1", "1.6"]))
    def exchange(self, rate: str) -> None:
        """The dollar moves across the limit."""
        if self.firm.dollar != Decimal(rate):
            self.firm.exchange(rate)

    # Rules and models ------------------------------------------------------------------------------------------------

    @rule(limit=st.sampled_from([30000, 50000]), undo=st.sampled_from([0, 5]))
    def activate_policy(self, limit: int, undo: int) -> None:
        """Another limit for two people, another time to undo."""
        wanted = {"four_eyes_amount": Decimal(limit), "undo_minutes": undo}
        if any(getattr(self.firm.policy, name) != value for name, value in wanted.items()):
            self.firm.activate_policy(**wanted)

    @rule(severity=st.sampled_from(["review", "hard_stop"]))
    def activate_controls(self, severity: str) -> None:
        """A rate off the card stops, or asks for review."""
        self.firm.activate_controls(severity)

    @rule(models=st.sampled_from(["none", "clear", "worried"]))
    def exchange_models(self, models: str) -> None:
        """Other models are loaded."""
        self.firm.models.scorer = None if models == "none" else Loaded(clearable=models == "clear")

    @rule(number=NUMBER, on=st.booleans())
    def poison(self, number: int, on: bool) -> None:
        """Everything about one invoice faults, or is healed."""
        self.firm.set_poison(number, on=on)

    # Machines --------------------------------------------------------------------------------------------------------

    @rule(number=NUMBER)
    def ask_for_score(self, number: int) -> None:
        """A workflow asks for a score."""
        answer = self.firm.machine.post("/v1/scores", json={"invoice_id": f"INV-{number}"})
        if number not in self.firm.poisoned:
            assert self.took("score", answer.status_code) == 200, answer.text
            if self.firm.facts[number].sent:
                assert answer.json()["route"] == "sent"

    @rule(number=st.sampled_from([*NUMBERS, 9]), amount=st.sampled_from(["100", "60000"]))
    def send_document(self, number: int, amount: str) -> None:
        """A document under an id of the ledger is refused; one of its own opens a case of its own."""
        header = invoice(number, amount=amount).model_dump(mode="json", exclude_none=True)
        row = line(number, amount=amount).model_dump(mode="json", exclude_none=True)
        envelope = {"source", "source_id", "version", "event_at", "known_at", "late", "known_at_from_source"}
        parts = {"invoice": header, "lines": [row]}
        document = {
            "invoice": {name: value for name, value in parts["invoice"].items() if name not in envelope},
            "lines": [{name: value for name, value in row.items() if name not in envelope}],
        }
        answer = self.firm.machine.post("/v1/scores", json={"document": document, "dry_run": number == 9})
        assert self.took("document", answer.status_code) == (200 if number == 9 else 409), answer.text

    # People ----------------------------------------------------------------------------------------------------------

    @rule(who=WHO, number=NUMBER)
    def claim(self, who: str, number: int) -> None:
        """Claim the invoice's newest case and read it."""
        case_id = self.firm.newest_case(number)
        if case_id:
            answer = self.firm.people[who].post(f"/v1/cases/{case_id}/claim")
            if self.took("claim", answer.status_code) == 200:
                assert who != "petra", "claimed by somebody who may not decide it"
                self.firm.seen[who, number] = answer.json()

    @rule(who=WHO, number=NUMBER)
    def read(self, who: str, number: int) -> None:
        """Look at the newest case again."""
        case_id = self.firm.newest_case(number)
        if case_id:
            answer = self.firm.people[who].get(f"/v1/cases/{case_id}")
            if self.took("read", answer.status_code) == 200:
                self.firm.seen[who, number] = answer.json()["case"]

    @rule(who=WHO, number=NUMBER)
    def heartbeat(self, who: str, number: int) -> None:
        """Keep a claim under the fence that was read."""
        kase = self.firm.seen.get((who, number))
        if kase:
            answer = self.firm.people[who].post(
                f"/v1/cases/{kase['case_id']}/heartbeat", json={"fence": max(kase["fence"], 1)}
            )
            self.took("heartbeat", answer.status_code)

    @rule(number=NUMBER)
    def lease_runs_out(self, number: int) -> None:
        """Somebody went to lunch."""
        statement = """UPDATE review_case SET lease_expires_at = clock_timestamp() - interval '1 s'
            WHERE invoice_id = %(id)s AND state = 'claimed'"""
        with self.firm.engine.begin() as connection:
            change(connection, statement, {"id": f"INV-{number}"})

    @rule(who=WHO, number=NUMBER, action=st.sampled_from(["release", "release", "hold"]), page=st.booleans(),
          explained=st.booleans())  # fmt: skip
    def decide(self, who: str, number: int, action: str, page: bool, explained: bool) -> None:
        """Decide on what was read, in the page or by the API."""
        kase = self.firm.seen.get((who, number))
        if kase:
            self._decide(who, kase, action, page=page, explained=explained)

    @rule(who=WHO, number=NUMBER, action=st.sampled_from(["release", "release", "hold"]), page=st.booleans())
    def take_and_decide(self, who: str, number: int, action: str, page: bool) -> None:
        """Claim, read and decide at once, as most decisions are made."""
        self.lease_runs_out(number)
        self.claim(who, number)
        self.read(who, number)
        self.decide(who, number, action, page=page, explained=True)

    @rule(who=st.sampled_from(["rita", "sam"]), other=st.sampled_from(["sam", "mona"]), number=NUMBER)
    def take_turns(self, who: str, other: str, number: int) -> None:
        """Two people, one after the other, each release what they see."""
        self.take_and_decide(who, number, "release", page=False)
        self.take_and_decide(other, number, "release", page=False)

    def _decide(self, who: str, kase: dict[str, Any], action: str, *, page: bool, explained: bool) -> int:
        sent = {"action": action, "fence": max(kase["fence"], 1), **(WHY if explained or action == "hold" else {})}
        browser, place = self.firm.people[who], f"/cases/{kase['case_id']}"
        if page:
            answer = browser.post(f"{place}/decide", data={**sent, "then": "queue"}, headers=HTML)
        else:
            answer = browser.post(f"/v1{place}/decision", json=sent)
        if int(kase["invoice_id"].removeprefix("INV-")) in self.firm.poisoned and answer.status_code == 500:
            return 500
        return self.took(f"{action} by {'page' if page else 'API'}", answer.status_code)

    @rule(who=WHO, number=NUMBER)
    def undo(self, who: str, number: int) -> None:
        """Take back what did not take effect."""
        case_id = self.firm.newest_case(number)
        if case_id:
            self.took("undo", self.firm.people[who].post(f"/v1/cases/{case_id}/undo").status_code)

    @rule(who=st.sampled_from(["rita", "sam"]), number=NUMBER)
    def decide_and_undo(self, who: str, number: int) -> None:
        """Decide, and take it back if there is time."""
        self.take_and_decide(who, number, "hold", page=False)
        self.undo(who, number)

    @rule(who=WHO, number=NUMBER)
    def reopen(self, who: str, number: int) -> None:
        """A senior opens a decided invoice again."""
        case_id = self.firm.newest_case(number)
        if case_id and number not in self.firm.poisoned:
            answer = self.firm.people[who].post(f"/v1/cases/{case_id}/reopen", json={"note": "the client called"})
            if self.took("reopen", answer.status_code) == 200:
                self.firm.settled[number] = False

    @rule(who=WHO, action=st.sampled_from(["release", "hold"]))
    def decide_together(self, who: str, action: str) -> None:
        """Plan one decision for everything that is open."""
        chosen = [row["case_id"] for row in self.firm.cases()]
        if chosen:
            body = {"action": action, "case_ids": chosen, **WHY}
            self.took("bulk", self.firm.people[who].post("/v1/bulk-decisions", json=body).status_code)

    @rule()
    def undo_together(self) -> None:
        """The maker of the newest bulk decision takes it back."""
        query = """SELECT b.batch_id, a.login FROM bulk_batch b JOIN account a ON a.account_id = b.made_by
            WHERE NOT b.single ORDER BY b.made_at DESC LIMIT 1"""
        with self.firm.engine.begin() as connection:
            found = rows(connection, query)
        for row in found:
            answer = self.firm.people[row["login"]].post(f"/v1/bulk-decisions/{row['batch_id']}/undo")
            self.took("bulk undo", answer.status_code)

    @rule(who=WHO, number=NUMBER)
    def ask_by_link(self, who: str, number: int) -> None:
        """Ask the project manager to approve the hours."""
        self.approve_hours(number, approved=False)
        self.lease_runs_out(number)
        case_id = self.firm.newest_case(number)
        if case_id:
            kase = self.firm.seen.get((who, number), {})
            fence = {"fence": kase["fence"]} if kase.get("claimed_by") and kase["case_id"] == case_id else {}
            body = {
                "kind": "approve", "question": "Please approve.", "asked_id": "PM1",
                "subjects": [{"kind": "approval", "id": f"A{number}"}], **fence,
            }  # fmt: skip
            answer = self.firm.people[who].post(f"/v1/cases/{case_id}/requests", json=body)
            if self.took("ask", answer.status_code) == 201:
                self.firm.links.append((number, answer.json()["link"]))

    @rule(approved=st.booleans())
    def answer_by_link(self, approved: bool) -> None:
        """Petra answers the oldest link."""
        if not self.firm.links:
            return
        number, link = self.firm.links.pop(0)
        place = "/" + link.split("/", 3)[3]
        said = {"decision": "approved" if approved else "rejected", "comment": "seen"}
        answer = self.firm.machine.post(place, data=said, headers={**HTML, "authorization": ""})
        self.firm.clock.tick()  # a score sees what was known before its moment
        if self.took("answer", answer.status_code) == 200 and number not in self.firm.poisoned:
            self.firm.settled[number] = False
            self.firm.facts[number].hours_approved = approved

    # The worker ------------------------------------------------------------------------------------------------------

    @rule()
    def time_to_undo_is_over(self) -> None:
        """What was planned is due."""
        self.firm.pass_undo_time()

    @rule()
    def sweep(self) -> None:
        """A round of the worker; nothing that can be done is left behind by it."""
        self.firm.sweep()
        self.firm.check_new_decisions()
        self.firm.check_swept()

    # What holds after every step -------------------------------------------------------------------------------------

    @invariant()
    def decisions_keep_the_promises(self) -> None:
        """Nothing was decided against the rules of the moment."""
        STEPS["step"] += 1
        if hasattr(self, "firm"):
            self.firm.check_new_decisions()

    @invariant()
    def cases_are_few_and_decidable(self) -> None:
        """One live case per invoice, none of an unchanged decided one, each for somebody."""
        if hasattr(self, "firm"):
            self.firm.check_cases()

    def _drain(self) -> None:
        firm = self.firm
        for number in tuple(firm.poisoned):
            firm.set_poison(number, on=False)
        firm.pass_undo_time()
        firm.sweep()
        firm.check_new_decisions()
        if firm.policy.undo_minutes:
            firm.activate_policy(undo_minutes=0)
        firm.sweep()
        firm.check_swept()
        for number in NUMBERS:
            self.lease_runs_out(number)
        for row in firm.cases():
            assert any(self._ends(name, row["case_id"]) for name in PEOPLE), f"nobody can end {dict(row)}"
        firm.check_new_decisions()
        assert firm.cases() == []

    def _ends(self, who: str, case_id: str) -> bool:
        """Whether a person can claim the case and hold it back, looking again once."""
        browser = self.firm.people[who]
        browser.post(f"/v1/cases/{case_id}/resume", json={"note": "no answer came"})
        if browser.post(f"/v1/cases/{case_id}/claim").status_code != 200:
            return False
        for _ in range(2):
            kase = browser.get(f"/v1/cases/{case_id}").json()["case"]
            if self._decide(who, kase, "hold", page=False, explained=True) == 200:
                return True
        return False


def walk(make: Callable[[], AbstractContextManager[Database]], examples: int, steps: int, **more: Any) -> None:
    """Run the machine on fresh databases."""
    MAKE[:] = [make]
    TAKEN.clear()
    STEPS.clear()
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck),
        database=None, print_blob=True, phases=[Phase.generate], **more,
    )  # fmt: skip
    run_state_machine_as_test(Controls, settings=chosen)


def test_nobody_gets_around_the_controls(make_database: MakeDatabase) -> None:
    ways = int(os.environ.get("TRIAGE_MACHINE_WAYS", "0"))
    walk(make_database, ways or 14, 40, derandomize=not ways)
    log.warning("%s steps; %s", STEPS.total(), ", ".join(f"{step}: {count}" for step, count in sorted(TAKEN.items())))
    came_to = ["score 200", "document 409", "claim 200", "release by API 200", "release by API 409", "undo 200"]
    if ways:
        came_to += ["reopen 200", "answer 200", "bulk 201", "bulk undo 200", "release by page 303", "hold by page 303"]
    for step in came_to:
        assert TAKEN[step] > 0, f"the walk never came to: {step}"
