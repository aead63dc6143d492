"""Blind second looks as published: before the caller has decided nothing of the first decision is in them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.contract.strict import Sent
from serving.contract.types import CurrencyCode, MoneyText, Priced, Published, Share
from serving.scoring.examples import EXAMPLE_SCORE
from serving.scoring.schemas import ControlHitOut, ReasonOut
from serving.sql import Row

LookState = Literal["waiting", "agreed", "disagreed", "settled"]
EXAMPLE_LOOK: dict[str, JsonValue] = {
    "look_id": "019c6a3e-0000-7000-8000-000000000031", "state": "disagreed", "score_id": EXAMPLE_SCORE["score_id"],
    "decided_at": "2026-02-10T12:05:00Z", "case_id": "019c6a3e-0000-7000-8000-000000000002",
    "first": {"reviewer_id": "019c6a3e-0000-7000-8000-000000000003", "reviewer": "Rita Reviewer", "action": "hold",
              "reason_code": "rate", "note": "rate is wrong"},
    "second": {"reviewer_id": "019c6a3e-0000-7000-8000-000000000009", "reviewer": "Sam Senior", "action": "release",
               "reason_code": None, "note": "the new card is signed"},
    "settled_for": None, "settled_note": None,
}  # fmt: skip
EXAMPLE_BLIND: dict[str, JsonValue] = {
    **EXAMPLE_LOOK, "state": "waiting", "case_id": None, "first": None, "second": None,
}  # fmt: skip
EXAMPLE_AGREEMENT: dict[str, JsonValue] = {
    "looks": 120, "agreement": 0.9, "agreement_by_chance": 0.42, "kappa": 0.83, "kappa_low": 0.74, "kappa_high": 0.92,
}  # fmt: skip


class LookDecisionOut(Published):
    """What one of the two reviewers decided."""

    reviewer_id: str = Field(description="account that decided")
    reviewer: str | None = Field(description="its name")
    action: ReviewAction = Field(description="what was decided")
    reason_code: Cause | None = Field(description="confirmed cause")
    note: str | None = Field(description="the reviewer's words")


class LookOut(Published):
    """A second look."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_LOOK, EXAMPLE_BLIND]})

    look_id: str = Field(description="id of the second look")
    state: LookState = Field(description="waiting for the second decision; then whether the two agree; then settled")
    score_id: str = Field(description="the score that the first reviewer had")
    decided_at: datetime = Field(description="when it was decided first; judge by what was known then")
    case_id: str | None = Field(description="id of the case; null until the caller has decided")
    first: LookDecisionOut | None = Field(description="the first decision; null until the caller has decided")
    second: LookDecisionOut | None = Field(description="the second decision")
    settled_for: Literal["first", "second"] | None = Field(description="whose decision a senior found right")
    settled_note: str | None = Field(description="why")


class LookDetailOut(Priced):
    """A second look with why the invoice came to review."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "look": EXAMPLE_BLIND,
                    **{
                        name: EXAMPLE_SCORE[name]
                        for name in ("invoice_id", "client_id", "amount", "currency", "because", "controls", "reasons")
                    },
                }
            ]
        }
    )

    look: LookOut = Field(description="the look")
    invoice_id: str = Field(description="id of the invoice")
    client_id: str = Field(description="id of the client")
    amount: MoneyText = Field(description="net total of the invoice")
    currency: CurrencyCode = Field(description="its currency")
    because: str = Field(description="why it came to review, in one sentence")
    controls: list[ControlHitOut] = Field(description="controls that fired, hard stops first")
    reasons: list[ReasonOut] = Field(description="what the models found")


class AgreementOut(Published):
    """How well reviewers agree, over all finished second looks."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_AGREEMENT]})

    looks: int = Field(description="finished second looks")
    agreement: Share | None = Field(description="share in which both decided the same; null without looks")
    agreement_by_chance: Share | None = Field(description="what two would agree on who decide by lot as often")
    kappa: float | None = Field(description="Cohen's kappa: agreement beyond chance")
    kappa_low: float | None = Field(description="lower end of its 95 % interval")
    kappa_high: float | None = Field(description="upper end of its 95 % interval")


class LooksOut(Published):
    """Where the caller stands with second looks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "free": 3,
                    "in_hand": None,
                    "finished": [EXAMPLE_LOOK],
                    "disagreements": [],
                    "agreement": EXAMPLE_AGREEMENT,
                }
            ]
        }
    )

    free: int = Field(description="looks that the caller could take")
    in_hand: str | None = Field(description="the look that the caller has taken and not decided yet")
    finished: list[LookOut] = Field(description="the caller's last looks, newest first, with both decisions")
    disagreements: list[LookOut] = Field(description="what waits for a senior, where the caller is one of neither side")
    agreement: AgreementOut = Field(description="over all reviewers")


class LookDecisionRequest(Sent):
    """The second decision; it changes nothing about the invoice."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"action": "hold", "reason_code": "rate", "note": "x"}]})

    action: Literal["release", "correct", "hold", "write_off_request"] = Field(description="what the caller would do")
    reason_code: Cause | None = Field(default=None, description="what is wrong; a release may go without")
    note: Annotated[Text, Field(max_length=4000)] | None = Field(default=None, description="the caller's words")


class SettlementRequest(Sent):
    """Whose decision was right."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"settled_for": "first", "settled_note": "the card was signed later"}]}
    )

    settled_for: Literal["first", "second"] = Field(description="whose decision was right")
    settled_note: Annotated[Text, Field(min_length=1, max_length=4000, pattern=r"\S")] = Field(description="why")


def look_out(row: Row) -> LookOut:
    """A look as published; what a row does not hold, its reader must not know yet."""
    return LookOut(
        look_id=row["look_id"],
        state=row.get("state", "waiting"),
        score_id=row["score_id"],
        decided_at=row["decided_at"],
        case_id=row["case_id"] if "state" in row else None,
        first=_decision(row, "first_reviewer", "first_name", "first_"),
        second=_decision(row, "second_reviewer", "second_name", ""),
        settled_for=row.get("settled_for"),
        settled_note=row.get("settled_note"),
    )


def _decision(row: Row, who: str, name: str, prefix: str) -> LookDecisionOut | None:
    if row.get(who) is None:
        return None
    reason = "first_reason" if prefix else "reason_code"
    return LookDecisionOut(
        reviewer_id=row[who],
        reviewer=row[name],
        action=row[f"{prefix}action"],
        reason_code=row[reason],
        note=row[f"{prefix}note"],
    )


def look_detail(look: Row, score: Row) -> LookDetailOut:
    """A look with what its score says of the invoice; neither risks nor route, like on the page."""
    told = ("invoice_id", "client_id", "amount", "currency", "because", "controls", "reasons")
    return LookDetailOut.model_validate({"look": look_out(look)} | {name: score[name] for name in told})
