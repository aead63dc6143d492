"""Endpoints of monitoring verdicts: what was found, who sees to it, what comes next, and what was done."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from serving.api.dependencies import ModelReader, PathId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import FollowWrite
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.contract.strict import StrictRoute
from serving.contract.types import LARGEST
from serving.verdict_schemas import (
    FollowUpRequest,
    VerdictDetailOut,
    VerdictOwnerOut,
    VerdictPageOut,
    follow_up_out,
    verdict_out,
)
from serving.verdicts import follow_up, judged, owners, run, runs, story

router = APIRouter(prefix="/v1/monitoring", tags=["models"], responses=ERRORS, route_class=StrictRoute)


class VerdictQuery(BaseModel):
    """Which verdicts, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: int = Field(default=LARGEST, ge=1, le=LARGEST, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500, description="rows of a page")


@router.get("", summary="Monitoring verdicts")
def list_verdicts(
    connection: Transaction,
    principal: ModelReader,  # noqa: ARG001 - checked
    query: Annotated[VerdictQuery, Query()],
) -> VerdictPageOut:
    """Stored verdicts, newest first, each with its owner and next step; empty where monitoring never ran."""
    found = runs(connection, before=query.cursor, most=query.limit + 1)
    page = found[: query.limit]
    following = page[-1]["run_id"] if len(found) > len(page) else None
    return VerdictPageOut(verdicts=[verdict_out(one) for one in judged(connection, page)], next_cursor=following)


@router.get("/{run_id}", summary="One verdict and what was done about it")
def read_verdict(run_id: PathId, connection: Transaction, principal: ModelReader) -> VerdictDetailOut:
    """Every test, everything that was written about it, and who can own it."""
    return _detail(connection, run_id, principal)


@router.post(
    "/{run_id}/follow-ups",
    status_code=201,
    response_model=VerdictDetailOut,
    summary="Write down who sees to a verdict and what comes next",
)
def follow_verdict(run_id: PathId, body: FollowUpRequest, write: FollowWrite) -> Response:
    """Add to what was written; nothing is changed or taken away."""

    def make() -> VerdictDetailOut:
        run(write.connection, run_id)
        follow_up(write.connection, run_id, body.wish(), by=write.principal)
        return _detail(write.connection, run_id, write.principal)

    return write.once(body, make, status=201)


def _detail(connection: Connection, run_id: str, principal: Principal) -> VerdictDetailOut:
    found = run(connection, run_id)
    people = owners(connection) if principal.may(Scope.MODELS_FOLLOW) else []
    return VerdictDetailOut(
        verdict=verdict_out(judged(connection, [found])[0]),
        checks=found["checks"],
        follow_ups=[follow_up_out(row) for row in story(connection, run_id)],
        owners=[VerdictOwnerOut.model_validate(row) for row in people],
    )
