"""Comments and similar cases, as published."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.comments.service import LONGEST
from serving.contract.strict import Sent
from serving.contract.types import CurrencyCode, MoneyText, Priced, Published
from serving.similar.stories import Story
from serving.sql import Row

EXAMPLE_COMMENT: dict[str, JsonValue] = {
    "comment_id": "019c6a3e-0000-7000-8000-000000000021", "author_id": "019c6a3e-0000-7000-8000-000000000003",
    "author": "Rita Reviewer", "text": "@sam the card has another rate since March",
    "written_at": "2026-02-10T12:00:00Z",
}  # fmt: skip
EXAMPLE_STORY: dict[str, JsonValue] = {
    "case_id": "019c6a3e-0000-7000-8000-000000000022", "invoice_id": "INV-1988", "client_id": "C-11",
    "amount": "2100.00", "currency": "EUR", "alike": 0.82, "shared": ["Rate differs from the card"],
    "same_client": False,
    "action": "correct", "reason_code": "rate", "note": "billed at the old card", "reviewer_id": "019c6a3e",
    "closed_at": "2026-01-12T10:00:00Z", "hours": 5.5, "asked": 1, "settled_late": 4, "disputed_after": None,
    "dispute_cause": None,
}  # fmt: skip


class CommentRequest(Sent):
    """Something to say about a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "@sam the card has another rate since March"}]})

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST, pattern=r"\S")] = Field(
        description="the words; @login mentions a colleague who may see the case"
    )


class CommentOut(Published):
    """A comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_COMMENT]})

    comment_id: str = Field(description="id of the comment")
    author_id: str = Field(description="account or key that wrote it")
    author: str = Field(description="its name")
    text: str = Field(description="the words")
    written_at: datetime = Field(description="when")


class CommentsOut(Published):
    """What was said about a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"comments": [EXAMPLE_COMMENT]}]})

    comments: list[CommentOut] = Field(description="oldest first")


class StoryOut(Priced):
    """A decided case that is like the one asked about."""

    case_id: str = Field(description="id of the case")
    invoice_id: str = Field(description="id of its invoice")
    client_id: str = Field(description="who was billed")
    amount: MoneyText = Field(description="net total of the invoice")
    currency: CurrencyCode = Field(description="its currency")
    alike: float = Field(description="how alike the two are, at most 1")
    shared: list[str] = Field(description="titles of the controls that fired in both")
    same_client: bool = Field(description="the same client was billed")
    action: ReviewAction = Field(description="what was decided")
    reason_code: Cause | None = Field(description="confirmed cause")
    note: str | None = Field(description="the reviewer's words")
    reviewer_id: str = Field(description="account that decided")
    closed_at: datetime = Field(description="when it was decided")
    hours: float = Field(ge=0, description="from opening to the decision")
    asked: int = Field(description="how often somebody was asked for evidence")
    settled_late: int | None = Field(description="days after the due date on which it was paid; null while it is not")
    disputed_after: int | None = Field(description="days from the decision to a dispute; null without one")
    dispute_cause: Cause | None = Field(description="what the dispute was about")


class SimilarOut(Published):
    """What was decided about cases like this one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cases": [EXAMPLE_STORY]}]})

    cases: list[StoryOut] = Field(description="the most alike first, at most five; only what the caller may see")


def comment_out(row: Row) -> CommentOut:
    """The published form of a comment."""
    return CommentOut.model_validate({name: row[name] for name in CommentOut.model_fields})


def story_out(story: Story) -> StoryOut:
    """The published form of a similar case."""
    copied = {name: getattr(story, name) for name in StoryOut.model_fields if name != "hours"}
    return StoryOut.model_validate(copied | {"hours": max(story.took.total_seconds(), 0) / 3600})
