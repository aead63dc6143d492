"""Examples of the published document that tell one story: an invoice is scored, called back about, and decided.

Schemas whose examples stand beside their models are not repeated here. A test holds every example to its schema, and
another sends every request to the service.
"""

from typing import Any, Final

Example = dict[str, Any]


def _id(number: int) -> str:
    return f"019c6a3e-0000-7000-8000-{number:012d}"


_ADA, _RITA = _id(7), _id(3)
_NOON: Final = "2026-02-10T12:00:00Z"

RUN: Final[Example] = {
    "run_id": _id(20), "state": "running", "because": None, "as_of": _NOON, "purpose": "live", "total": 2, "done": 1,
    "routes": {"review": 1}, "unknown": 0, "first_unknown": [], "faulty": 0, "first_faulty": [],
    "false_discovery_rate": 0.1, "anomalies": None,
    "per_second": 410.0, "seconds_left": 0.1, "created_at": _NOON, "started_at": "2026-02-10T12:00:01Z",
    "ended_at": None, "object": "run",
}  # fmt: skip
RUN_RESULT: Final[Example] = {
    "invoice_id": "INV-2041", "score_id": _id(1), "client_id": "C-17", "amount": "1800.00", "currency": "EUR",
    "stage": "draft", "route": "review", "may_send": False, "disposition": "queued", "decision": None,
    "decided_by": "model", "because": "the models are not sure enough to clear it",
    "case_id": _id(2), "probability_late": 0.42, "probability_dispute": 0.31, "anomaly_p_value": 0.2,
    "anomaly_flagged": None,
}  # fmt: skip
ENDPOINT: Final[Example] = {
    "endpoint_id": _id(30), "name": "Camunda", "prefix": "https://flows.example.com/hooks", "active": True,
    "because": None, "live_secrets": 1, "created_by": _ADA, "created_at": "2026-01-05T09:00:00Z",
    "object": "callback_endpoint",
}  # fmt: skip
_SECRET: Final[Example] = {"endpoint": ENDPOINT, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
CALLBACK: Final[Example] = {
    "message_id": _id(31), "event_type": "triage.case.decided.v1", "subject": "INV-2041", "case_id": _id(2),
    "run_id": None, "score_id": _id(1), "correlation_id": "process-7f3", "endpoint_id": _id(30),
    "url": "https://flows.example.com/hooks/7f3", "state": "delivered", "attempts": 1, "next_attempt_at": None,
    "because": None, "created_at": "2026-02-10T12:05:00Z", "settled_at": "2026-02-10T12:05:01Z",
    "event": {
        "specversion": "1.0", "id": _id(31), "source": "urn:triage:demo", "type": "triage.case.decided.v1",
        "time": "2026-02-10T12:05:00Z", "subject": "INV-2041", "datacontenttype": "application/json",
        "data": {
            "case": {
                "case_id": _id(2), "invoice_id": "INV-2041", "client_id": "C-17", "invoice_version": "3",
                "amount": "1800.00", "currency": "EUR", "state": "decided", "opened_at": _NOON,
                "closed_at": "2026-02-10T12:05:00Z",
            },
            "route": "review",
            "decision": {
                "decision_id": _id(40), "action": "release", "reason_code": None, "note": None,
                "decided_at": "2026-02-10T12:05:00Z",
            },
            "cancellation": None, "score_id": _id(1), "correlation_id": "process-7f3",
        },
    },
    "object": "callback",
}  # fmt: skip
_ATTEMPT: Final[Example] = {
    "number": 1, "started_at": "2026-02-10T12:05:00Z", "latency_ms": 84.0, "address": "203.0.113.7", "status": 204,
    "answer": "", "error": None,
}  # fmt: skip
CONTROL: Final[Example] = {
    "id": "po_missing", "version": 2, "family": "contract", "title": "Purchase order missing",
    "catches": "The client asks for a purchase order and the invoice has none.", "severity": "hard_stop",
    "owner": "billing", "cause": "po_reference",
    "expression": "client.po_required == true && (invoice.po_number == null || invoice.po_number == '')",
    "message": "The client refuses invoices without a purchase order, and this one carries none.",
    "remedy": "Put the client's purchase order number on the invoice.",
}  # fmt: skip
_SET: Final[Example] = {"number": 3, "controls": [CONTROL], "overlays": []}
_BEFORE, _AFTER = "controls-2-4bf1a2c3d4e5", "controls-3-0d9e8f7a6b5c"
_EVENT: Final[Example] = {
    "to_state": "proposed", "actor_id": _ADA, "why": "clients stopped sending orders by mail", "happened_at": _NOON,
}  # fmt: skip
_COUNT: Final[Example] = {
    "invoices": 4, "cash": {"EUR": "7200"}, "segments": {"billing_method": {"milestone": 4}}, "mature": 3, "bad": 2,
    "precision": 0.667,
}  # fmt: skip
_BACKTEST: Final[Example] = {
    "backtest_id": _id(41), "proposal_id": _id(40), "base_version": _BEFORE, "invoices": 500,
    "result": {"invoices": 500, "newly_held": _COUNT, "controls": {"po_missing": {**_COUNT, "before": 0}}},
    "run_by": _ADA, "run_at": _NOON,
}  # fmt: skip
PROPOSAL: Final[Example] = {
    "proposal_id": _id(40), "version": _AFTER, "base_version": _BEFORE,
    "reason": "clients stopped sending orders by mail", "state": "backtested", "proposed_by": _ADA,
    "proposed_at": _NOON, "shadow_since": None, "approved_by": None, "approved_at": None, "events": [_EVENT],
    "backtest": _BACKTEST,
}  # fmt: skip
_ACTIVATION: Final[Example] = {
    "action": "activate", "version": _AFTER, "previous_version": _BEFORE, "proposal_id": _id(40), "actor_id": _RITA,
    "why": "agreed with sales", "activated_at": _NOON,
}  # fmt: skip
_SNOOZE: Final[Example] = {
    "snooze_id": _id(50), "control_id": "po_differs", "client_id": "C-17", "project_id": None,
    "reason": "the client changes its numbering until March", "created_by": _RITA, "created_at": _NOON,
    "until": "2026-03-01T00:00:00Z", "in_force": True, "ended_by": None, "ended_because": None, "ended_at": None,
}  # fmt: skip

EXAMPLES: Final[dict[str, list[Example]]] = {
    "RecordResult": [{
        "index": 0, "status": "accepted", "record_id": "88120", "quarantine_id": None, "pointer": None, "reason": None,
    }],
    # Named as its header in the example of a document: tools that put examples together make one that holds.
    "InlineInvoiceLine": [{
        "line_id": "L-1", "invoice_id": "INV-2041", "line_number": 1, "client_id": "C-17", "project_id": "P-9",
        "resource_id": "W-4", "role": "senior", "line_kind": "time", "quantity": "10", "unit": "hour",
        "unit_rate": "180.00", "amount": "1800.00", "currency": "EUR",
    }],
    "RunOut": [RUN],
    "RunResultOut": [RUN_RESULT],
    "RunsOut": [{"runs": [RUN], "next_cursor": None}],
    "RunResultsOut": [{"results": [RUN_RESULT], "next_cursor": None}],
    "EndpointOut": [ENDPOINT],
    "EndpointsOut": [{"endpoints": [ENDPOINT]}],
    "EndpointSecretOut": [_SECRET],
    "CallbackOut": [CALLBACK],
    "CallbackPageOut": [{"callbacks": [CALLBACK], "next_cursor": None}],
    "CallbackDetailOut": [{**CALLBACK, "attempt_log": [_ATTEMPT]}],
    "ControlsOut": [{"version": _BEFORE, "controls": [CONTROL], "overlays": [], "problem": None}],
    "ActivationOut": [_ACTIVATION],
    "ActivationsOut": [{"activations": [_ACTIVATION]}],
    "DocumentOut": [{"version": _AFTER, "document": _SET}],
    "ProposalRequest": [{"reason": "clients stopped sending orders by mail", "document": _SET}],
    "WhyRequest": [{"why": "agreed with sales"}],
    "BacktestRequest": [{"sample": 500}],
    "ProposalOut": [PROPOSAL],
    "ProposalsOut": [{"proposals": [{**PROPOSAL, "events": [], "backtest": None}]}],
    "BacktestOut": [_BACKTEST],
    "ShadowOut": [{
        "scores": 210, "different": 3, "newly_held": 3, "no_longer_held": 0, "newly": {"po_missing:hard_stop": 3},
        "gone": {}, "newest": [],
    }],
    "SnoozeRequest": [{
        "control_id": "po_differs", "client_id": "C-17", "until": "2026-03-01T00:00:00Z",
        "reason": "the client changes its numbering until March",
    }],
    "SnoozeOut": [_SNOOZE],
    "SnoozesOut": [{"snoozes": [_SNOOZE]}],
}  # fmt: skip


def illustrate(schemas: dict[str, Any]) -> None:
    """Add the examples to the published schemas that have none of their own."""
    for name, examples in EXAMPLES.items():
        if name in schemas:
            schemas[name].setdefault("examples", examples)
