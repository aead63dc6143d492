"""What a reviewer of the rehearsal decides: after what the controls say, and mostly after what truly came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cli.rehearsal import phrases
from cli.rehearsal.fates import Fate
from cli.rehearsal.hours import Draw
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction

# How often a reviewer finds what the client would have objected to: a control names it, another one spoke, none did.
NAMED, HINTED, UNSEEN = 0.8, 0.45, 0.2
MISNAMED: Final = 0.08
_STOPPING: Final = (
    (0.55, ReviewAction.CORRECT),
    (0.95, ReviewAction.HOLD),
    (1.0, ReviewAction.WRITE_OFF_REQUEST),
)
_AT_A_STOP: Final = (
    (0.45, ReviewAction.REQUEST_EVIDENCE),
    (0.8, ReviewAction.HOLD),
    (1.0, ReviewAction.CORRECT),
)
_AT_A_DOUBT: Final = (
    (0.2, ReviewAction.REQUEST_EVIDENCE),
    (0.34, ReviewAction.HOLD),
    (0.5, ReviewAction.CORRECT),
    (1.0, ReviewAction.RELEASE),
)
_ELSE: Final = (
    (0.03, ReviewAction.REQUEST_EVIDENCE),
    (0.05, ReviewAction.ESCALATE),
    (0.07, ReviewAction.HOLD),
    (1.0, ReviewAction.RELEASE),
)


@dataclass(frozen=True)
class View:
    """What a reviewer has before them.

    Attributes:
        turn: how many decisions were made on the case before; nobody asks or escalates twice.
        sent: it went out meanwhile, or was taken back: nothing is left to stop.
    """

    invoice_id: str
    hits: Sequence[Mapping[str, Any]]
    fate: Fate
    turn: int
    sent: bool = False


@dataclass(frozen=True)
class Choice:
    """A decision with its words."""

    action: ReviewAction
    reason: Cause | None
    note: str | None


def choose(view: View, draw: Draw) -> Choice:
    """What a reviewer decides; the same for the same view and draws."""
    suspected = _cause(view.hits)
    action = _action(view, draw)
    if view.sent:
        return Choice(ReviewAction.RELEASE, None, "Went out meanwhile, nothing left to stop.")
    if action in (ReviewAction.REQUEST_EVIDENCE, ReviewAction.ESCALATE) and view.turn:
        action = ReviewAction.RELEASE
    return _in_words(action, view, suspected, draw)


def stopped_after_all(view: View, draw: Draw) -> Choice:
    """What becomes of a release that a hard stop does not let through."""
    return _in_words(ReviewAction.HOLD, view, _cause(view.hits), draw)


def _action(view: View, draw: Draw) -> ReviewAction:
    share = draw("action", view.invoice_id, str(view.turn))
    if view.fate.cancelled and draw("cancelled", view.invoice_id) < NAMED:
        return ReviewAction.CORRECT
    if view.fate.objection is not None and draw("noticed", view.invoice_id) < _eyes(view):
        return _of(_STOPPING, share)
    if any(hit["severity"] == "hard_stop" for hit in view.hits):
        return _of(_AT_A_STOP, share)
    if any(hit["severity"] == "review" for hit in view.hits):
        return _of(_AT_A_DOUBT, share)
    return _of(_ELSE, share)


def _of(table: Sequence[tuple[float, ReviewAction]], share: float) -> ReviewAction:
    return next(action for limit, action in table if share < limit)


def _eyes(view: View) -> float:
    if any(hit.get("cause") == view.fate.objection for hit in view.hits):
        return NAMED
    return HINTED if view.hits else UNSEEN


def _cause(hits: Sequence[Mapping[str, Any]]) -> Cause:
    """What the most severe control says; hits come in that order."""
    return next((Cause(hit["cause"]) for hit in hits if hit.get("cause")), Cause.OTHER)


def _in_words(action: ReviewAction, view: View, suspected: Cause, draw: Draw) -> Choice:
    share = draw("words", view.invoice_id, str(view.turn))
    if action is ReviewAction.RELEASE:
        said = phrases.RELEASED_AFTER_ALL[suspected] if view.hits else phrases.RELEASED
        return Choice(action, None, phrases.pick(said, share))
    if action is ReviewAction.ESCALATE:
        return Choice(action, None, phrases.pick(phrases.ESCALATED, share))
    if action is ReviewAction.REQUEST_EVIDENCE:
        return Choice(action, None, phrases.ASKED[suspected])
    found = _found(view, suspected, draw)
    return Choice(action, found, phrases.pick(phrases.STOPPED[found], share))


def _found(view: View, suspected: Cause, draw: Draw) -> Cause:
    """The cause as a person names it: mostly the true one, at times what the controls suggest."""
    if view.fate.objection is None or draw("misnamed", view.invoice_id) < MISNAMED:
        return suspected
    return view.fate.objection
