"""The score that the published document shows; a test holds it to its schema."""

from pydantic import JsonValue

EXAMPLE_SCORE: dict[str, JsonValue] = {
    "score_id": "019c6a3e-0000-7000-8000-000000000001", "invoice_id": "INV-2041", "client_id": "C-17",
    "as_of": "2026-02-10T12:00:00Z", "scored_at": "2026-02-10T12:00:00Z", "amount": "1800.00", "currency": "EUR",
    "stage": "draft", "route": "review", "may_send": False, "disposition": "queued", "decision": None,
    "decided_by": "model", "because": "the models are not sure enough to clear it",
    "not_cleared": {
        "ground": "above_threshold", "sentence": "Its dispute risk of 31% is above the certified limit of 3.2%.",
        "certificate": None},
    "risks": {
        "delay": {
            "status": "ok", "confidence": "high", "late_after_days": 30, "probability_late": 0.42, "usual": 0.2,
            "curve": [[0, 0.7], [30, 0.42]], "expected_days_late": 18.5, "expected_issue_on": "2026-02-12",
            "expected_cash_on": "2026-03-20"},
        "dispute": {
            "status": "ok", "confidence": "high", "probability": 0.31, "usual": 0.06, "causes": {"po_reference": 0.8}},
        "anomaly": {"status": "ok", "confidence": "high", "p_value": 0.2},
        "clear_score": 0.58, "clearable": False, "guarantee": None},
    "reasons": [{
        "code": "dispute.po_missing", "risk": "dispute", "sentence": "The contract asks for a purchase order",
        "feature": "po_missing", "value": 1.0, "usual": 0.0, "contribution": 0.7, "evidence": ["invoice"]}],
    "controls": [], "sampled": False, "degraded": [], "case_id": "019c6a3e-0000-7000-8000-000000000002",
    "versions": {
        "features": "1f0c", "models": {"delay": "7be1", "dispute": "9f2c", "anomaly": "c01d"},
        "controls": "controls-1-4bf1a2c3d4e5", "policy": "policy-1-0a1b2c3d4e5f"},
    "object": "score",
}  # fmt: skip
