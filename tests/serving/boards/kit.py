"""A firm's ledger and queue written row by row, for figures that are worked out by hand beside them.

Amounts are in EUR, and everything is known a day after it happened, unless said otherwise. The moment is 10 February
2026, 12:00 UTC; the period is the whole past.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Connection

from ledger.records import Approval, CreditNote, Dispute, DocumentLink, FxRate, Payment, Record
from ledger.store import append
from serving.boards.known import know
from serving.boards.measure import Measure, overall
from serving.boards.registry import KPIS
from serving.boards.scope import Scope
from serving.sql import change, insert, json_value, only
from tests.serving import factories
from tests.serving.factories import NOW, record

WHOLE = Scope(date(2025, 1, 1), date(2026, 12, 31), NOW)


def at(text: str) -> datetime:
    """``2026-01-05`` or ``2026-01-05 09:30``, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Firm:
    """Writes records, cases and decisions."""

    connection: Connection
    numbers: Any = field(default_factory=lambda: count(1))

    def write(self, *records: Record) -> None:
        """Put records into the ledger."""
        append(self.connection, list(records))

    def invoice(self, invoice_id: str, amount: int | str, **columns: Any) -> None:
        """An invoice's newest version, sent unless it says otherwise; known the day after it was sent or became due."""
        base = {"status": "issued" if "issued_on" in columns else "draft", "due_date": None, "period_start": None,
                "period_end": None, "invoice_date": columns.get("issued_on", "2026-01-31")}  # fmt: skip
        known = at(str(columns.get("settled_on") or columns.get("issued_on") or "2026-01-31")) + timedelta(days=1)
        envelope = {"event_at": known, "known_at": known, "source_id": invoice_id}
        self.write(
            factories.invoice(**{**base, **envelope, **columns, "invoice_id": invoice_id, "amount": str(amount)})
        )

    def add(self, kind: type[Record], day: str, **columns: Any) -> None:
        """A record that was known on a day."""
        self.write(record(kind, **{"event_at": at(day), "known_at": at(day), "client_id": "C1", **columns}))

    def dispute(self, dispute_id: str, invoice_id: str, day: str, **columns: Any) -> None:
        """A dispute opened on a day."""
        base = {"cause": "rate", "status": "open", "opened_on": day}
        self.add(Dispute, day, dispute_id=dispute_id, invoice_id=invoice_id, **{**base, **columns})

    def credit(self, credit_note_id: str, invoice_id: str, day: str, amount: int, **columns: Any) -> None:
        """A credit note."""
        base = {"currency": "EUR", "cause": "rate", "issued_on": day, "amount": str(amount)}
        self.add(CreditNote, day, credit_note_id=credit_note_id, invoice_id=invoice_id, **{**base, **columns})

    def payment(self, payment_id: str, invoice_id: str, day: str, amount: int) -> None:
        """Money received."""
        columns = {"invoice_id": invoice_id, "amount": str(amount), "currency": "EUR", "paid_on": day}
        self.add(Payment, day, payment_id=payment_id, **columns)

    def rebill(self, first: str, second: str, day: str) -> None:
        """That the second invoice bills the first again."""
        columns = {"link": "rebills", "from_kind": "invoice", "from_id": second, "to_kind": "invoice", "to_id": first}
        self.add(DocumentLink, day, link_id=f"{second}-{first}", **columns)

    def rate(self, currency: str, rate: str) -> None:
        """What a currency is worth in EUR."""
        self.write(record(FxRate, currency=currency, group_currency="EUR", rate=rate, valid_on="2026-01-01",
                          source_id=f"fx-{currency}"))  # fmt: skip

    def rate_card(self, rate: str) -> None:
        """What a senior's hour costs on the contract's card."""
        self.write(factories.rate_card(rate=rate))

    def approval(self, approval_id: str, approver: str, asked: str, answered: str | None = None) -> None:
        """A request, and its answer if there was one."""
        columns = {"subject_kind": "time_entry", "subject_id": "T1", "project_id": "P1", "approver_id": approver,
                   "requested_at": at(asked)}  # fmt: skip
        if answered is not None:
            columns |= {"decided_at": at(answered), "decision": "approved"}
        self.add(Approval, answered or asked, approval_id=approval_id, **columns)

    def case(self, case_id: str, invoice_id: str, opened: str, closed: str | None = None, **columns: Any) -> None:
        """A case over 1,000 EUR, due two days after it was opened, decided when it was closed."""
        loss = {"dispute_value": 20.0, "p_dispute": 0.1}
        insert(self.connection, "review_case", {
            "case_id": case_id, "invoice_id": invoice_id, "client_id": "C1", "project_id": "P1", "score_id": "s",
            "state": "decided" if closed else "open", "route": "review", "amount": Decimal(1000), "currency": "EUR",
            "group_amount": Decimal(1000), "group_currency": "EUR", "priority": 1.0,
            "priority_parts": json_value(loss), "due_at": at(opened) + timedelta(days=2), "separated": [],
            "opened_at": at(opened), "closed_at": at(closed) if closed else None, **columns,
        })  # fmt: skip

    def decision(self, case_id: str, action: str, when: str, **columns: Any) -> None:
        """A final decision by ``rita``."""
        number = next(self.numbers)
        current = "UPDATE review_case SET fence = %(fence)s, score_id = 's' WHERE case_id = %(id)s"
        change(self.connection, current, {"fence": number, "id": case_id})
        insert(self.connection, "case_decision", {
            "decision_id": f"d{number}", "case_id": case_id, "score_id": "s", "action": action, "final": True,
            "reviewer_id": "rita", "saw_score": True, "fence": number, "decided_at": at(when), **columns,
        })  # fmt: skip

    def second_look(self, case_id: str, action: str | None, when: str) -> None:
        """A blind second look at the case's newest decision, given by ``sam``, or waited for without an action."""
        query = "SELECT max(decision_id) AS id FROM case_decision WHERE case_id = %(id)s"
        found = only(self.connection, query, {"id": case_id})
        given = {"second_reviewer": "sam", "action": action, "looked_at": at(when)} if action else {}
        state = "agreed" if action == "hold" else "disagreed" if action else "waiting"
        values = {"look_id": f"L{case_id}", "case_id": case_id, "decision_id": found["id"], "first_reviewer": "rita"}
        insert(self.connection, "second_look", {**values, "propensity": 0.1, "state": state, **given})

    def event(self, case_id: str, event: str, when: str, actor: str = "rita") -> None:
        """Something that happened to a case."""
        values = {"case_id": case_id, "event": event, "actor_id": actor, "happened_at": at(when)}
        insert(self.connection, "case_event", values | {"to_state": "claimed", "detail": json_value({})})

    def score(self, invoice_id: str, when: str, case_id: str | None = None) -> None:
        """A score that cleared the invoice, or led to a case."""
        change(self.connection, "INSERT INTO rule_set VALUES ('r', 'policy', '{}') ON CONFLICT DO NOTHING")
        insert(self.connection, "score", {
            "score_id": f"s{next(self.numbers)}", "invoice_id": invoice_id, "client_id": "C1", "as_of": at(when),
            "scored_at": at(when), "amount": Decimal(1), "currency": "EUR", "features": [], "catalogue_digest": "c",
            "model_digests": json_value({}), "control_version": "r", "policy_version": "r", "risks": json_value({}),
            "reasons": json_value([]), "controls": json_value([]), "degraded": [], "because": "b", "sampled": False,
            "route": "review" if case_id else "auto_clear", "decided_by": "policy", "propensity": 1.0,
            "case_id": case_id, "requested_by": "t",
        })  # fmt: skip


@dataclass(frozen=True)
class Worked:
    """A figure worked out by hand: its value, rows that count, whose answer is known, and all."""

    value: float | None
    hits: int
    known: int
    among: int


Writer = Callable[[Firm], Worked]
WORKED: dict[str, Writer] = {}


def worked(kpi_id: str) -> Callable[[Writer], Writer]:
    """Registers the worked example of a figure."""

    def keep(writer: Writer) -> Writer:
        WORKED[kpi_id] = writer
        return writer

    return keep


def measured(connection: Connection, kpi_id: str, scope: Scope = WHOLE) -> Measure:
    """A figure as the service computes it."""
    kpi = KPIS[kpi_id]
    know(connection, scope, [kpi])
    return overall(connection, kpi, scope)


def firm_in(connection: Connection) -> Firm:
    """A pen, after the small firm's client, project and contract were written."""
    append(connection, [factories.entity(), factories.client(), factories.contract(), factories.project()])
    return Firm(connection)
