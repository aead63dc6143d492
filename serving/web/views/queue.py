"""The queue: filter, sort, take the next case, or several of one cause."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from serving.api.dependencies import CaseReader, CaseWriter, PlainId, State, Transaction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.queue import service
from serving.queue.groups import Taken, claim_group, claim_many, groups_of
from serving.queue.listing import CaseFilter, CasePage, Left, Totals, left_on, list_cases, totals
from serving.queue.saved_views import default_of, views_of
from serving.queue.teams import team_names
from serving.sql import Row
from serving.state import ServingState
from serving.web import formats
from serving.web.access import see_other
from serving.web.presenters.queue import Figure, QueuePage, QueueRow, collapsed, columns, link, queue_row
from serving.web.presenters.queue_filters import (
    Option,
    QueueQuery,
    ViewLink,
    filter_of,
    form_of,
    narrowed_in_words,
)
from serving.web.reads.names import legal_entities, names_of
from serving.web.reads.queue import done_today, elsewhere, group_currency, places, why_of
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE = 50


@router.get("/queue")
def read_queue(
    request: Request,
    state: State,
    connection: Transaction,
    principal: CaseReader,
    query: Annotated[QueueQuery, Query()],
) -> Response:
    """Open cases in the order in which they are handed out; without parameters, the person's own first view."""
    if not request.url.query:
        first = default_of(connection, principal)
        if first is not None and first["parameters"]:
            return see_other(link(first["parameters"]))
    return render(request, "queue.html", _page(connection, state, principal, query), principal=principal)


def _page(connection: Connection, state: ServingState, principal: Principal, query: QueueQuery) -> QueuePage:
    chosen = filter_of(query, principal)
    page = list_cases(connection, chosen, principal=principal, order=query.order, cursor=query.cursor, limit=PAGE)
    currency, parameters = group_currency(connection), query.parameters()
    whole = totals(connection, CaseFilter(), principal)
    first = None if query.cursor else page
    left = whole if chosen == CaseFilter() else _left(connection, chosen, principal, first)
    narrowed = narrowed_in_words(query, _names(connection, query))
    keys = [kase["group_key"] for kase in page.cases if kase["group_key"] and not query.group]
    cases = collapsed(page.cases, groups_of(connection, keys, principal))
    return QueuePage(
        figures=_figures(whole, parameters, currency),
        columns=columns(parameters, query.order, currency),
        rows=_rows(connection, cases, state, principal),
        filters=form_of(query, _lists(connection, state, principal)),
        total=_in_words(left, currency),
        views=_views(connection, principal, parameters),
        saveable=link(parameters).partition("?")[2],
        teams=tuple(Option(team["team_id"], team["name"], chosen=False) for team in _teams(connection, principal)),
        hidden=tuple((name, value) for name, value in parameters.items() if name in _CARRIED),
        narrowed=narrowed,
        next_url=_next(parameters, page.next_cursor),
        paged=query.cursor is not None,
        works=principal.may(Scope.CASES_WRITE),
        currency=currency,
        cleared=done_today(connection, principal),
        elsewhere=elsewhere(connection, principal) if not cases else {},
    )


def _left(connection: Connection, chosen: CaseFilter, principal: Principal, first: CasePage | None) -> Left:
    """What the filter leaves: counted on its first page where that holds all of it."""
    found = None if first is None else left_on(first)
    return totals(connection, chosen, principal) if found is None else found


_CARRIED = ("q", "client", "project", "order", "group")


def _next(parameters: dict[str, str], cursor: str | None) -> str:
    here = link(parameters)
    return "" if cursor is None else f"{here}{'&' if '?' in here else '?'}cursor={cursor}"


def _names(connection: Connection, query: QueueQuery) -> dict[str, str]:
    asked = {"client": query.client, "project": query.project}
    return {kind: names_of(connection, kind, [each]).get(each or "", each or "") for kind, each in asked.items()}


def _teams(connection: Connection, principal: Principal) -> list[Row]:
    everyone = principal.may(Scope.CASES_ALL)
    return team_names(connection, viewer=None if everyone else principal.principal_id)


def _lists(connection: Connection, state: ServingState, principal: Principal) -> dict[str, list[Row]]:
    controls = [compiled.control for compiled in state.controls.controls]
    return {
        "entity": legal_entities(connection),
        "team": [{"id": team["team_id"], "name": team["name"]} for team in _teams(connection, principal)],
        "control": [{"id": control.id, "name": control.title} for control in controls],
        "region": places(connection, "region"),
        "line": places(connection, "service_line"),
    }


def _in_words(left: Left, currency: str) -> str:
    cases = f"{left.cases:,}{'+' if left.more else ''} case{'' if left.cases == 1 else 's'}"
    cash = f"{'over ' if left.more else ''}{formats.money(left.cash, cents=False)} {currency}"
    return f"{cases}, {cash.strip()}" + (f", {left.overdue:,} overdue" if left.overdue else "")


def _views(connection: Connection, principal: Principal, parameters: dict[str, str]) -> tuple[ViewLink, ...]:
    return tuple(
        ViewLink(
            view_id=view["view_id"],
            name=view["name"],
            url=link(view["parameters"]),
            team=view["team_name"] or "",
            mine=view["mine"],
            is_default=view["is_default"],
            current=view["parameters"] == parameters,
        )
        for view in views_of(connection, principal)
    )


def _figures(whole: Totals, parameters: dict[str, str], currency: str) -> tuple[Figure, ...]:
    narrowed = set(parameters) - {"order", "cursor"}
    more = "+" if whole.more else ""
    everything = not narrowed and "order" not in parameters
    by_amount = parameters == {"order": "amount"}
    cash = formats.money(whole.cash, cents=False) + more
    return (
        Figure("Open cases", f"{whole.cases:,}{more}", "", "/queue?order=priority", active=everything),
        Figure("Cash at risk", cash, currency, link({}, order="amount"), active=by_amount),
        Figure("Due today", f"{whole.due_today:,}{more}", "", link({}, due="today"), active=narrowed == {"due"}),
        Figure("Mine", f"{whole.mine:,}{more}", "", link({}, mine="1"), active=narrowed == {"mine"}),
    )


def _rows(connection: Connection, cases: list[Row], state: ServingState, principal: Principal) -> tuple[QueueRow, ...]:
    whys = why_of(connection, [kase["score_id"] for kase in cases])
    names = {
        "client": names_of(connection, "client", [kase["client_id"] for kase in cases]),
        "project": names_of(connection, "project", [kase["project_id"] for kase in cases]),
    }
    now = state.clock()
    return tuple(queue_row(kase, whys[kase["score_id"]], names, now=now, me=principal.principal_id) for kase in cases)


@router.post("/queue/next")
def take_next(state: State, connection: Transaction, principal: CaseWriter) -> Response:
    """Claim what protects the most cash, and open it."""
    taken = service.claim_next(connection, state, principal=principal)
    if taken is None:
        return see_other(
            "/queue", bad="No case is free for you now: the rest is held, waiting or for others to decide."
        )
    return see_other(f"/cases/{taken['case_id']}")


@router.post("/queue/claim")
def claim_together(
    state: State,
    connection: Transaction,
    principal: CaseWriter,
    group: Annotated[PlainId | None, Form()] = None,
    case: Annotated[list[PlainId] | None, Form(max_length=200)] = None,
) -> Response:
    """Claim every case of a group, or those that were chosen; what could not be claimed is named with its reason."""
    if group is None and not case:
        return see_other("/queue", bad="Choose at least one case.")
    if group is not None:
        taken = claim_group(connection, state, group, principal=principal)
    else:
        taken = claim_many(connection, state, case or [], principal=principal)
    return see_other("/queue?mine=1" if taken.claimed else "/queue", **_told(taken))


def _told(taken: Taken) -> dict[str, str]:
    held = f"You hold {len(taken.claimed)} of {len(taken.claimed) + len(taken.refused)} cases."
    named = "; ".join(f"{each.invoice_id}: {each.because}" for each in taken.refused[:5])
    others = len(taken.refused) - 5
    said = f"{held} {named}{f'; and {others} more' if others > 0 else ''}".strip()
    return {"good": said} if taken.claimed else {"bad": said}
