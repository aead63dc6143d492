"""What comes of a score: a case in the queue, nothing, or the answer that a person gave before.

A decision belongs to what the invoice said and to the controls that fired when it was taken. As long as both are the
same, asking again answers with the decision. What was sent is not stopped any more: it opens a case only where the
policy watches a control on sent invoices. A score of an earlier moment, or a dry run, touches nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ledger.records.events import ReviewAction
from serving.controls.control import Hit, asks_for_care
from serving.routing import Route
from serving.scoring.facts import UNSENT

CANCEL = "cancel"


class Purpose(StrEnum):
    """Why a score is asked for."""

    LIVE = "live"  # of now: it opens and refreshes cases
    HISTORICAL = "historical"  # of a moment that the caller names: it is kept and touches nothing live
    DRY_RUN = "dry_run"  # to see what would come: nobody reads it but the caller


class Disposition(StrEnum):
    """What came of a score."""

    CLEARED = "cleared"  # the invoice may be sent
    QUEUED = "queued"  # a person must look: there is a case
    DECIDED = "decided"  # a person decided, and nothing changed since
    SENT = "sent"  # the invoice is out already, or will not be sent
    HISTORICAL = "historical"
    DRY_RUN = "dry_run"


class AnswerRoute(StrEnum):
    """Where an invoice goes, as callers are told it: the rules' route, or what people did."""

    AUTO_CLEAR = "auto_clear"
    REVIEW = "review"
    SENIOR_REVIEW = "senior_review"
    HOLD = "hold"
    RELEASED = "released"  # a person released it as it is
    STOPPED = "stopped"  # a person decided that it does not go out as it is
    SENT = "sent"  # it is out already, or will not be sent


class CaseKind(StrEnum):
    """Which question a case asks."""

    RELEASE = "release"  # may the invoice go out?
    SENT = "sent"  # what must be done about an invoice that is out?


@dataclass(frozen=True)
class Standing:
    """The newest case of an invoice, and what was decided on it.

    Attributes:
        decision: the newest decision as published, or the one that can still be undone; ``None`` when there is none.
        facts: digest of what the invoice said under the case's newest score; ``None`` for a score without one.
        fired: control that counted for the route → how many offenders it named.
        by_service: the service closed it by itself, which decides nothing.
        in_hand: it is open and a person works on it: only a person ends it.
    """

    case_id: str
    kind: CaseKind
    origin: str
    client_id: str
    legal_entity_id: str | None
    closed_at: datetime | None
    decision: Mapping[str, Any] | None
    facts: str | None
    fired: Mapping[str, int]
    by_service: bool = False
    in_hand: bool = False


def weights(hits: Iterable[Hit]) -> dict[str, int]:
    """Control → number of offenders, of the controls that count for the route."""
    counting = (hit for hit in hits if asks_for_care(hit.severity, snoozed=hit.snoozed is not None))
    return {hit.control_id: len(hit.offenders) for hit in counting}


def stands(standing: Standing | None, *, kind: CaseKind, facts: str, fired: Mapping[str, int]) -> bool:
    """Whether what was decided on the newest case still answers for the invoice.

    A release stands until the invoice says something else, or a control fires that did not fire then or names more
    offenders. Every other decision ends as soon as any of this is different: what was missing may have come.
    """
    if standing is None or standing.closed_at is None or standing.by_service or standing.decision is None:
        return False
    if standing.kind is not kind or standing.facts != facts:
        return False
    if standing.decision["action"] == ReviewAction.RELEASE.value:
        return all(count <= standing.fired.get(control, -1) for control, count in fired.items())
    return dict(standing.fired) == dict(fired)


@dataclass(frozen=True)
class Found:
    """What a judgement says of an invoice, as far as it matters for what comes of the score."""

    stage: str
    facts: str
    route: Route
    fired: Mapping[str, int]


@dataclass(frozen=True)
class Outcome:
    """What comes of a score, and of which kind its case is."""

    disposition: Disposition
    kind: CaseKind = CaseKind.RELEASE


def outcome_of(found: Found, standing: Standing | None, *, purpose: Purpose, watched: frozenset[str]) -> Outcome:
    """What comes of a score; ``watched``: the controls that open a case on an invoice that was sent."""
    if purpose is not Purpose.LIVE:
        return Outcome(Disposition(purpose.value))
    if found.stage not in UNSENT:
        return _of_sent(found, standing, watched)
    if stands(standing, kind=CaseKind.RELEASE, facts=found.facts, fired=found.fired):
        return Outcome(Disposition.DECIDED)
    in_hand = standing is not None and standing.in_hand
    cleared = found.route is Route.AUTO_CLEAR and not in_hand
    return Outcome(Disposition.CLEARED if cleared else Disposition.QUEUED)


def _of_sent(found: Found, standing: Standing | None, watched: frozenset[str]) -> Outcome:
    due = found.fired.keys() & watched if found.stage in _COLLECTED else frozenset[str]()
    if not due or stands(standing, kind=CaseKind.SENT, facts=found.facts, fired=found.fired):
        return Outcome(Disposition.SENT, CaseKind.SENT)
    return Outcome(Disposition.QUEUED, CaseKind.SENT)


# What was credited, written off or cancelled has been put right already.
_COLLECTED = frozenset({"issued", "settled"})


def answer_route(route: str, disposition: str | None, decision: Mapping[str, Any] | None) -> AnswerRoute:
    """The route as callers are told it; the database works out the same (``score.answer``)."""
    if disposition == Disposition.SENT:
        return AnswerRoute.SENT
    if disposition == Disposition.QUEUED and route == Route.AUTO_CLEAR:
        return AnswerRoute.REVIEW  # the rules would clear it by now, but a person has it in hand
    if disposition == Disposition.DECIDED and decision is not None:
        released = decision["action"] == ReviewAction.RELEASE.value
        return AnswerRoute.RELEASED if released else AnswerRoute.STOPPED
    return AnswerRoute(route)


def may_send(route: AnswerRoute, disposition: str | None) -> bool:
    """Whether the caller may send the invoice now; a score made before dispositions were kept counts as live."""
    live = disposition not in (Disposition.HISTORICAL, Disposition.DRY_RUN)
    return live and route in (AnswerRoute.AUTO_CLEAR, AnswerRoute.RELEASED)
