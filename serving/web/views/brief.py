"""The weekly brief as a page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import BoardReader, State, Transaction
from serving.boards.lately import lately
from serving.brief.facts import facts_of, week_name, week_named
from serving.brief.polish import polish
from serving.brief.sending import endpoint_of
from serving.brief.writing import Brief, write
from serving.queue.sight import seen_by
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class BriefPage:
    """Context of ``brief/page.html``."""

    brief: Brief
    earlier: str
    later: str


@router.get("/brief")
def read_brief(
    request: Request,
    state: State,
    connection: Transaction,
    principal: BoardReader,
    week: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """What happened in a week; the last full one unless another is named."""
    today = state.clock().date()
    day = today - timedelta(days=7) if week is None else week_named(week)
    now, seen = state.clock(), seen_by(principal)
    asked = ("brief", week_name(day), tuple(seen.values()))
    facts = lately(connection, state, asked, now, lambda: facts_of(connection, day, now, seen))
    monday = facts.scope.since
    page = BriefPage(
        brief=polish(write(facts), endpoint_of(state.settings)),
        earlier=week_name(monday - timedelta(days=7)),
        later=week_name(monday + timedelta(days=7)) if monday + timedelta(days=7) <= today else "",
    )
    return render(request, "brief/page.html", page, principal=principal)
