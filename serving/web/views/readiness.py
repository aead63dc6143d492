"""Billing readiness: what can be billed now and what cannot; and whom to ask first before the period closes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from models.delay import DelayModel
from serving.api.dependencies import BoardReader, State, Transaction
from serving.boards.lately import lately
from serving.boards.nudging import Ranked, month_end, rank
from serving.boards.query import ScopeForm, ScopeQuery
from serving.boards.readiness import Obstacle, Readiness, billing_readiness
from serving.boards.scope import Scope
from serving.queue.sight import SEEN, seen_by
from serving.sql import rows
from serving.state import ServingState
from serving.web.presenters.readiness import (
    MOST_PROJECTS,
    OBSTACLES,
    HolderRow,
    ProjectRow,
    holder_rows,
    project_rows,
)
from serving.web.reads.names import names_of
from serving.web.render import render
from serving.web.views.boards import FilterBar, filters_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
MOST_DRAFTS = 60  # the model answers twice for each
MOST_PEOPLE, DRAFTS_SHOWN = 25, 4
_CASES = f"""
SELECT DISTINCT ON (c.invoice_id) c.invoice_id, c.case_id FROM review_case c
WHERE c.invoice_id = ANY(%(ids)s) AND c.closed_at IS NULL AND {SEEN} ORDER BY c.invoice_id, c.opened_at DESC
"""  # noqa: S608 - a constant of ours


@dataclass(frozen=True)
class Obstruction:
    """One kind of obstacle over all projects, with a bar from zero on their common scale."""

    title: str
    amount: Decimal
    projects: int
    length: float


@dataclass(frozen=True)
class ReadinessPage:
    """Context of ``boards/readiness.html``."""

    filters: FilterBar
    currency: str
    ready: Decimal
    blocked: Decimal
    obstructions: list[Obstruction]
    projects: list[ProjectRow]
    left_out: int


@dataclass(frozen=True)
class NudgesPage:
    """Context of ``boards/nudges.html``."""

    close: date
    currency: str
    modelled: bool
    holders: list[HolderRow]
    without_rate: int
    left_out: int


@router.get("/readiness")
def read_readiness(
    request: Request,
    state: State,
    connection: Transaction,
    principal: BoardReader,
    query: Annotated[ScopeForm, Query()],
) -> Response:
    """Projects that can bill now, and those that cannot, by the cash behind them."""
    now, seen = state.clock(), seen_by(principal)
    scope = query.scope(now)
    asked = ("readiness", tuple(query.parameters().items()), tuple(seen.values()))
    page = lately(connection, state, asked, scope.as_of, lambda: _readiness(connection, scope, query, seen))
    return render(request, "boards/readiness.html", page, principal=principal)


def _readiness(connection: Connection, scope: Scope, query: ScopeQuery, seen: dict[str, Any]) -> ReadinessPage:
    found = billing_readiness(connection, scope, seen)
    waited_for = [item.who for project in found.projects[:MOST_PROJECTS] for item in project.obstacles]
    return ReadinessPage(
        filters=filters_of(connection, "/readiness", scope, query),
        currency=found.currency,
        ready=found.ready,
        blocked=found.blocked,
        obstructions=_obstructions(found),
        projects=project_rows(found, names_of(connection, "resource", waited_for), scope.as_of),
        left_out=max(len(found.projects) - MOST_PROJECTS, 0),
    )


def _obstructions(found: Readiness) -> list[Obstruction]:
    told: list[tuple[Obstacle, Decimal, int]] = found.by_obstacle()
    highest = max((amount for _, amount, _ in told), default=Decimal(1)) or Decimal(1)
    return [
        Obstruction(OBSTACLES[obstacle], amount, count, round(float(100 * max(amount, Decimal(0)) / highest), 1))
        for obstacle, amount, count in told
    ]


@router.get("/nudges")
def read_nudges(request: Request, state: State, connection: Transaction, principal: BoardReader) -> Response:
    """People whose pending approvals free the most cash before the month closes."""
    now = state.clock()
    model = release_model(state)
    ranked = lately(connection, state, ("nudges", id(model)), now, lambda: _ranked(connection, model, now))
    ids = [nudge.invoice_id for holder in ranked.holders for nudge in holder.nudges]
    cases = {row["invoice_id"]: row["case_id"] for row in rows(connection, _CASES, seen_by(principal) | {"ids": ids})}
    page = NudgesPage(
        close=month_end(now.date()),
        currency=ranked.currency,
        modelled=ranked.modelled,
        holders=holder_rows(ranked, cases, most=MOST_PEOPLE, drafts=DRAFTS_SHOWN),
        without_rate=ranked.without_rate,
        left_out=ranked.left_out,
    )
    return render(request, "boards/nudges.html", page, principal=principal)


def _ranked(connection: Connection, model: DelayModel | None, now: datetime) -> Ranked:
    return rank(connection, model, now, month_end(now.date()), most=MOST_DRAFTS)


def release_model(state: ServingState) -> DelayModel | None:
    """The delay model in force, if it has a release clock."""
    scorer: Any = state.models.current()
    artifacts = getattr(scorer, "artifacts", None) or {}
    model = artifacts["delay"].model if "delay" in artifacts else None
    return model if isinstance(model, DelayModel) and model.release is not None else None
