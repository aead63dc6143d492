"""Small random ledgers that touch every kind the features read: crossed keys, late versions, ties, missing values."""

import random
from collections.abc import Callable
from typing import Any

from ledger.records import Record
from tests.features.builders import make

CLIENTS, PROJECTS, CONTRACTS, PEOPLE = ("c1", "c2"), ("p1", "p2", None), ("k1", "k2", None), ("r1", "r2", "r3")


def random_records(seed: int, *, size: int = 120, horizon: int = 300) -> list[Record]:
    """About ``size`` records of all kinds known in the first ``horizon`` days, the same for the same seed."""
    rng = random.Random(seed)
    kinds = list(_DRAW)
    records: dict[tuple[str, str, str], Record] = {}
    for kind in [*kinds, *rng.choices(kinds, weights=[_WEIGHTS.get(kind, 1) for kind in kinds], k=size)]:
        known = rng.choice((rng.randrange(horizon), rng.randrange(horizon) + rng.random()))
        record = make(kind, known=known, event=known - rng.choice((0, 0, 1, 40)), **_DRAW[kind](rng, int(known)))
        records[kind, record.source_id, record.version] = record
    return list(records.values())


_WEIGHTS = {
    "invoice": 12, "invoice_line": 6, "approval": 6, "time_entry": 8, "note": 5, "dispute": 3, "document_link": 5,
}  # fmt: skip


def _invoice(rng: random.Random, day: int) -> dict[str, Any]:
    start = rng.choice((None, day - 40, 30))
    return {
        "invoice_id": f"i{rng.randrange(14)}", "client_id": rng.choice(CLIENTS), "project_id": rng.choice(PROJECTS),
        "contract_id": rng.choice(CONTRACTS), "legal_entity_id": rng.choice(("le", None)),
        "status": rng.choice(("draft", "issued", "issued", "settled", "settled", "credited", "cancelled")),
        "currency": rng.choice(("EUR", "USD")), "amount": rng.choice((100, 100, "33.33", 0, -5, "123456.789")),
        "invoice_date": day, "due_date": rng.choice((None, day + 30)), "payment_terms_days": rng.choice((None, 14)),
        "settled_on": rng.choice((None, day)), "period_start": start, "period_end": None if start is None else day,
        "billable_on": rng.choice((None, day - 5)), "issued_on": rng.choice((None, day)),
        "po_number": rng.choice((None, "PO1", "PO2")), "delivery_channel": rng.choice((None, "paper", "portal")),
        "billing_method": rng.choice((None, "milestone", "fixed_fee", "time_and_materials")),
        "description": rng.choice((None, "", "42", "Office rent May", "office RENT", "travel to Köln", "travel")),
    }  # fmt: skip


def _line(rng: random.Random, day: int) -> dict[str, Any]:
    return {
        "line_id": f"l{rng.randrange(30)}", "invoice_id": f"i{rng.randrange(14)}", "client_id": rng.choice(CLIENTS),
        "role": rng.choice(("dev", "lead", None)), "line_kind": rng.choice(("time", "expense", "milestone")),
        "milestone_id": rng.choice(("m1", "m2", None, None)), "expense_id": rng.choice(("e1", "gone", None, None)),
        "change_order_id": rng.choice(("o1", None, None)), "quantity": rng.choice((1, "7.5")),
        "unit_rate": rng.choice((100, 110, "33.3333")), "amount": rng.choice((100, "249.99975")),
        "resource_id": rng.choice(PEOPLE),
    }  # fmt: skip


def _approval(rng: random.Random, day: int) -> dict[str, Any]:
    decided = rng.random() < 0.5
    return {
        "approval_id": f"a{rng.randrange(25)}", "subject_id": rng.choice(("t", "i1", "i2")),
        "project_id": rng.choice((*PROJECTS, "far")), "approver_id": rng.choice(PEOPLE),
        "requested_at": day - rng.randrange(20) - rng.random(), "decided_at": day if decided else None,
        "decision": rng.choice(("approved", "rejected")) if decided else None,
        "approver_role": rng.choice((None, "client", "finance")),
    }  # fmt: skip


def _time_entry(rng: random.Random, day: int) -> dict[str, Any]:
    return {
        "time_entry_id": f"t{rng.randrange(40)}", "project_id": rng.choice(("p1", "p2", "far")),
        "client_id": rng.choice(CLIENTS), "resource_id": rng.choice(PEOPLE), "worked_on": day - rng.randrange(30),
        "hours": rng.choice((8, "7.25")), "billable": rng.random() < 0.8,
        "status": rng.choice(("draft", "submitted", "approved", "rejected")),
    }  # fmt: skip


def _objection(rng: random.Random, day: int) -> dict[str, Any]:
    return {
        "invoice_id": f"i{rng.randrange(14)}",
        "client_id": rng.choice(CLIENTS),
        "cause": rng.choice(("rate", "other")),
        "currency": rng.choice(("EUR", "USD")),
    }


_DRAW: dict[str, Callable[[random.Random, int], dict[str, Any]]] = {
    "invoice": _invoice,
    "invoice_line": _line,
    "approval": _approval,
    "time_entry": _time_entry,
    "client": lambda rng, day: {
        "client_id": rng.choice(CLIENTS), "country": rng.choice((None, "DE", "US")), "tax_id": rng.choice((None, "T")),
        "currency": rng.choice((None, "EUR")), "po_required": rng.random() < 0.5,
        "electronic_since": rng.choice((None, day)), "status": rng.choice(("active", "blocked")),
    },
    "legal_entity": lambda rng, _: {"currency": rng.choice(("EUR", "USD")), "country": rng.choice(("DE", "US"))},
    "contract": lambda rng, _: {
        "contract_id": rng.choice(("k1", "k2")), "client_id": rng.choice(CLIENTS),
        "cap_amount": rng.choice((None, 900)),
        "rate_card_id": rng.choice((None, "rc")), "po_number": rng.choice((None, "PO1")),
        "end_on": rng.choice((None, 90)),
        "value_amount": rng.choice((None, 500)), "legal_entity_id": rng.choice((None, "le")),
    },
    "project": lambda rng, _: {
        "project_id": rng.choice(("p1", "p2")), "client_id": rng.choice(CLIENTS), "manager_id": rng.choice(PEOPLE),
        "contract_id": rng.choice(CONTRACTS), "budget_amount": rng.choice((None, 1000)),
        "planned_hours": rng.choice((None, 100)), "status": rng.choice(("open", "closed")),
    },
    "resource": lambda rng, _: {
        "resource_id": rng.choice(PEOPLE), "cost_rate": rng.choice((None, 50)), "currency": rng.choice((None, "EUR")),
    },
    "rate_card": lambda rng, _: {
        "role": rng.choice(("dev", "lead")), "rate": rng.choice((100, 105)), "valid_from": rng.choice((-365, 0, 60)),
        "valid_to": rng.choice((None, 120)),
    },
    "fx_rate": lambda rng, day: {
        "currency": rng.choice(("EUR", "USD")), "valid_on": day, "rate": rng.choice((1, "1.1")),
    },
    "expense": lambda rng, _: {
        "expense_id": rng.choice(("e1", "e2")), "project_id": rng.choice(("p1", "far")),
        "client_id": rng.choice(CLIENTS), "receipt_attached": rng.random() < 0.5,
        "status": rng.choice(("submitted", "approved")),
    },
    "milestone": lambda rng, _: {
        "milestone_id": rng.choice(("m1", "m2")), "project_id": rng.choice(("p1", "far")),
        "client_id": rng.choice(CLIENTS), "status": rng.choice(("planned", "accepted")),
        "due_on": rng.choice((None, 50)), "evidence_ref": rng.choice((None, "doc")),
    },
    "change_order": lambda rng, _: {
        "change_order_id": rng.choice(("o1", "o2")), "project_id": rng.choice(("p1", "far")),
        "client_id": rng.choice(CLIENTS), "contract_id": rng.choice(CONTRACTS),
        "status": rng.choice(("pending", "approved", "rejected")),
    },
    "payment": lambda rng, _: {"invoice_id": f"i{rng.randrange(14)}", "client_id": rng.choice(CLIENTS)},
    "credit_note": _objection,
    "dispute": lambda rng, day: {**_objection(rng, day), "dispute_id": f"d{rng.randrange(6)}",
                                 "status": rng.choice(("open", "resolved"))},
    "document_link": lambda rng, _: {
        "client_id": rng.choice(CLIENTS), "from_id": f"i{rng.randrange(14)}", "to_id": f"i{rng.randrange(14)}",
        "link": rng.choice(("credits", "rebills", "rebills", "partial_of")),
    },
    "note": lambda rng, _: {
        "client_id": rng.choice(CLIENTS), "project_id": rng.choice(PROJECTS), "text": f"text {rng.randrange(5)}",
        "invoice_id": rng.choice((None, None, f"i{rng.randrange(14)}")),
    },
    "sync_event": lambda rng, _: {"object_id": f"i{rng.randrange(14)}", "success": rng.random() < 0.5},
}  # fmt: skip
