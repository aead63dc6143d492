"""The queue: filter, sort, take the next case."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from serving.api.dependencies import CaseReader, CaseWriter, PlainId, State, Transaction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.queue import repository, service
from serving.queue.listing import CaseFilter, CaseOrder, list_cases
from serving.queue.sight import seen_by
from serving.queue.states import OPEN_STATES, CaseState
from serving.routing import Route
from serving.sql import Row
from serving.state import ServingState
from serving.web import formats
from serving.web.access import see_other
from serving.web.presenters.queue import Figure, Option, QueuePage, QueueRow, columns, link, queue_row
from serving.web.reads.names import legal_entities, names_of
from serving.web.reads.queue import done_today, elsewhere, group_currency, why_of
from serving.web.render import render
from serving.web.words import ROUTES, STATES

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
PAGE = 50


class QueueQuery(BaseModel):
    """What the reader narrowed the queue to; empty fields of a form are not set."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: PlainId | None = Field(default=None, description="part of an invoice id, a client or a project")
    state: CaseState | None = None
    route: Route | None = None
    entity: PlainId | None = None
    client: PlainId | None = None
    mine: bool = False
    due: Annotated[str, Field(pattern="^(today|over)$")] | None = None
    order: CaseOrder = CaseOrder.PRIORITY
    cursor: PlainId | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value not in ("", [""])}

    def parameters(self) -> dict[str, str]:
        """What differs from the whole queue, as parameters of the address."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return {name: "1" if value is True else str(value) for name, value in plain.items()}


@router.get("/queue")
def read_queue(
    request: Request,
    state: State,
    connection: Transaction,
    principal: CaseReader,
    query: Annotated[QueueQuery, Query()],
) -> Response:
    """Open cases, those that protect the most cash first."""
    page = list_cases(
        connection, _filter(query, principal), principal=principal, order=query.order, cursor=query.cursor, limit=PAGE
    )
    currency, parameters = group_currency(connection), query.parameters()
    client = names_of(connection, "client", [query.client]).get(query.client or "", query.client)
    context = QueuePage(
        figures=_figures(connection, principal, parameters, currency),
        columns=columns(parameters, query.order, currency),
        rows=_rows(connection, page.cases, state, principal),
        filters=_filters(connection, query),
        hidden=tuple((name, value) for name, value in parameters.items() if name in ("q", "client", "due", "order")),
        narrowed=_narrowed(query, client),
        next_url=link(parameters) + ("&" if "?" in link(parameters) else "?") + f"cursor={page.next_cursor}"
        if page.next_cursor
        else "",
        paged=query.cursor is not None,
        works=principal.may(Scope.CASES_WRITE),
        currency=currency,
        cleared=done_today(connection, principal),
        elsewhere=elsewhere(connection, principal),
    )
    return render(request, "queue.html", context, principal=principal)


def _filter(query: QueueQuery, principal: Principal) -> CaseFilter:
    return CaseFilter(
        states=OPEN_STATES if query.state is None else (query.state,),
        route=query.route,
        client_id=query.client,
        claimed_by=principal.principal_id if query.mine else None,
        legal_entity_id=query.entity,
        search=query.q,
        overdue=query.due == "over",
        due_today=query.due == "today",
    )


def _figures(
    connection: Connection, principal: Principal, parameters: dict[str, str], currency: str
) -> tuple[Figure, ...]:
    strip = repository.figures(connection, principal.principal_id, seen_by(principal))
    narrowed = set(parameters) - {"order", "cursor"}
    return (
        Figure(
            "Open cases", f"{strip['open_cases']:,}", "", "/queue", active=not narrowed and "order" not in parameters
        ),
        Figure(
            "Cash at risk",
            formats.money(strip["cash_at_risk"], cents=False),
            currency,
            link({}, order="amount"),
            active=parameters == {"order": "amount"},
        ),
        Figure("Due today", f"{strip['due_today']:,}", "", link({}, due="today"), active=narrowed == {"due"}),
        Figure("Mine", f"{strip['mine']:,}", "", link({}, mine="1"), active=narrowed == {"mine"}),
    )


def _rows(connection: Connection, cases: list[Row], state: ServingState, principal: Principal) -> tuple[QueueRow, ...]:
    whys = why_of(connection, [kase["score_id"] for kase in cases])
    names = {
        "client": names_of(connection, "client", [kase["client_id"] for kase in cases]),
        "project": names_of(connection, "project", [kase["project_id"] for kase in cases]),
    }
    now = state.clock()
    return tuple(queue_row(kase, whys[kase["score_id"]], names, now=now, me=principal.principal_id) for kase in cases)


def _filters(connection: Connection, query: QueueQuery) -> dict[str, tuple[Option, ...]]:
    routes = (Route.REVIEW, Route.SENIOR_REVIEW, Route.HOLD)
    return {
        "state": tuple(Option(state, STATES[state], state is query.state) for state in CaseState),
        "route": tuple(Option(route, ROUTES[route], route is query.route) for route in routes),
        "entity": tuple(
            Option(row["id"], row["name"], row["id"] == query.entity) for row in legal_entities(connection)
        ),
        "mine": (Option("1", "Mine only", query.mine),),
    }


def _narrowed(query: QueueQuery, client: str | None) -> tuple[str, ...]:
    due = {"today": "due today", "over": "overdue"}
    said = (
        f"matching “{query.q}”" if query.q else "",
        f"of {client}" if query.client else "",
        due.get(query.due or "", ""),
        STATES[query.state].lower() if query.state else "",
        ROUTES[query.route].lower() if query.route else "",
        "held by you" if query.mine else "",
        "of one legal entity" if query.entity else "",
    )
    return tuple(part for part in said if part)


@router.post("/queue/next")
def take_next(state: State, connection: Transaction, principal: CaseWriter) -> Response:
    """Claim what protects the most cash, and open it."""
    taken = service.claim_next(connection, state, principal=principal)
    if taken is None:
        return see_other(
            "/queue", bad="No case is free for you now: the rest is held, waiting or for others to decide."
        )
    return see_other(f"/cases/{taken['case_id']}")
