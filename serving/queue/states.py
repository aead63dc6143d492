"""The life of a case: its states, what may happen in each, and what a decision does to it.

open ──claim──▶ claimed ──decide──▶ decided
 ▲ ▲              │ │
 │ └──release─────┘ └──request_evidence──▶ waiting ──resume──▶ open
 └── an expired lease is taken over at the next claim
open, claimed, waiting ──cancel──▶ cancelled
"""

from enum import StrEnum

from ledger.records.events import ReviewAction


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    DECIDED = "decided"
    CANCELLED = "cancelled"


class CaseEvent(StrEnum):
    """What happened to a case; the arrows are the states before and after."""

    OPENED = "opened"  # -> open
    RESCORED = "rescored"  # any open state, unchanged
    CLAIMED = "claimed"  # open -> claimed
    TAKEN_OVER = "taken_over"  # claimed (lease expired) -> claimed
    RELEASED = "released"  # claimed -> open
    APPROVED_ONCE = "approved_once"  # claimed -> open: a second person must release
    ESCALATED = "escalated"  # claimed -> open, to a senior reviewer
    EVIDENCE_REQUESTED = "evidence_requested"  # claimed -> waiting
    RESUMED = "resumed"  # waiting -> open
    DECIDED = "decided"  # claimed -> decided
    CANCELLED = "cancelled"  # open, claimed, waiting -> cancelled
    ASSIGNED = "assigned"  # unchanged: given to a person or a team
    UNASSIGNED = "unassigned"  # unchanged: nobody's again
    SKIPPED = "skipped"  # claimed -> open, or open unchanged: a person looks at it later
    SNOOZED = "snoozed"  # open, claimed -> open, out of sight for a while
    WOKEN = "woken"  # open, unchanged: in sight again
    SLA_BREACHED = "sla_breached"  # any open state, unchanged: overdue
    REOPENED = "reopened"  # -> open: the facts of a decided invoice changed, or a senior reopened it
    REFUSED = "refused"  # unchanged: a decision was refused, with what and why
    HANDED_ON = "handed_on"  # claimed -> open: whoever held it may not decide it any more
    LENT = "lent"  # unchanged: nobody in its sight may decide it; seniors of other teams see it
    LENT_BACK = "lent_back"  # unchanged: somebody in its own sight may decide it again
    ASKED = "asked"  # unchanged: somebody was asked, by a link
    ASK_OPENED = "ask_opened"  # unchanged: the link was opened for the first time
    ANSWERED = "answered"  # unchanged; rescored and resumed follow
    ASK_EXPIRED = "ask_expired"  # waiting -> open when nobody else is asked, else unchanged
    ASK_WITHDRAWN = "ask_withdrawn"  # as above
    REMINDED = "reminded"  # unchanged
    ATTACHED = "attached"  # unchanged: a file was added
    PLANNED = "planned"  # claimed, unchanged: decided, and may be undone for some minutes
    PLAN_DROPPED = "plan_dropped"  # claimed -> open: undone, or it could not be carried out any more
    SCORE_SHOWN = "score_shown"  # unchanged: a reviewer from whom it was hidden asked to see it
    LOOKED_AGAIN = "looked_again"  # unchanged: a second reviewer decided without seeing the first decision


OPEN_STATES = (CaseState.OPEN, CaseState.CLAIMED, CaseState.WAITING)

# What each decision turns a claimed case into.
AFTER: dict[ReviewAction, tuple[CaseState, CaseEvent]] = {
    ReviewAction.RELEASE: (CaseState.DECIDED, CaseEvent.DECIDED),
    ReviewAction.CORRECT: (CaseState.DECIDED, CaseEvent.DECIDED),
    ReviewAction.HOLD: (CaseState.DECIDED, CaseEvent.DECIDED),
    ReviewAction.WRITE_OFF_REQUEST: (CaseState.DECIDED, CaseEvent.DECIDED),
    ReviewAction.REQUEST_EVIDENCE: (CaseState.WAITING, CaseEvent.EVIDENCE_REQUESTED),
    ReviewAction.ESCALATE: (CaseState.OPEN, CaseEvent.ESCALATED),
}
NEEDS_REASON = frozenset({ReviewAction.CORRECT, ReviewAction.HOLD, ReviewAction.WRITE_OFF_REQUEST})
NEEDS_NOTE = frozenset({ReviewAction.REQUEST_EVIDENCE, ReviewAction.ESCALATE, ReviewAction.WRITE_OFF_REQUEST})
