"""Looks at a case again before it is decided: scored as of now, and compared with what the reviewer saw."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.records.events import ReviewAction
from serving.auth.principal import Principal
from serving.problems import Problem
from serving.queue import repository
from serving.queue.decision_request import DecisionRequest
from serving.queue.refusals import ScoreChanged, changes_between
from serving.queue.repository import Reviewer
from serving.queue.service import CaseClosed, barred_from, hand_on, reviewer_of
from serving.queue.sight import everything
from serving.queue.states import AFTER, OPEN_STATES, CaseState
from serving.scoring.repository import score_row
from serving.scoring.service import Asker, rescore
from serving.sql import Row
from serving.state import ServingState


@dataclass(frozen=True)
class Decider:
    """Who decides what."""

    request: DecisionRequest
    principal: Principal
    request_id: str | None

    @property
    def reviewer(self) -> Reviewer:
        """The same person, as the queue sees them."""
        return reviewer_of(self.principal)

    @property
    def actor(self) -> Row:
        """For entries."""
        return {"principal_id": self.principal.principal_id, "request_id": self.request_id}


def look_again(connection: Connection, state: ServingState, kase: Row, deciding: Decider) -> Row:
    """The case as it is after a fresh score, in the caller's transaction.

    Raises ``ScoreChanged`` when it does not show what it showed under the request's fence, and ``CaseClosed`` when the
    fresh score ended it. Both keep the fresh score, so that the reviewer sees on the next look what was found on this
    one; a holder who may not decide the case any more loses it to those who may.
    """
    if AFTER[deciding.request.action][0] is CaseState.DECIDED:
        _score(connection, state, kase, deciding)
    now = repository.locked(connection, kase["case_id"], everything())
    assert now is not None
    if now["state"] not in OPEN_STATES:
        raise _kept(CaseClosed(now))
    if now["fence"] != deciding.request.fence:
        raise _kept(_changed(connection, now, deciding))
    return now


def _score(connection: Connection, state: ServingState, kase: Row, deciding: Decider) -> None:
    previous = score_row(connection, kase["score_id"])
    assert previous is not None
    try:
        rescore(connection, state, previous, asker=Asker(deciding.principal.principal_id, deciding.request_id))
    except Problem:
        # What cannot be scored can still be held or sent back.
        if deciding.request.action is ReviewAction.RELEASE:
            raise


def _changed(connection: Connection, now: Row, deciding: Decider) -> ScoreChanged:
    shown = repository.figures_at(connection, now["case_id"], deciding.request.fence)
    score = score_row(connection, now["score_id"])
    titles = {hit["control_id"]: hit["title"] for hit in (score or {}).get("controls", ())}
    changes = [] if shown is None else changes_between(shown, now, titles)
    barred = barred_from(now, deciding.reviewer)
    if barred is not None:
        hand_on(connection, now, deciding.reviewer, because=barred.detail)
    return ScoreChanged(changes, now, handed_on=barred is not None)


def _kept(refused: Problem) -> Problem:
    refused.kept = True
    return refused
