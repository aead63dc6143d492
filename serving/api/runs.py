"""Endpoints of billing runs."""

from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import PathId, PlainId, ScoreReader, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import ScoreWrite
from serving.callbacks.wishes import wish_of
from serving.contract.examples import RUN_RESULT
from serving.contract.lines import NDJSON, LinesResponse, lines_content
from serving.contract.strict import StrictRoute
from serving.runs import repository, service
from serving.runs.schemas import (
    RunOut,
    RunRequest,
    RunResultOut,
    RunResultsOut,
    RunsOut,
    RunState,
    result_out,
    run_out,
)
from serving.scoring.dispositions import AnswerRoute
from serving.scoring.service import Asker, moment_of, purpose_of
from serving.state import ServingState

router = APIRouter(prefix="/v1/runs", tags=["runs"], responses=ERRORS, route_class=StrictRoute)

MOST_ROWS: Final = 1_000
_EXAMPLE_LINE = RunResultOut.model_validate(RUN_RESULT).model_dump_json() + "\n"
_LINE_CONTENT = lines_content(_EXAMPLE_LINE, line="RunResultOut")
_LOCATION = {"Location": {"description": "the run", "schema": {"type": "string"}}}


class ResultQuery(BaseModel):
    """Which results, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    route: AnswerRoute | None = Field(default=None, description="only one route")
    may_send: bool | None = Field(default=None, description="true: only what may be sent now; false: only the rest")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=200, ge=1, le=MOST_ROWS, description="rows of a page; a stream has no pages")


@router.post(
    "",
    status_code=202,
    response_model=RunOut,
    summary="Score many invoices",
    responses={202: {"description": "written down and queued", "headers": _LOCATION}},
)
def create_run(body: RunRequest, write: ScoreWrite) -> Response:
    """Score up to 100,000 invoices in the background; look at Location for progress, or be called back."""
    connection, state = write.connection, write.state

    def make() -> RunOut:
        wish = wish_of(connection, state, body.callback_url, body.correlation_id)
        as_of = moment_of(state, body.as_of)
        chosen = body.invoice_ids if body.filter is None else service.chosen_by(connection, body.filter, as_of)
        purpose = purpose_of(body.as_of, dry_run=body.dry_run)
        order = service.Order(chosen or (), as_of, purpose, body.false_discovery_rate, wish)
        asker = Asker(write.principal.principal_id, write.request_id)
        return run_out(service.create_run(connection, state, order, asker=asker))

    response = write.once(body, make, status=202)
    response.headers["Location"] = f"/v1/runs/{RunOut.model_validate_json(bytes(response.body)).run_id}"
    return response


class RunQuery(BaseModel):
    """Which runs, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: RunState | None = Field(default=None, description="only those that stand so")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=200, description="rows of a page")


@router.get("", summary="The caller's runs, newest first")
def list_runs(connection: Transaction, principal: ScoreReader, query: Annotated[RunQuery, Query()]) -> RunsOut:
    """Runs that this key or account asked for: where to go on after an interruption."""
    found = service.own(connection, principal.principal_id, state=query.state, cursor=query.cursor, limit=query.limit)
    cursor = found[-1]["run_id"] if len(found) == query.limit else None
    return RunsOut(runs=[run_out(row) for row in found], next_cursor=cursor)


@router.get("/{run_id}", summary="How far a run is")
def read_run(run_id: PathId, connection: Transaction, principal: ScoreReader) -> RunOut:  # noqa: ARG001 - checked
    """State, counts per route, rate and time left."""
    return run_out(service.find(connection, run_id))


@router.post("/{run_id}/cancel", response_model=RunOut, summary="Stop a run")
def cancel_run(run_id: PathId, write: ScoreWrite) -> Response:
    """Begin no other block; what was scored stays."""
    asker = Asker(write.principal.principal_id, write.request_id)
    return write.once(None, lambda: run_out(service.cancel_run(write.connection, run_id, asker=asker)))


@router.get(
    "/{run_id}/results",
    response_model=RunResultsOut,
    summary="What a run says of each invoice",
    responses={
        200: {
            "description": "a page, or every row as a line of JSON",
            "content": _LINE_CONTENT,
        }
    },
)
def read_run_results(
    run_id: PathId,
    state: State,
    connection: Transaction,
    principal: ScoreReader,  # noqa: ARG001 - checked
    query: Annotated[ResultQuery, Query()],
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response | RunResultsOut:
    """Results so far by invoice id: a page, or the whole stream with ``Accept: application/x-ndjson``."""
    service.find(connection, run_id)
    if NDJSON in accept:
        return LinesResponse(_lines(state, run_id, query))
    found = repository.results(
        connection, run_id, route=query.route, may_send=query.may_send, cursor=query.cursor, limit=query.limit
    )
    cursor = found[-1]["invoice_id"] if len(found) == query.limit else None
    return RunResultsOut(results=[result_out(row) for row in found], next_cursor=cursor)


def _lines(state: ServingState, run_id: str, query: ResultQuery) -> Iterator[bytes]:
    """Page after page, each read in a short transaction of its own: a slow reader holds nothing open."""
    cursor, rows = query.cursor, None
    while rows is None or len(rows) == MOST_ROWS:
        with state.engine.begin() as connection:
            rows = repository.results(
                connection, run_id, route=query.route, may_send=query.may_send, cursor=cursor, limit=MOST_ROWS
            )
        if not rows:
            return
        cursor = rows[-1]["invoice_id"]
        yield b"".join(RunResultOut.model_validate(row).model_dump_json().encode() + b"\n" for row in rows)
