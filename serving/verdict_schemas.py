"""Monitoring verdicts and what people did about them, as published."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Text
from serving.contract.strict import Sent
from serving.contract.types import Published
from serving.sql import Row
from serving.verdicts import FollowUp, Verdict, VerdictState

EXAMPLE_FOLLOW_UP: dict[str, JsonValue] = {
    "state": "in_hand", "owner_id": "019c6a3e-0000-7000-8000-000000000007", "owner_name": "Dan Datascience",
    "next_step": "retrain on the new rate card", "note": "rates changed in March",
    "written_by": "019c6a3e-0000-7000-8000-000000000008", "written_at": "2026-02-10T12:00:00Z",
}  # fmt: skip
EXAMPLE_VERDICT: dict[str, JsonValue] = {
    "run_id": "7", "started_at": "2026-02-08T06:00:00Z", "window_start": "2026-02-01T00:00:00Z",
    "window_end": "2026-02-08T00:00:00Z", "rows": 1200, "reference": "training", "verdict": "drift", "drifted": 3,
    "has_report": True, "needs_work": True, "standing": EXAMPLE_FOLLOW_UP,
}  # fmt: skip


class FollowUpOut(Published):
    """What was written about a verdict."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_FOLLOW_UP]})

    state: VerdictState = Field(description="where the work stands")
    owner_id: str | None = Field(description="account of whoever sees to it; only an open one may have none")
    owner_name: str | None = Field(description="name of the owner")
    next_step: str = Field(description="what comes next; may be empty when it is closed")
    note: str = Field(description="what was found or done")
    written_by: str = Field(description="account that wrote it")
    written_at: datetime = Field(description="when")


class VerdictOut(Published):
    """A stored verdict of monitoring."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_VERDICT]})

    run_id: str = Field(description="id of the run")
    started_at: datetime = Field(description="when monitoring looked")
    window_start: datetime = Field(description="first moment of the scores that it looked at")
    window_end: datetime = Field(description="the moment before which they were made")
    rows: int = Field(description="how many scores")
    reference: str = Field(description="what they were compared with")
    verdict: str = Field(description="ok, drift or too_few_rows; more may come")
    drifted: int = Field(description="figures that drifted")
    has_report: bool = Field(description="the page has a report of it")
    needs_work: bool = Field(description="somebody must still see to it")
    standing: FollowUpOut | None = Field(description="the newest that was written; null: nobody wrote anything")


class VerdictPageOut(Published):
    """A page of verdicts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"verdicts": [EXAMPLE_VERDICT], "next_cursor": None}]})

    verdicts: list[VerdictOut] = Field(description="newest first")
    next_cursor: int | None = Field(description="send it as ?cursor= for the next page; null at the end")


class VerdictOwnerOut(Published):
    """Somebody who can own a verdict."""

    account_id: str = Field(description="id of the account")
    name: str = Field(description="name of the person")


class VerdictDetailOut(Published):
    """A verdict with what was checked and everything that was done about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "verdict": EXAMPLE_VERDICT,
                    "checks": {"verdict": "drift", "rows": 1200},
                    "follow_ups": [EXAMPLE_FOLLOW_UP],
                    "owners": [{"account_id": "019c6a3e-0000-7000-8000-000000000007", "name": "Dan Datascience"}],
                }
            ]
        }
    )

    verdict: VerdictOut = Field(description="the verdict and where it stands")
    checks: dict[str, JsonValue] = Field(description="every test with its threshold, as monitoring stored it")
    follow_ups: list[FollowUpOut] = Field(description="everything that was written about it, newest first")
    owners: list[VerdictOwnerOut] = Field(description="who can own it; empty for callers who may not write")


class FollowUpRequest(Sent):
    """Who sees to a verdict and what comes next."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "open", "next_step": "look at the rates", "note": "seen on Monday"}]}
    )

    state: VerdictState = Field(description="where the work stands")
    owner_id: Annotated[Text, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="account of whoever sees to it; needed unless it is open"
    )
    next_step: Annotated[Text, Field(max_length=1000)] = Field(
        default="", description="what comes next; needed unless it is closed"
    )
    note: Annotated[Text, Field(min_length=3, max_length=1000)] = Field(description="what was found or done")

    def wish(self) -> FollowUp:
        """What is to be written down."""
        return FollowUp(self.state, self.owner_id, self.next_step.strip(), self.note)


def follow_up_out(row: Row) -> FollowUpOut:
    """The published form of a stored follow-up."""
    return FollowUpOut.model_validate(row)


def verdict_out(found: Verdict) -> VerdictOut:
    """The published form of a stored verdict."""
    standing = None if found.standing is None else follow_up_out(found.standing)
    own = {"run_id": str(found.run["run_id"]), "has_report": found.run["report_path"] is not None}
    return VerdictOut.model_validate(found.run | own | {"needs_work": found.needs_work, "standing": standing})
