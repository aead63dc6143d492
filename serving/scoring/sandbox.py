"""The sandbox of test keys: documented invoice ids with outcomes that never change, and nothing stored but messages.

Requests are validated, limited, refused and repeated as every request is; answers are those of the published models,
and callbacks are signed and delivered by the same outbox. The ledger and the queue are neither read nor written.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from serving.callbacks.outbox import send_rehearsed
from serving.callbacks.wishes import Wish
from serving.contract.types import money_text
from serving.ids import new_id
from serving.overload.gate import Overloaded
from serving.problems import Unavailable
from serving.routing import Withheld
from serving.scoring.examples import EXAMPLE_SCORE
from serving.scoring.schemas import ScoreRequest, ScoreResponse
from serving.scoring.service import UnknownInvoice

_CALLBACK: Final = re.compile(r"SANDBOX-CALLBACK-(\d{1,4})(?:-(RELEASE|HOLD|CORRECT))?")
MOST_SECONDS: Final = 3_600
_HARD_STOP: Final[dict[str, Any]] = {
    "control_id": "po_missing", "version": 1, "title": "Purchase order missing", "severity": "hard_stop",
    "owner": "billing", "cause": "po_reference",
    "message": "The client refuses invoices without a purchase order, and this one carries none.", "offenders": [],
    "remedy": "Put the client's purchase order number on the invoice.", "snoozed": None,
}  # fmt: skip


def _clear() -> dict[str, Any]:
    return {
        "route": "auto_clear", "may_send": True, "disposition": "cleared", "case_id": None, "reasons": [],
        "because": "the models are sure enough to clear it", "not_cleared": None,
    }  # fmt: skip


def _review() -> dict[str, Any]:
    return {"route": "review", "case_id": new_id()}


def _senior() -> dict[str, Any]:
    because = "the amount needs a senior reviewer"
    said = _withheld(Withheld.POLICY_LIMIT, f"Policy limit: {because}.")
    return {"route": "senior_review", "decided_by": "policy", "because": because, "case_id": new_id()} | said


def _hold() -> dict[str, Any]:
    because = "a hard stop fires: po_missing"
    return {
        "route": "hold", "decided_by": "hard_stop", "because": because, "controls": [_HARD_STOP], "case_id": new_id(),
        **_withheld(Withheld.CONTROL, "A control fired: Purchase order missing."),
    }  # fmt: skip


def _withheld(ground: Withheld, sentence: str) -> dict[str, Any]:
    return {"not_cleared": {"ground": ground.value, "sentence": sentence, "certificate": None}}


def _unavailable() -> dict[str, Any]:
    risks: dict[str, Any] = EXAMPLE_SCORE["risks"]  # type: ignore[assignment]  # an object, as the example is written
    gone = {"status": "unavailable", "confidence": "low"}
    unknown = {
        "delay": risks["delay"] | gone | {
            "probability_late": None, "usual": None, "curve": [], "expected_days_late": None,
            "expected_issue_on": None, "expected_cash_on": None,
        },
        "dispute": risks["dispute"] | gone | {"probability": None, "usual": None, "causes": {}},
        "anomaly": risks["anomaly"] | gone | {"p_value": None},
        "clear_score": None,
    }  # fmt: skip
    return {
        "risks": risks | unknown, "reasons": [], "degraded": ["models_unavailable"], "decided_by": "policy",
        "because": "no models are loaded, so a person looks", "case_id": new_id(),
        **_withheld(Withheld.MODEL_UNAVAILABLE, "Without a model: the delay model is not available."),
    }  # fmt: skip


OUTCOMES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "SANDBOX-CLEAR": _clear,
    "SANDBOX-REVIEW": _review,
    "SANDBOX-SENIOR": _senior,
    "SANDBOX-HOLD": _hold,
    "SANDBOX-UNAVAILABLE": _unavailable,
}


def score(
    connection: Connection, body: ScoreRequest, wish: Wish | None, *, by: str, as_of: datetime, now: datetime
) -> ScoreResponse:
    """The outcome of a documented id; raises what the id stands for, and ``UnknownInvoice`` for any other id."""
    header: Any = None if body.document is None else body.document.invoice
    invoice_id = str(body.invoice_id if header is None else header.invoice_id)
    if invoice_id == "SANDBOX-429":
        raise Overloaded("the sandbox answers this id with 429")
    if invoice_id == "SANDBOX-503":
        raise Unavailable("the sandbox answers this id with 503; nothing was changed")
    called = _CALLBACK.fullmatch(invoice_id)
    if called is None and invoice_id not in OUTCOMES:
        raise UnknownInvoice(invoice_id, as_of)
    outcome = _review() if called else OUTCOMES[invoice_id]()
    about = {"score_id": new_id(), "invoice_id": invoice_id, "as_of": as_of, "scored_at": now}
    if header is not None:
        about |= {"client_id": header.client_id, "amount": header.amount, "currency": header.currency}
    made = ScoreResponse.model_validate(EXAMPLE_SCORE | about | outcome)
    if called and wish is not None and not body.dry_run:
        at = now + timedelta(seconds=min(int(called[1]), MOST_SECONDS))
        send_rehearsed(connection, wish, _ending(made, called[2] or "RELEASE", wish, at=at), by=by, at=at)
    return made


def _ending(made: ScoreResponse, action: str, wish: Wish, *, at: datetime) -> dict[str, Any]:
    """What a decided case says, of a case that there is not."""
    released = action == "RELEASE"
    return {
        "case": {
            "case_id": made.case_id,
            "invoice_id": made.invoice_id,
            "client_id": made.client_id,
            "invoice_version": None,
            "amount": money_text(made.amount, made.currency),
            "currency": made.currency,
            "state": "decided",
            "opened_at": made.scored_at,
            "closed_at": at,
        },
        "route": made.route.value,
        "decision": {
            "decision_id": new_id(),
            "action": action.lower(),
            "reason_code": None if released else "rate",
            "note": "decided by the sandbox",
            "decided_at": at,
        },
        "cancellation": None,
        "score_id": made.score_id,
        "correlation_id": wish.correlation_id,
    }
