"""What the queue can be narrowed to: the address's parameters, the form's fields, and both in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from ledger.records.billing import Cause
from serving.api.dependencies import PlainId
from serving.auth.principal import Principal
from serving.contract.forms import FormQuery
from serving.queue.filters import CaseFilter
from serving.queue.listing import CaseOrder
from serving.queue.states import OPEN_STATES, CaseState
from serving.routing import Route
from serving.sql import Row
from serving.web.words import CAUSES, ROUTES, STATES


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Select:
    """A filter with choices; ``all`` is the label of not filtering."""

    name: str
    label: str
    all: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Entry:
    """A filter that is typed."""

    name: str
    label: str
    kind: str
    value: str


@dataclass(frozen=True)
class ViewLink:
    """A saved view in the row above the list."""

    view_id: str
    name: str
    url: str
    team: str
    mine: bool
    is_default: bool
    current: bool


@dataclass(frozen=True)
class FilterForm:
    """The form: what is always in sight, and what is one click away; ``more_set`` of those are set."""

    first: tuple[Select, ...]
    more: tuple[Select, ...]
    entries: tuple[Entry, ...]
    more_set: int
    mine: bool


class QueueQuery(FormQuery):
    """What the reader narrowed the queue to."""

    q: PlainId | None = Field(default=None, description="part of an invoice id, a client or a project")
    state: CaseState | None = None
    route: Route | None = None
    entity: PlainId | None = None
    client: PlainId | None = None
    project: PlainId | None = None
    team: PlainId | None = None
    assigned: Annotated[str, Field(pattern="^(me|nobody)$")] | None = None
    control: PlainId | None = None
    cause: Cause | None = None
    region: PlainId | None = None
    line: PlainId | None = None
    above: Annotated[Decimal, Field(ge=0, max_digits=20)] | None = None
    below: Annotated[Decimal, Field(ge=0, max_digits=20)] | None = None
    age: Annotated[int, Field(ge=0, le=3650)] | None = None
    level: Literal["1", "2"] | None = None
    group: PlainId | None = None
    snoozed: bool = False
    mine: bool = False
    due: Annotated[str, Field(pattern="^(today|over)$")] | None = None
    order: CaseOrder = CaseOrder.PRIORITY
    cursor: PlainId | None = None

    def parameters(self) -> dict[str, str]:
        """What differs from the whole queue, as parameters of the address."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return {name: "1" if value is True else str(value) for name, value in plain.items()}


def filter_of(query: QueueQuery, principal: Principal) -> CaseFilter:
    """The cases that the address asks for."""
    return CaseFilter(
        states=OPEN_STATES if query.state is None else (query.state,),
        route=query.route,
        client_id=query.client,
        project_id=query.project,
        claimed_by=principal.principal_id if query.mine else None,
        legal_entity_id=query.entity,
        search=query.q,
        overdue=query.due == "over",
        due_today=query.due == "today",
        team_id=query.team,
        assigned_to=principal.principal_id if query.assigned == "me" else None,
        unassigned=query.assigned == "nobody",
        control_id=query.control,
        cause=query.cause,
        region=query.region,
        service_line=query.line,
        amount_from=query.above,
        amount_below=query.below,
        age_days=query.age,
        group_key=query.group,
        escalation=None if query.level is None else int(query.level),
        snoozed=query.snoozed,
    )


def form_of(query: QueueQuery, lists: Mapping[str, list[Row]]) -> FilterForm:
    """The fields, filled as the address has them; ``lists`` are the firm's entities, teams, regions and so on."""
    routes = (Route.REVIEW, Route.SENIOR_REVIEW, Route.HOLD)
    more = (
        _select("team", "Team", "All teams", _rows(lists["team"]), query.team),
        _select("assigned", "Assigned", "Anybody's", (("me", "To you"), ("nobody", "To nobody")), query.assigned),
        _select("cause", "Cause", "All causes", CAUSES.items(), query.cause),
        _select("control", "Control", "All controls", _rows(lists["control"]), query.control),
        _select("region", "Region", "All regions", _rows(lists["region"]), query.region),
        _select("line", "Service line", "All service lines", _rows(lists["line"]), query.line),
        _select("due", "Due", "Whenever", (("today", "Today or earlier"), ("over", "Overdue")), query.due),
        _select("level", "Escalated", "All", (("1", "Overdue, to seniors"), ("2", "To managers")), query.level),
        _select("snoozed", "Snoozed", "Left out", (("1", "Only these"),), "1" if query.snoozed else None),
    )
    entries = tuple(
        Entry(name, label, "number", "" if value is None else str(value))
        for name, label, value in (
            ("above", "Amount from", query.above),
            ("below", "Amount below", query.below),
            ("age", "Open for days", query.age),
        )
    )
    chosen = sum(option.chosen for select in more for option in select.options) + sum(bool(e.value) for e in entries)
    return FilterForm(
        first=tuple(
            select
            for select in (
                _select("state", "State", "All open", STATES.items(), query.state),
                _select("route", "Route", "All routes", ((way, ROUTES[way]) for way in routes), query.route),
                _select("entity", "Legal entity", "All entities", _rows(lists["entity"]), query.entity),
            )
            if select.options
        ),
        more=tuple(select for select in more if select.options),
        entries=entries,
        more_set=chosen,
        mine=query.mine,
    )


def _rows(found: list[Row]) -> tuple[tuple[str, str], ...]:
    return tuple((row["id"], row["name"]) for row in found)


def _select(name: str, label: str, every: str, choices: Any, chosen: str | None) -> Select:
    options = tuple(Option(str(value), words, str(value) == chosen) for value, words in choices)
    return Select(name, label, every, options)


def narrowed_in_words(query: QueueQuery, names: Mapping[str, str]) -> tuple[str, ...]:
    """What the list is narrowed to; ``names`` of the client and the project."""
    due = {"today": "due today", "over": "overdue"}
    said = (
        f"matching “{query.q}”" if query.q else "",
        f"of {names['client']}" if query.client else "",
        f"of {names['project']}" if query.project else "",
        due.get(query.due or "", ""),
        STATES[query.state].lower() if query.state else "",
        ROUTES[query.route].lower() if query.route else "",
        "held by you" if query.mine else "",
        "of one legal entity" if query.entity else "",
        "of one team" if query.team else "",
        {"me": "assigned to you", "nobody": "assigned to nobody"}.get(query.assigned or "", ""),
        f"with the cause {CAUSES[query.cause].lower()}" if query.cause else "",
        f"where the control {query.control} fired" if query.control else "",
        f"in {query.region}" if query.region else "",
        f"of {query.line}" if query.line else "",
        f"from {query.above:,}" if query.above is not None else "",
        f"below {query.below:,}" if query.below is not None else "",
        f"open for {query.age} days or more" if query.age is not None else "",
        {"1": "escalated", "2": "escalated to managers"}.get(query.level or "", ""),
        "of one upstream cause" if query.group else "",
        "snoozed" if query.snoozed else "",
    )
    return tuple(part for part in said if part)
