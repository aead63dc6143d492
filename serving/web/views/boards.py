"""Boards: all figures, one figure with everything behind it, and its rows as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from sqlalchemy import Connection

from serving.api.dependencies import BoardReader, PathId, State, Transaction
from serving.boards import csv_rows
from serving.boards.board import Board, board, in_words, kpi_named, overview
from serving.boards.known import know
from serving.boards.kpi import Kpi
from serving.boards.lately import lately
from serving.boards.listing import Which, each_row, list_rows
from serving.boards.query import BoardForm, BoardQuery, ScopeForm, ScopeQuery, step_for
from serving.boards.scope import Dimension, Scope
from serving.boards.words import change_text, dimension_text, interval_text, rests_on, value_text
from serving.queue.sight import seen_by
from serving.sql import rows
from serving.state import ServingState
from serving.web.presenters.boards import (
    Bar,
    FigureRow,
    ListedRow,
    SliceRow,
    bars,
    dimension_links,
    figure_groups,
    listed_rows,
    place,
    slice_rows,
    tone_of,
)
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE = 50
_CHOICES = """
SELECT 'entity' AS kind, entity_id AS id, name FROM board_entity
UNION ALL SELECT DISTINCT 'region', region, region FROM board_project WHERE region IS NOT NULL
UNION ALL SELECT DISTINCT 'service_line', service_line, service_line FROM board_project WHERE service_line IS NOT NULL
UNION ALL SELECT DISTINCT 'segment', segment, segment FROM board_client WHERE segment IS NOT NULL
UNION ALL (SELECT 'client', client_id, name FROM board_client ORDER BY name LIMIT 500)
ORDER BY 1, 3
"""
WHICH = {
    Which.COUNTED: "Counted",
    Which.OTHERS: "Not counted",
    Which.UNKNOWN: "Not known yet, or the whole",
    Which.ALL: "All",
}


@dataclass(frozen=True)
class FilterBar:
    """The one form above boards: where it leads, what is chosen, and what can be."""

    action: str
    scope: Scope
    query: ScopeQuery
    choices: dict[str, list[tuple[str, str]]]
    periods: list[tuple[str, str]]
    hidden: list[tuple[str, str]]
    narrowed: bool


@dataclass(frozen=True)
class BoardsPage:
    """Context of ``boards/overview.html``."""

    filters: FilterBar
    groups: list[tuple[str, list[FigureRow]]]
    currency: str
    step: str
    compared: date | None


@dataclass(frozen=True)
class BoardPage:
    """Context of ``boards/board.html``."""

    filters: FilterBar
    kpi: Kpi
    value: str
    interval: str
    rests: str
    change: str
    tone: str
    bars: tuple[Bar, ...]
    points: list[tuple[date, str, str, str]]
    step: str
    steps: list[tuple[str, str, bool]]
    slices: list[SliceRow]
    dimension: str
    dimensions: list[tuple[str, str, bool]]
    apart: tuple[Any, ...]
    rows: list[ListedRow]
    total: int
    hidden_rows: int
    first: int
    which: list[tuple[str, str, bool]]
    own_title: str
    previous_url: str
    next_url: str
    csv_url: str
    currency: str


@router.get("/boards")
def read_boards(
    request: Request,
    state: State,
    connection: Transaction,
    principal: BoardReader,
    query: Annotated[ScopeForm, Query()],
) -> Response:
    """Every figure over the period, with its trend."""
    scope = query.scope(state.clock())
    asked = ("boards", tuple(query.parameters().items()))
    page = lately(connection, state, asked, scope.as_of, lambda: _overview(connection, scope, query))
    return render(request, "boards/overview.html", page, principal=principal)


def _overview(connection: Connection, scope: Scope, query: ScopeQuery) -> BoardsPage:
    step = step_for(scope)
    currency, lines = overview(connection, scope, step, query.split)
    return BoardsPage(
        filters=filters_of(connection, "/boards", scope, query),
        groups=figure_groups(lines, query.parameters(), currency, step),
        currency=currency,
        step=step.value,
        compared=query.split,
    )


@router.get("/boards/{kpi_id}.csv")
def download_rows(
    kpi_id: PathId, state: State, principal: BoardReader, query: Annotated[BoardForm, Query()]
) -> Response:
    """The rows behind a figure as CSV, as many as there are."""
    kpi, scope = kpi_named(kpi_id), query.scope(state.clock())
    seen = seen_by(principal)
    headers = {"Content-Disposition": f'attachment; filename="{kpi.id}.csv"', "Cache-Control": "no-store"}
    lines = _csv(state, kpi, scope, seen, query.which)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _csv(state: ServingState, kpi: Kpi, scope: Scope, seen: dict[str, Any], which: Which) -> Iterator[str]:
    with state.engine.begin() as connection:
        currency = know(connection, scope, [kpi])
        yield from csv_rows.lines(each_row(connection, kpi, scope, seen=seen, which=which), currency)


@router.get("/boards/{kpi_id}")
def read_board(
    request: Request,
    kpi_id: PathId,
    state: State,
    connection: Transaction,
    principal: BoardReader,
    query: Annotated[BoardForm, Query()],
) -> Response:
    """One figure: what it means, how it went, what it is made of."""
    kpi, scope = kpi_named(kpi_id), query.scope(state.clock())
    found = board(connection, kpi, scope, step=step_for(scope, query.step), by_dimension=query.by, split=query.split)
    listing = list_rows(connection, kpi, scope, seen=seen_by(principal), which=query.which, page=(query.offset, PAGE))
    owners = list({row["grp"] for row in listing.rows if row["grp"]})
    names = in_words(connection, kpi, Dimension.OWN, owners)
    page = BoardPage(
        filters=filters_of(connection, f"/boards/{kpi.id}", scope, query),
        **_figure(found, query),
        **_trend(found, scope, query),
        **_pages(kpi, listing.total, query),
        slices=slice_rows(found, query.parameters()),
        dimension=dimension_text(kpi, found.dimension) if found.dimension else "",
        dimensions=dimension_links(kpi, query.parameters(), found.dimension),
        rows=listed_rows(kpi, listing, found.currency, names),
        total=listing.total,
        hidden_rows=listing.hidden,
    )
    return render(request, "boards/board.html", page, principal=principal)


def _figure(found: Board, query: BoardQuery) -> dict[str, Any]:
    line, kpi = found.line, found.line.kpi
    return {
        "kpi": kpi,
        "value": value_text(kpi, line.measure.value, found.currency),
        "interval": interval_text(kpi, line.measure),
        "rests": rests_on(kpi, line.measure),
        "change": "" if line.change is None else change_text(kpi, line.change, found.currency),
        "tone": tone_of(line.change),
        "apart": found.apart,
        "currency": found.currency,
        "own_title": kpi.own[0] if kpi.own else "",
        "csv_url": place(f"/boards/{kpi.id}.csv", query.parameters(), offset=None),
    }


def _trend(found: Board, scope: Scope, query: BoardQuery) -> dict[str, Any]:
    kpi, step = found.line.kpi, step_for(scope, query.step)
    told = [
        (point.first, value_text(kpi, point.measure.value, found.currency), interval_text(kpi, point.measure),
         rests_on(kpi, point.measure))
        for point in found.line.points
    ]  # fmt: skip
    links = [(one.value, place(f"/boards/{kpi.id}", query.parameters(), step=one.value), one is step)
             for one in type(step)]  # fmt: skip
    return {"bars": bars(kpi, found.line.points, step), "points": told, "step": step.value, "steps": links}


def _pages(kpi: Kpi, total: int, query: BoardQuery) -> dict[str, Any]:
    here, parameters = f"/boards/{kpi.id}", query.parameters()
    before, after = max(query.offset - PAGE, 0), query.offset + PAGE
    return {
        "first": query.offset,
        "which": [(title, place(here, parameters, which=one.value, offset=None), one is query.which)
                  for one, title in WHICH.items()],
        "previous_url": place(here, parameters, offset=before or None) if query.offset else "",
        "next_url": place(here, parameters, offset=after) if after < total else "",
    }  # fmt: skip


def filters_of(connection: Connection, action: str, scope: Scope, query: ScopeQuery) -> FilterBar:
    """The form above a board; ``know`` was called before."""
    choices: dict[str, list[tuple[str, str]]] = {}
    for row in rows(connection, _CHOICES):
        choices.setdefault(row["kind"], []).append((row["id"], row["name"]))
    parameters = query.parameters()
    today = scope.today
    spans = {"4 weeks": today - timedelta(days=27), "13 weeks": today - timedelta(days=90), "12 months": None}
    return FilterBar(
        action=action,
        scope=scope,
        query=query,
        choices=choices,
        periods=[(title, place(action, parameters, since=since, until=None, split=None, offset=None))
                 for title, since in spans.items()],
        hidden=[(name, value) for name, value in parameters.items() if name in ("by", "own", "step", "which", "as_of")],
        narrowed=bool(parameters),
    )  # fmt: skip
