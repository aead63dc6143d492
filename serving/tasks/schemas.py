"""What a worker set aside, as published."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from serving.contract.types import Published, open_words
from serving.sql import Row
from serving.tasks.set_aside import ITEMS, Sweep

EXAMPLE_SET_ASIDE: dict[str, JsonValue] = {
    "set_aside_id": "019c6a3e-0000-7000-8000-000000000090", "sweep": "news", "item_kind": "case",
    "item": "019c6a3e-0000-7000-8000-000000000002", "reason": "ZeroDivisionError: division by zero", "attempts": 3,
    "first_failed_at": "2026-02-10T12:04:00Z", "last_failed_at": "2026-02-10T12:05:30Z",
    "next_try_at": "2026-02-10T12:07:30Z",
}  # fmt: skip


class SetAsideOut(Published):
    """An item that the worker could not carry out; the rest of its sweep goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_SET_ASIDE]})

    set_aside_id: str = Field(description="id of this entry")
    sweep: Annotated[Sweep, open_words(Sweep)] = Field(description="what the worker was doing")
    item_kind: str = Field(description="what `item` is the id of: case, invoice, request, score or text")
    item: str = Field(description="id of the item; of a text its SHA-256")
    reason: str = Field(description="what went wrong the last time")
    attempts: int = Field(description="how often it was tried")
    first_failed_at: datetime = Field(description="when it went wrong first")
    last_failed_at: datetime = Field(description="when it went wrong last")
    next_try_at: datetime = Field(description="when it is tried again; the wait doubles, up to an hour")


class SetAsidePageOut(Published):
    """A page of what is set aside."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [EXAMPLE_SET_ASIDE], "next_cursor": None}]})

    items: list[SetAsideOut] = Field(description="newest first; empty when nothing is wrong")
    next_cursor: str | None = Field(description="send as cursor for the next page; null on the last one")


def set_aside_out(row: Row) -> SetAsideOut:
    """The published form of an entry."""
    return SetAsideOut.model_validate(row | {"item_kind": ITEMS[Sweep(row["sweep"])]})
