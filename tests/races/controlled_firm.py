"""A firm whose facts, rules, people and clock change under a running service, and what must be true of it always.

Every claim is checked against the facts that the firm itself keeps and against a dry run of the moment, not against
what the service stored when it decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from features.matrix import FeatureMatrix
from ledger.records import Approval, FxRate, Record, Resource
from ledger.store import append
from models.assessment import Assessment
from serving.app import create_app, load_state
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope
from serving.controls import lifecycle as controls
from serving.controls.activation import ship
from serving.controls.backtest import backtest
from serving.controls.load import compiled_set, document_of
from serving.controls.source import StoredRules
from serving.policies import lifecycle as policies
from serving.policies.source import StoredPolicy
from serving.policy import Policy
from serving.queue.bulk_finish import finish_due
from serving.queue.escalating import escalate_overdue
from serving.queue.following import follow_news
from serving.queue.refreshing import refresh_cases
from serving.queue.states import OPEN_STATES
from serving.rulebook.proposals import Actor
from serving.rules import register_rules
from serving.settings import ServingSettings
from serving.sql import Row, change, rows
from serving.state import ServingState
from tests.serving.factories import NOW, client, contract, entity, invoice, line, project, rate_card, record, time_entry
from tests.serving.kit import MACHINE, PASSWORD, FakeScorer, api_key, person

ANNA, BERT = Actor("anna", "finding 7"), Actor("bert", "looked at it")
CURRENCIES = ("EUR", "EUR", "USD")
NUMBERS = (1, 2, 3)
# Name → role, and who they are in the ledger: Petra manages every project, so she may decide nothing of it.
PEOPLE: dict[str, tuple[Role, str | None]] = {
    "rita": (Role.REVIEWER, None),
    "sam": (Role.SENIOR_REVIEWER, None),
    "mona": (Role.MANAGER, None),
    "petra": (Role.SENIOR_REVIEWER, "PM1"),
}
BARRED = "petra"
# An item that faults: the database itself refuses its scores, whoever asks for them.
POISON = """
CREATE TABLE poisoned (invoice_id TEXT PRIMARY KEY);
CREATE FUNCTION refuse_poisoned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM poisoned p WHERE p.invoice_id = NEW.invoice_id) THEN
        RAISE EXCEPTION 'index of % is broken', NEW.invoice_id USING ERRCODE = 'index_corrupted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER poison BEFORE INSERT ON score FOR EACH ROW EXECUTE FUNCTION refuse_poisoned();
"""
_DECISIONS = """
SELECT d.*, c.invoice_id, f.amount, f.currency, f.control_ids, f.shown_from, a.login,
       (SELECT count(DISTINCT e.reviewer_id) FROM case_decision e
        WHERE e.case_id = d.case_id AND e.action = 'release' AND e.decided_at >= f.shown_from
          AND e.decided_at <= d.decided_at) AS releasers
FROM case_decision d JOIN review_case c USING (case_id) JOIN account a ON a.account_id = d.reviewer_id
CROSS JOIN LATERAL (
    SELECT * FROM case_figures g WHERE g.case_id = d.case_id AND g.fence <= d.fence ORDER BY g.fence DESC LIMIT 1
) f
WHERE d.decision_id <> ALL (%(known)s)
"""


@dataclass
class Facts:
    """What is true of an invoice."""

    amount: Decimal = Decimal(1800)
    rate: Decimal = Decimal(180)
    hours_approved: bool = True
    order_missing: bool = False
    sent: bool = False


@dataclass(frozen=True)
class Loaded(FakeScorer):
    """Models that let everything through, or nothing, each under digests of its own."""

    @property
    def digests(self) -> dict[str, str]:
        """Risk → digest."""
        return dict.fromkeys(("delay", "dispute", "anomaly"), ("c" if self.clearable else "d") * 64)

    def assess(self, matrix: FeatureMatrix, context: Any) -> list[Assessment]:
        """One equal assessment per row."""
        return [replace(one, model_digests=self.digests) for one in super().assess(matrix, context)]


@dataclass
class SwitchedModels:
    """Models that somebody exchanges while the service runs."""

    scorer: Any = None
    problems: Any = field(default_factory=dict)

    def current(self) -> Any:
        """The models to use now."""
        return self.scorer

    def describe(self) -> list[dict[str, Any]]:
        """What is loaded."""
        digests = {} if self.scorer is None else self.scorer.digests
        return [{"risk": risk, "digest": digest} for risk, digest in digests.items()]


@dataclass
class Ticking:
    """A clock that goes on by a second whenever something happens."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def tick(self) -> datetime:
        """A moment later."""
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class ControlledFirm:
    """The firm, its service and its people.

    Attributes:
        facts: number of an invoice → what is true of it.
        dollar: EUR per USD.
        policy: the one in force.
        settled: number → its newest final decision stands, for no fact changed since.
        poisoned: numbers of invoices that cannot be scored.
        seen: (name, number) → the case as that person read it last.
        links: links that await an answer.
        known: decisions that were looked at.
    """

    engine: Engine
    state: ServingState
    clock: Ticking
    models: SwitchedModels
    machine: TestClient
    people: dict[str, TestClient]
    principals: dict[str, Principal]
    facts: dict[int, Facts] = field(default_factory=lambda: {number: Facts() for number in NUMBERS})
    dollar: Decimal = Decimal(1)
    settled: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(NUMBERS, False))
    poisoned: set[int] = field(default_factory=set)
    seen: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    links: list[tuple[int, str]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    versions: int = 1

    # What changes ----------------------------------------------------------------------------------------------------

    def tell(self, *records: Record) -> None:
        """Write newer versions of records."""
        self.versions += 1
        moment = self.clock.tick()
        newer = {"version": str(self.versions), "known_at": moment, "event_at": moment}
        with self.engine.begin() as connection:
            append(connection, [one.model_copy(update=newer) for one in records])
        self.clock.tick()

    def bill(self, number: int) -> None:
        """Write the invoice as it is."""
        self.tell(*self.header(number))
        self.settled[number] = False

    def header(self, number: int) -> list[Record]:
        """The invoice and its line, from the facts."""
        facts, currency = self.facts[number], CURRENCIES[number - 1]
        total = f"{facts.amount}"
        hours = f"{facts.amount / facts.rate:.6f}"
        where: dict[str, Any] = {"project_id": f"P{number}", "currency": currency}
        return [
            invoice(number, **where, contract_id=f"K{number}", amount=total, status="issued" if facts.sent else "draft",
                    period_start="2026-01-01", period_end="2026-01-31"),
            line(number, **where, amount=total, unit_rate=str(facts.rate), quantity=hours, resource_id=f"W{number}"),
        ]  # fmt: skip

    def hours(self, number: int) -> Record:
        """The timesheet behind the line, from the facts."""
        status = "approved" if self.facts[number].hours_approved else "submitted"
        return time_entry(
            time_entry_id=f"T{number}", project_id=f"P{number}", resource_id=f"W{number}", status=status, hours="24"
        )

    def terms(self, number: int) -> Record:
        """The contract, from the facts."""
        return contract(
            contract_id=f"K{number}", rate_card_id=f"R{CURRENCIES[number - 1]}", currency=CURRENCIES[number - 1],
            po_required=self.facts[number].order_missing,
        )  # fmt: skip

    def exchange(self, rate: str) -> None:
        """What a dollar is worth from now on."""
        self.dollar = Decimal(rate)
        self.tell(record(FxRate, currency="USD", group_currency="EUR", rate=rate, valid_on="2026-01-31"))

    def activate_policy(self, **changes: Any) -> None:
        """Two people put another policy in force."""
        base = self.policy
        wanted = Policy.model_validate(base.model_dump() | changes | {"number": base.number + 1})
        with self.engine.begin() as connection:
            policies.LEDGER.ship(connection, base)
            made = policies.propose(connection, wanted, base, actor=ANNA, now=self.clock())
            policies.approve(connection, made["proposal_id"], actor=BERT)
            policies.activate(connection, made["proposal_id"], actor=BERT)

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.state.in_force().policy

    def activate_controls(self, severity: str) -> bool:
        """Two people change the severity of the control of rates; whether that is a change."""
        base = self.state.controls
        now = next(one for one in base.content["controls"] if one["id"] == "rate_off_card")
        if now["severity"] == severity:
            return False
        altered = [one | ({"severity": severity} if one is now else {}) for one in base.content["controls"]]
        wanted = compiled_set(document_of({**base.content, "controls": altered}, place="mine"), place="mine")
        with self.engine.begin() as connection:
            ship(connection, base)
            proposal = str(controls.propose(connection, wanted, base, actor=ANNA)["proposal_id"])
            backtest(connection, proposal, actor=ANNA, now=self.clock())
            controls.approve(connection, proposal, actor=BERT)
            controls.activate(connection, proposal, actor=BERT)
        self.settled = dict.fromkeys(NUMBERS, False)
        return True

    def set_poison(self, number: int, *, on: bool) -> None:
        """Make an invoice unscorable, or heal it."""
        statement = "INSERT INTO poisoned VALUES (%(id)s) ON CONFLICT DO NOTHING"
        if not on:
            statement = "DELETE FROM poisoned WHERE invoice_id = %(id)s"
        with self.engine.begin() as connection:
            change(connection, statement, {"id": f"INV-{number}"})
            change(connection, "UPDATE set_aside SET next_try_at = clock_timestamp()")
        (self.poisoned.add if on else self.poisoned.discard)(number)

    def pass_undo_time(self) -> None:
        """Everything that could be undone takes effect with the worker's next round."""
        with self.engine.begin() as connection:
            change(connection, "UPDATE bulk_batch SET pending_until = clock_timestamp() - interval '1 s'")

    def sweep(self) -> None:
        """One round of the worker."""
        state = self.state.in_force()
        follow_news(state)
        refresh_cases(state)
        finish_due(state)
        with self.engine.begin() as connection:
            escalate_overdue(connection, state)

    # What is true ----------------------------------------------------------------------------------------------------

    def now(self, number: int) -> dict[str, Any]:
        """What a score of this moment says, without keeping it."""
        answer = self.machine.post("/v1/scores", json={"invoice_id": f"INV-{number}", "dry_run": True})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def cases(self, number: int | None = None) -> Sequence[Row]:
        """Open cases, of one invoice or of all."""
        query = """
            SELECT c.*, EXISTS (SELECT FROM bulk_item i WHERE i.case_id = c.case_id AND i.state = 'pending') AS planned
            FROM review_case c WHERE c.state = ANY(%(open)s) AND (%(id)s::text IS NULL OR c.invoice_id = %(id)s)
        """
        invoice_id = None if number is None else f"INV-{number}"
        with self.engine.begin() as connection:
            return rows(connection, query, {"open": [str(one) for one in OPEN_STATES], "id": invoice_id})

    def newest_case(self, number: int) -> str | None:
        """The id of the newest case of an invoice."""
        query = (
            "SELECT case_id FROM review_case WHERE invoice_id = %(id)s ORDER BY opened_at DESC, case_id DESC LIMIT 1"
        )
        with self.engine.begin() as connection:
            found = rows(connection, query, {"id": f"INV-{number}"})
        return str(found[0]["case_id"]) if found else None

    def counts(self, number: int) -> bool:
        """Whether the invoice is for two people now, by the firm's own sums."""
        rate = self.dollar if CURRENCIES[number - 1] == "USD" else Decimal(1)
        return self.facts[number].amount * rate >= self.policy.four_eyes_amount

    # What must hold --------------------------------------------------------------------------------------------------

    def check_new_decisions(self) -> None:
        """Each decision that was made since the last look kept every promise, on the facts of this moment."""
        with self.engine.begin() as connection:
            found = rows(connection, _DECISIONS, {"known": self.known})
        for row in found:
            self.known.append(row["decision_id"])
            number = int(row["invoice_id"].removeprefix("INV-"))
            assert row["login"] != BARRED, "somebody who is barred decided"
            if row["action"] == "request_evidence":
                continue
            if number not in self.poisoned:
                self._check_shown(row, number)
            if row["action"] == "release":
                self._check_release(row, number)
            if row["final"]:
                self.settled[number] = True

    def _check_shown(self, row: Row, number: int) -> None:
        now = self.now(number)
        assert (row["amount"], row["currency"]) == (self.facts[number].amount, CURRENCIES[number - 1])
        fired = {hit["control_id"] for hit in now["controls"] if not hit.get("snoozed")}
        assert set(row["control_ids"]) == fired, "decided on other controls than fire now"

    def _check_release(self, row: Row, number: int) -> None:
        assert number not in self.poisoned, "released without a score of the moment"
        stops = [hit["control_id"] for hit in self.now(number)["controls"] if hit["severity"] == "hard_stop"]
        assert stops == [], "released under a hard stop"
        if row["final"] and self.counts(number):
            assert row["releasers"] >= 2, "one person alone released at or above the limit"

    def check_cases(self) -> None:
        """One live case per invoice, none for an unchanged decided one, and each for somebody who may decide it."""
        found = self.cases()
        numbers = [int(row["invoice_id"].removeprefix("INV-")) for row in found]
        assert len(numbers) == len(set(numbers)), "two live cases of one invoice"
        assert not [number for number in numbers if self.settled[number]], (
            "a decided, unchanged invoice has a live case"
        )
        for row in found:
            assert any(self._may(name, row) for name in PEOPLE), f"nobody may decide {row['case_id']}"

    def _may(self, name: str, row: Row) -> bool:
        role, resource = PEOPLE[name]
        senior = row["route"] == "senior_review" or row["escalated"] or row["approvals"]
        account = self.principals[name].principal_id
        return (
            resource not in row["separated"]
            and account not in row["approvals"]
            and (role is not Role.REVIEWER or not senior)
        )

    def check_swept(self) -> None:
        """After a round, what can be scored is up to date and what was due is done, whatever else is broken."""
        for row in self.cases():
            number = int(row["invoice_id"].removeprefix("INV-"))
            if number in self.poisoned or row["planned"] or row["state"] != "open":
                continue
            now = self.now(number)
            assert row["amount"] == self.facts[number].amount, "the sweep left an old amount"
            fired = {hit["control_id"] for hit in now["controls"] if not hit.get("snoozed")}
            assert set(row["control_ids"]) == fired, "the sweep left old controls"
            assert row["four_eyes"] == self.counts(number), "the sweep left an old limit"
        with self.engine.begin() as connection:
            due = rows(connection, """
                SELECT c.invoice_id FROM bulk_item i
                JOIN bulk_batch b USING (batch_id) JOIN review_case c USING (case_id)
                WHERE i.state = 'pending' AND b.pending_until < clock_timestamp() - interval '.5 s'""")  # fmt: skip
        late = {int(row["invoice_id"].removeprefix("INV-")) for row in due}
        assert late <= self.poisoned, "something due was not done"


def open_firm(engine: Engine) -> ControlledFirm:
    """The firm as it begins: three drafts with which nothing is wrong, and the service on a fresh database."""
    clock, models = Ticking(), SwitchedModels()
    state = load_state(engine, ServingSettings())
    always = iter(range(10**9)).__next__  # every look is past the time until the next one
    state = replace(
        state,
        clock=clock,
        models=models,
        rules=StoredRules(engine, state.rules.shipped, clock=lambda: always() * 10.0),
        policies=StoredPolicy(engine, clock=lambda: always() * 10.0),
    )
    with engine.begin() as connection:
        register_rules(connection, state)
    app = create_app(state)
    key = api_key(engine, *MACHINE, Scope.RECORDS_WRITE)
    machine = TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)
    principals = {name: person(engine, name, role, resource_id=who) for name, (role, who) in PEOPLE.items()}
    people = {name: TestClient(app, raise_server_exceptions=False, follow_redirects=False) for name in PEOPLE}
    for name, browser in people.items():
        assert browser.post("/v1/session", json={"login": name, "password": PASSWORD}).status_code == 200
    made = ControlledFirm(engine, state, clock, models, machine, people, principals)
    with engine.begin() as connection:
        append(connection, _beginning(made))
        connection.execute(text(POISON))
    return made


def _beginning(firm: ControlledFirm) -> list[Record]:
    cards = [
        rate_card(rate_card_id=f"R{currency}", currency=currency, source_id=f"R{currency}")
        for currency in dict.fromkeys(CURRENCIES)
    ]
    asked = [
        record(Approval, approval_id=f"A{number}", subject_kind="time_entry", subject_id=f"T{number}", client_id="C1",
               project_id=f"P{number}", approver_id="PM1", requested_at="2026-01-14T09:00:00Z")
        for number in NUMBERS
    ]  # fmt: skip
    people = [record(Resource, resource_id=one, name=one) for one in ("PM1", "W1", "W2", "W3")]
    rate = record(FxRate, currency="USD", group_currency="EUR", rate="1", valid_on="2026-01-31")
    projects = [
        project(project_id=f"P{number}", contract_id=f"K{number}", currency=CURRENCIES[number - 1])
        for number in NUMBERS
    ]
    each = [part for number in NUMBERS for part in (firm.terms(number), firm.hours(number), *firm.header(number))]
    return [entity(), client(), rate, *cards, *people, *projects, *asked, *each]
