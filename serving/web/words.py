"""The words that pages use for the codes of the service, in the language of finance."""

from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.auth.scopes import Role
from serving.queue.resting import SkipReason
from serving.queue.states import CaseEvent, CaseState
from serving.routing import Layer, Route
from serving.tasks.set_aside import Sweep

ROUTES: dict[str, str] = {
    Route.AUTO_CLEAR: "Cleared",
    Route.REVIEW: "Review",
    Route.SENIOR_REVIEW: "Senior review",
    Route.HOLD: "Hold",
}
LAYERS: dict[str, str] = {
    Layer.HARD_STOP: "a hard stop: no model or person overrules it while it fires",
    Layer.POLICY: "the review policy",
    Layer.MODEL: "the models",
}
STATES: dict[str, str] = {
    CaseState.OPEN: "Open",
    CaseState.CLAIMED: "Claimed",
    CaseState.WAITING: "Waiting for an answer",
    CaseState.DECIDED: "Decided",
    CaseState.CANCELLED: "Cancelled",
}
ACTIONS: dict[str, str] = {
    ReviewAction.RELEASE: "Release",
    ReviewAction.CORRECT: "Correct",
    ReviewAction.HOLD: "Hold",
    ReviewAction.REQUEST_EVIDENCE: "Request evidence",
    ReviewAction.ESCALATE: "Escalate",
    ReviewAction.WRITE_OFF_REQUEST: "Propose write-off",
}
ACTION_HINTS: dict[str, str] = {
    ReviewAction.RELEASE: "goes out as it is",
    ReviewAction.CORRECT: "back to billing; needs a reason",
    ReviewAction.HOLD: "stays here; needs a reason",
    ReviewAction.REQUEST_EVIDENCE: "waits for an answer; needs a note",
    ReviewAction.ESCALATE: "to a senior; needs a note",
    ReviewAction.WRITE_OFF_REQUEST: "needs a reason and a note",
}
CAUSES: dict[str, str] = {
    Cause.RATE: "Rate",
    Cause.HOURS_NOT_APPROVED: "Hours not approved",
    Cause.MILESTONE_NOT_ACCEPTED: "Milestone not accepted",
    Cause.CHANGE_ORDER: "Change order",
    Cause.SCOPE_QUALITY: "Scope or quality",
    Cause.PO_REFERENCE: "Purchase order",
    Cause.TAX_ENTITY: "Tax or legal entity",
    Cause.DUPLICATE: "Duplicate",
    Cause.AMOUNT_CURRENCY: "Amount or currency",
    Cause.OTHER: "Other",
}
EVENTS: dict[str, str] = {
    CaseEvent.OPENED: "Case opened",
    CaseEvent.RESCORED: "Scored again",
    CaseEvent.CLAIMED: "Claimed",
    CaseEvent.TAKEN_OVER: "Taken over after the claim ran out",
    CaseEvent.RELEASED: "Given back",
    CaseEvent.APPROVED_ONCE: "Released once; a second person must release too",
    CaseEvent.ESCALATED: "Escalated to a senior reviewer",
    CaseEvent.EVIDENCE_REQUESTED: "Evidence requested",
    CaseEvent.RESUMED: "Resumed",
    CaseEvent.DECIDED: "Decided",
    CaseEvent.CANCELLED: "Cancelled",
    CaseEvent.ASSIGNED: "Assigned",
    CaseEvent.UNASSIGNED: "Taken off a person's list",
    CaseEvent.SKIPPED: "Skipped for now",
    CaseEvent.SNOOZED: "Snoozed",
    CaseEvent.WOKEN: "Back in the queue",
    CaseEvent.SLA_BREACHED: "Overdue",
    CaseEvent.REOPENED: "Reopened",
    CaseEvent.REFUSED: "Decision refused",
    CaseEvent.HANDED_ON: "Back in the queue: its holder may not decide it any more",
    CaseEvent.LENT: "Lent to the seniors of other teams: nobody who sees it may decide it",
    CaseEvent.LENT_BACK: "Back with its own team alone",
    CaseEvent.ASKED: "Somebody was asked",
    CaseEvent.ASK_OPENED: "The link was opened",
    CaseEvent.ANSWERED: "Answered",
    CaseEvent.ASK_EXPIRED: "A request expired without an answer",
    CaseEvent.ASK_WITHDRAWN: "A request was withdrawn",
    CaseEvent.REMINDED: "Reminded",
    CaseEvent.ATTACHED: "A file was added",
    CaseEvent.PLANNED: "Decided; it can still be undone",
    CaseEvent.PLAN_DROPPED: "The decision was not carried out",
    CaseEvent.SCORE_SHOWN: "The score was shown",
    CaseEvent.LOOKED_AGAIN: "Looked at a second time",
}
SKIPS: dict[str, str] = {
    SkipReason.NOT_MY_AREA: "Not my area",
    SkipReason.NEEDS_TIME: "Needs more time than I have now",
    SkipReason.UNCLEAR: "Unclear to me",
    SkipReason.TOO_CLOSE: "I know the client or the people too well",
    SkipReason.OTHER: "Something else",
}
SWEEPS: dict[str, str] = {
    Sweep.READY: "Keep a score ready",
    Sweep.REMEDIES: "Work out what would clear it",
    Sweep.NOTES: "Read a note",
    Sweep.EXPLANATIONS: "Explain a score",
    Sweep.LIKENESS: "Remember what a decided case was like",
    Sweep.SHADOW: "Try proposed controls",
    Sweep.NEWS: "Follow new facts",
    Sweep.REFRESH: "Score a case by changed rules",
    Sweep.DECISIONS: "Carry out a decision",
    Sweep.ASSIGNMENT: "Assign a case",
    Sweep.SERVICE_LEVELS: "Raise an overdue case",
    Sweep.LENDING: "Lend a case to seniors of other teams",
    Sweep.ANSWERS: "Follow an answer",
    Sweep.EXPIRY: "End a request whose time is over",
    Sweep.REMINDERS: "Remind a person",
    Sweep.OPENED: "Announce an opened case",
}
ROLES: dict[str, str] = {role: role.value.replace("_", " ").capitalize() for role in Role}
SEVERITIES: dict[str, str] = {"hard_stop": "Hard stop", "review": "Review", "warning": "Warning"}
RISKS: dict[str, str] = {"delay": "Late payment", "dispute": "Dispute", "anomaly": "Unusual billing"}
LINE_KINDS: dict[str, str] = {
    "time": "Time",
    "expense": "Expense",
    "milestone": "Milestone",
    "fixed_fee": "Fixed fee",
    "retainer": "Retainer",
    "recurring": "Recurring",
    "change_order": "Change order",
    "adjustment": "Adjustment",
}
_RISKS = ("delay", "dispute", "anomaly")
DEGRADED: dict[str, str] = {
    "models_unavailable": "No models were loaded when this was scored: controls and policy alone decided.",
    "models_failed": "The models failed when this was scored: controls and policy alone decided.",
    "no_exchange_rate": "No exchange rate was known, so the amount could not be compared with the limits.",
    "controls_outdated": "The controls may not have been the newest: the database or the newest set could not be read.",
    **{f"{risk}_unavailable": f"The {risk} model was not available when this was scored." for risk in _RISKS},
    **{f"{risk}_failed": f"The {risk} model failed when this was scored." for risk in _RISKS},
    **{f"{risk}_outdated": f"The newest {risk} model could not be loaded; the one before it spoke." for risk in _RISKS},
}


def plain(code: str | None) -> str:
    """A code without words of its own: ``project_manager`` becomes ``Project manager``."""
    return "–" if not code else code.replace("_", " ").capitalize()
