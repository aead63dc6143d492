"""What is sent to skip, snooze, assign or claim several cases, and what comes of the last."""

from pydantic import ConfigDict, Field

from ledger.records.base import Text
from serving.contract.strict import Sent
from serving.contract.types import LARGEST, Published, SentMoment
from serving.queue.groups import MOST_TOGETHER, Taken
from serving.queue.resting import SkipReason
from serving.queue.schemas import EXAMPLE_CASE, CaseOut, case_out

_FENCE = Field(default=None, ge=1, le=LARGEST, description="the fence of the claim, if the caller holds the case")


class SkipRequest(Sent):
    """Why a case is passed on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "needs_time", "fence": 1}]})

    reason: SkipReason = Field(description="why")
    note: Text = Field(default="", max_length=1000, description="in a few words")
    fence: int | None = _FENCE


class CaseSnoozeRequest(Sent):
    """Until when a case is out of sight, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"until": "2026-02-12T08:00:00Z", "reason": "the client is on holiday"}]}
    )

    until: SentMoment = Field(description="within the next thirty days; it comes back before when something new comes")
    reason: Text = Field(min_length=1, max_length=1000, description="what it waits for")
    fence: int | None = _FENCE


class AssignRequest(Sent):
    """To whom a case is given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assigned_to": None, "why": "on leave"}]})

    assigned_to: Text | None = Field(max_length=200, description="account; null: nobody, and rules may place it again")
    why: Text = Field(min_length=1, max_length=4000, description="why; the audit log keeps it")


class TeamOfCaseRequest(Sent):
    """Which team gets a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"team_id": None, "why": "everybody can do it"}]})

    team_id: Text | None = Field(max_length=200, description="team; null: every reviewer sees it")
    why: Text = Field(min_length=1, max_length=4000, description="why; the audit log keeps it")


class GroupRequest(Sent):
    """Cases to claim together."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"group_key": "po_missing:project:P-9"}]})

    group_key: Text = Field(min_length=1, max_length=600, description="the upstream cause they share")


class NotTakenOut(Published):
    """A case that could not be claimed with the others."""

    case_id: str = Field(description="the case")
    invoice_id: str = Field(description="its invoice")
    because: str = Field(description="why not")


class TakenOut(Published):
    """What came of claiming several cases."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"claimed": [EXAMPLE_CASE], "refused": []}]})

    claimed: list[CaseOut] = Field(max_length=MOST_TOGETHER, description="cases that the caller holds now")
    refused: list[NotTakenOut] = Field(description="the others, each with its reason")


def taken_out(taken: Taken) -> TakenOut:
    """The published form of what came of it."""
    refused = [NotTakenOut(case_id=e.case_id, invoice_id=e.invoice_id, because=e.because) for e in taken.refused]
    return TakenOut(claimed=[case_out(kase) for kase in taken.claimed], refused=refused)
