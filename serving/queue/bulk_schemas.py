"""Bulk decisions as sent and published."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from ledger.records.base import Id, Text
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.contract.strict import Sent
from serving.contract.types import MoneyText, Priced, Published
from serving.queue.states import NEEDS_REASON
from serving.sql import Row

MOST_CHOSEN = 1000
_CASE, _BATCH = "019c6a3e-0000-7000-8000-000000000002", "019c6a3e-0000-7000-8000-000000000070"
_EXCLUDED: dict[str, JsonValue] = {"case_id": _CASE, "invoice_id": "INV-2041", "why": "it waits for an answer"}
_ITEM: dict[str, JsonValue] = {
    "case_id": _CASE, "invoice_id": "INV-2042", "state": "pending", "because": None, "decision_id": None,
}  # fmt: skip


class BulkRequest(Sent):
    """One decision for many cases."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"action": "hold", "case_ids": [_CASE], "reason_code": "po_reference", "note": "no order yet"}]
        }
    )

    action: Literal["release", "hold", "correct"] = Field(description="what is decided of each")
    case_ids: list[Id] = Field(min_length=1, max_length=MOST_CHOSEN, description="the cases")
    reason_code: Cause | None = Field(
        default=None, validate_default=True, description="confirmed cause; needed to hold or correct"
    )
    note: Text = Field(default="", max_length=4000, description="why; needed to carry it out, one for all")

    @field_validator("reason_code")
    @classmethod
    def _says_why(cls, value: Cause | None, info: ValidationInfo) -> Cause | None:
        action = info.data.get("action")
        if value is None and action is not None and ReviewAction(action) in NEEDS_REASON:
            raise ValueError(f"reason_code is needed to {action}")
        return value


class ExcludedOut(Published):
    """A case that is left out."""

    case_id: str = Field(description="id of the case")
    invoice_id: str = Field(description="its invoice; empty for a case that the caller does not see")
    why: str = Field(description="why it is left out")


class BulkPreviewOut(Priced):
    """What a bulk decision would do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"cases": [_CASE], "cash": "1800.00", "currency": "EUR", "excluded": [_EXCLUDED], "unlike": []}
            ]
        }
    )

    cases: list[str] = Field(description="ids of the cases that would be decided")
    cash: MoneyText = Field(description="their amounts together, in the group currency")
    currency: str = Field(description="the group currency")
    excluded: list[ExcludedOut] = Field(description="the others, each with its reason")
    unlike: list[str] = Field(description="of the cases, those whose main reason is not that of most: look at them")


class BulkItemOut(Published):
    """A case of a bulk decision."""

    case_id: str = Field(description="id of the case")
    invoice_id: str = Field(description="its invoice")
    state: Literal["pending", "done", "dropped", "undone"] = Field(description="where it stands")
    because: str | None = Field(description="why it was dropped")
    decision_id: str | None = Field(description="the decision, once it is made")


class BulkOut(Priced):
    """A bulk decision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "batch_id": _BATCH, "action": "hold", "reason_code": "po_reference", "note": "no order yet",
                    "made_by": "019c6a3e-0000-7000-8000-000000000003", "made_at": "2026-02-10T12:00:00Z",
                    "pending_until": "2026-02-10T12:10:00Z", "undone_at": None, "undoable": True, "cash": "1800.00",
                    "currency": "EUR", "excluded": [_EXCLUDED], "items": [_ITEM],
                }
            ]
        }
    )  # fmt: skip

    batch_id: str = Field(description="id of the bulk decision")
    action: Literal["release", "hold", "correct"] = Field(description="what is decided of each")
    reason_code: Cause | None = Field(description="confirmed cause")
    note: str | None = Field(description="why, one for all")
    made_by: str = Field(description="account that decided")
    made_at: datetime = Field(description="when it was planned")
    pending_until: datetime = Field(description="until when it can be undone; then the decisions are made")
    undone_at: datetime | None = Field(description="when it was undone")
    undoable: bool = Field(description="it can be undone now")
    cash: MoneyText = Field(description="the cases' amounts together, in the group currency")
    currency: str = Field(description="the group currency")
    excluded: list[ExcludedOut] = Field(description="cases that were left out, each with its reason")
    items: list[BulkItemOut] = Field(description="the cases")


def bulk_out(batch: Row, items: list[Row]) -> BulkOut:
    """The published form of a bulk decision."""
    named = {name: batch[name] for name in BulkOut.model_fields if name != "items"}
    return BulkOut.model_validate(named | {"items": [BulkItemOut.model_validate(item) for item in items]})
