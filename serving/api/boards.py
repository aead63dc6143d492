"""Endpoints of boards: every figure, one figure broken down, and the rows that make it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from serving.api.dependencies import BoardReader, PathId, State, Transaction
from serving.api.errors import ERRORS
from serving.boards.board import board, kpi_named, overview
from serving.boards.known import know
from serving.boards.lately import lately
from serving.boards.listing import list_rows
from serving.boards.query import BoardQuery, ScopeQuery, step_for
from serving.boards.schemas import BoardOut, BoardsOut, FigureRowsOut, board_out, kpi_out, rows_out
from serving.boards.scope import Scope
from serving.contract.strict import StrictRoute
from serving.queue.sight import seen_by

router = APIRouter(prefix="/v1/boards", tags=["boards"], responses=ERRORS, route_class=StrictRoute)


class RowsQuery(BoardQuery):
    """Which rows behind a figure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=100, ge=1, le=1000, description="rows at most")


@router.get("", summary="Every figure with its trend")
def read_figures(
    state: State,
    connection: Transaction,
    principal: BoardReader,  # noqa: ARG001 - checked
    query: Annotated[ScopeQuery, Query()],
) -> BoardsOut:
    """All key figures over a period, as known at a moment."""
    scope = query.scope(state.clock())
    asked = ("figures", tuple(query.parameters().items()))
    return lately(connection, state, asked, scope.as_of, lambda: _figures(connection, scope))


def _figures(connection: Connection, scope: Scope) -> BoardsOut:
    currency, lines = overview(connection, scope, step_for(scope))
    return BoardsOut(as_of=scope.as_of, currency=currency or None, figures=[kpi_out(line) for line in lines])


@router.get("/{kpi_id}", summary="One figure, broken down")
def read_figure(
    kpi_id: PathId,
    state: State,
    connection: Transaction,
    principal: BoardReader,  # noqa: ARG001 - checked
    query: Annotated[BoardQuery, Query()],
) -> BoardOut:
    """A key figure with its definition, trend and breakdown."""
    kpi, scope = kpi_named(kpi_id), query.scope(state.clock())
    step = step_for(scope, query.step)
    return board_out(board(connection, kpi, scope, step=step, by_dimension=query.by, split=None))


@router.get("/{kpi_id}/rows", summary="The rows that make a figure")
def read_figure_rows(
    kpi_id: PathId,
    state: State,
    connection: Transaction,
    principal: BoardReader,
    query: Annotated[RowsQuery, Query()],
) -> FigureRowsOut:
    """Invoices, cases, requests, disputes or decisions behind a number, the largest first."""
    kpi, scope = kpi_named(kpi_id), query.scope(state.clock())
    know(connection, scope, [kpi])
    page = (query.offset, query.limit)
    return rows_out(list_rows(connection, kpi, scope, seen=seen_by(principal), which=query.which, page=page))
