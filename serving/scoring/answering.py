"""What is answered of a verdict: who asks for it, where its invoice comes from, and what comes of it."""

from dataclasses import dataclass
from typing import Any

from serving.scoring.dispositions import Disposition, Found, Outcome, Purpose, Standing, outcome_of, weights
from serving.scoring.making_way import DOCUMENT, LEDGER
from serving.scoring.repository import CaseWork
from serving.scoring.verdict import Verdict
from serving.state import ServingState


@dataclass(frozen=True)
class Asker:
    """Who asks for scores, under which request or run, and why."""

    principal_id: str
    request_id: str | None = None
    run_id: str | None = None
    purpose: Purpose = Purpose.LIVE


@dataclass(frozen=True)
class Source:
    """Where the judged invoices come from.

    Attributes:
        snapshot: state of the database that the records were read in.
        document: the inline document; ``None`` for invoices of the ledger.
    """

    snapshot: str
    document: dict[str, Any] | None = None

    @property
    def origin(self) -> str:
        """As cases name it."""
        return LEDGER if self.document is None else DOCUMENT


@dataclass(frozen=True)
class Answered:
    """A verdict with what comes of it."""

    verdict: Verdict
    outcome: Outcome
    standing: Standing | None

    @property
    def decision(self) -> dict[str, Any] | None:
        """What people have decided, where it is about this: the newest case is open, or its decision stands."""
        if self.standing is None or self.standing.decision is None:
            return None
        answers = self.outcome.disposition in (Disposition.DECIDED, Disposition.SENT)
        about_it = answers or self.standing.closed_at is None
        return dict(self.standing.decision) if about_it and not self.standing.by_service else None

    @property
    def work(self) -> CaseWork:
        """What it does to the invoice's case."""
        if self.outcome.disposition is Disposition.QUEUED:
            return CaseWork.OPEN
        touches = self.outcome.disposition in (Disposition.CLEARED, Disposition.SENT)
        return CaseWork.TOUCH if touches else CaseWork.LEAVE


def answered(
    verdict: Verdict, state: ServingState, standing: Standing | None, purpose: Purpose = Purpose.LIVE
) -> Answered:
    """What comes of a verdict, given what stands of its invoice."""
    judged = verdict.judged
    found = Found(judged.stage, judged.facts, verdict.routed.route, weights(judged.hits))
    outcome = outcome_of(found, standing, purpose=purpose, watched=state.policy.watch_sent)
    return Answered(verdict, outcome, standing)
