"""A reviewer's decision as it is sent."""

from typing import Any

from pydantic import ConfigDict, Field, model_validator

from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.contract.strict import Sent
from serving.contract.types import LARGEST
from serving.queue.states import NEEDS_NOTE, NEEDS_REASON

_WHAT_ACTIONS_NEED: dict[str, Any] = {
    "allOf": [
        {
            "if": {"properties": {"action": {"enum": sorted(actions)}}, "required": ["action"]},
            "then": {"required": [field], "properties": {field: {"type": "string", **more}}},
        }
        for field, actions, more in (("reason_code", NEEDS_REASON, {}), ("note", NEEDS_NOTE, {"pattern": r"\S"}))
    ]
}


class DecisionRequest(Sent):
    """A reviewer's decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"action": "hold", "fence": 1, "reason_code": "rate", "note": "rate is wrong"}],
            **_WHAT_ACTIONS_NEED,
        },
    )

    action: ReviewAction = Field(description="what is decided")
    fence: int = Field(ge=1, le=LARGEST, description="the fence that the claim returned")
    reason_code: Cause | None = Field(default=None, description="confirmed cause; needed to correct, hold, write off")
    note: Text | None = Field(default=None, max_length=4000, description="the reviewer's words")
    saw_score: bool = Field(default=True, description="false: the reviewer did not look at the score")

    @model_validator(mode="after")
    def _says_why(self) -> "DecisionRequest":
        if self.action in NEEDS_REASON and self.reason_code is None:
            raise ValueError(f"reason_code is needed to {self.action.value}")
        if self.action in NEEDS_NOTE and not (self.note or "").strip():
            raise ValueError(f"note is needed to {self.action.value}")
        return self
