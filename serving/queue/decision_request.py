"""A reviewer's decision as it is sent."""

from collections.abc import Collection

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.contract.strict import Sent
from serving.contract.types import LARGEST
from serving.queue.states import NEEDS_NOTE, NEEDS_REASON


def _words(actions: Collection[ReviewAction]) -> str:
    return ", ".join(sorted(actions))


class DecisionRequest(Sent):
    """A reviewer's decision."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"action": "hold", "fence": 1, "reason_code": "rate", "note": "rate is wrong"}]}
    )

    action: ReviewAction = Field(description="what is decided")
    fence: int = Field(ge=1, le=LARGEST, description="the fence that the claim returned")
    reason_code: Cause | None = Field(
        default=None, validate_default=True, description=f"confirmed cause; needed for {_words(NEEDS_REASON)}"
    )
    note: Text | None = Field(
        default=None,
        max_length=4000,
        validate_default=True,
        description=f"the reviewer's words; needed for {_words(NEEDS_NOTE)}",
    )
    saw_score: bool = Field(default=True, description="false: the reviewer did not look at the score")

    @field_validator("reason_code", "note")
    @classmethod
    def _says_why(cls, value: str | None, info: ValidationInfo) -> str | None:
        needing = NEEDS_REASON if info.field_name == "reason_code" else NEEDS_NOTE
        action = info.data.get("action")
        if action in needing and not (value or "").strip():
            raise ValueError(f"{info.field_name} is needed to {action.value}")
        return value
