"""Endpoints of what the worker set aside: each item with its reason, and a way to have it tried again now."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import AccountAdmin, PathId, PlainId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import AccountWrite
from serving.contract.strict import StrictRoute
from serving.tasks import set_aside
from serving.tasks.schemas import SetAsideOut, SetAsidePageOut, set_aside_out
from serving.tasks.set_aside import Sweep

router = APIRouter(prefix="/v1/set-aside", tags=["health"], responses=ERRORS, route_class=StrictRoute)


class SetAsideQuery(BaseModel):
    """Which entries, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sweep: Sweep | None = Field(default=None, description="only those of one sweep")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=set_aside.MOST_ROWS, description="rows of a page")


@router.get("", summary="What the worker set aside")
def list_set_aside(
    connection: Transaction,
    principal: AccountAdmin,  # noqa: ARG001 - checked
    query: Annotated[SetAsideQuery, Query()],
) -> SetAsidePageOut:
    """Items that could not be carried out, newest first; each is tried again by itself, and leaves when done."""
    found = set_aside.listed(connection, sweep=query.sweep, cursor=query.cursor, limit=query.limit)
    cursor = found[-1]["set_aside_id"] if len(found) == query.limit else None
    return SetAsidePageOut(items=[set_aside_out(row) for row in found], next_cursor=cursor)


@router.post("/{set_aside_id}/retry", status_code=202, response_model=SetAsideOut, summary="Try an item again now")
def retry_set_aside(set_aside_id: PathId, write: AccountWrite) -> Response:
    """Have it tried with the worker's next round instead of waiting; asking twice changes nothing."""

    def make() -> SetAsideOut:
        actor = write.principal.principal_id
        return set_aside_out(
            set_aside.try_now(write.connection, set_aside_id, actor=actor, request_id=write.request_id)
        )

    return write.once(None, make, status=202)
