"""The queue page: one row per case, in words, and the links that filter and sort it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from serving.queue.listing import CaseOrder
from serving.sql import Row
from serving.web import formats
from serving.web.presenters.queue_filters import FilterForm, Option, ViewLink
from serving.web.words import ROUTES

__all__ = ["Option"]  # other pages have choices too
CHIPS = 2
_USUAL = re.compile(r"(, usually [^,]*| \((usually|usual:|others:)[^)]*\))$")
SEVERE = {"hard_stop": "bad", "review": "warn", "warning": "calm"}


@dataclass(frozen=True)
class Chip:
    """One ground for a look, in words."""

    tone: str
    text: str


@dataclass(frozen=True)
class Due:
    """The service level as people read it; ``exact`` is the moment."""

    tone: str
    text: str
    exact: str


@dataclass(frozen=True)
class Term:
    """One term of the expected-cash formula."""

    words: str
    value: float


@dataclass(frozen=True)
class QueueRow:
    """One case of the table."""

    case_id: str
    url: str
    priority: float
    terms: tuple[Term, ...]
    client: str
    project: str
    invoice_id: str
    amount: Decimal
    currency: str
    at_risk: Decimal | None
    chips: tuple[Chip, ...]
    more: int
    route: str
    route_words: str
    state: str
    due: Due
    holder: str
    mine: bool
    until: str
    assigned: str
    team: str
    asleep: str
    escalation: int
    turn: str
    group: "GroupRow | None"


@dataclass(frozen=True)
class GroupRow:
    """Cases of one upstream cause, shown as one row under the first of them."""

    key: str
    title: str
    cases: int
    cash: Decimal
    manager: str
    members: tuple[tuple[str, str], ...]  # invoice id, address
    more: int
    url: str


@dataclass(frozen=True)
class Figure:
    """A figure of the strip: a link that filters."""

    label: str
    value: str
    unit: str
    url: str
    active: bool


@dataclass(frozen=True)
class Column:
    """A head of the table; ``url`` sorts by it, if it can be sorted."""

    title: str
    classes: str
    url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class QueuePage:
    """Context of ``queue.html``.

    Attributes:
        filters: the form's fields, see ``queue_filters``.
        total: what the filter leaves, in words.
        views: saved views; ``saveable``: this one can be saved, ``teams`` may be given it.
        hidden: parameters that the filter form must carry on.
        narrowed: what the list is narrowed to, in words; empty for the whole queue.
        cleared, elsewhere: what the empty state tells.
    """

    figures: tuple[Figure, ...]
    columns: tuple[Column, ...]
    rows: tuple[QueueRow, ...]
    filters: FilterForm
    total: str
    views: tuple[ViewLink, ...]
    saveable: str
    teams: tuple[Option, ...]
    hidden: tuple[tuple[str, str], ...]
    narrowed: tuple[str, ...]
    next_url: str
    paged: bool
    works: bool
    currency: str
    cleared: Row
    elsewhere: Row


def link(parameters: Mapping[str, Any], **changes: str | None) -> str:
    """The queue's address with some parameters changed; a change always starts on the first page."""
    kept = {name: value for name, value in parameters.items() if value and name != "cursor"}
    merged = {name: value for name, value in (kept | changes).items() if value}
    return "/queue" + (f"?{urlencode(merged)}" if merged else "")


def columns(parameters: Mapping[str, Any], order: CaseOrder, currency: str) -> tuple[Column, ...]:
    """Heads of the table; three of them sort."""

    def sortable(title: str, classes: str, by: CaseOrder) -> Column:
        direction = "ascending" if by is CaseOrder.DUE else "descending"
        chosen = None if by is CaseOrder.PRIORITY else by.value
        return Column(title, classes, link(parameters, order=chosen), direction if by is order else "")

    return (
        sortable("Expected cash", "num", CaseOrder.PRIORITY),
        Column("Client and project", ""),
        Column("Invoice", ""),
        sortable("Amount", "num", CaseOrder.AMOUNT),
        Column(f"At risk, {currency}" if currency else "At risk", "num at-risk"),
        Column("Why", "why"),
        Column("Stage", ""),
        sortable("Due", "", CaseOrder.DUE),
        Column("Held by", ""),
    )


def collapsed(cases: list[Row], groups: Mapping[str, Row]) -> list[Row]:
    """The first case of each group with its ``group``; the other cases of the page that belong to it are left out."""
    found: list[Row] = []
    shown: set[str] = set()
    for kase in cases:
        key = kase["group_key"]
        group = groups.get(key or "")
        if group is None or key not in shown:
            found.append(kase | {"group": group})
        shown.add(key)
    return found


def group_row(group: Row) -> GroupRow:
    """A group in words."""
    members = tuple((each["invoice_id"], f"/cases/{each['case_id']}") for each in group["members"])
    return GroupRow(
        key=group["group_key"],
        title=group["title"],
        cases=group["cases"],
        cash=group["cash"],
        manager=group["manager"] or "",
        members=members,
        more=group["cases"] - len(members),
        url=link({}, group=group["group_key"]),
    )


def queue_row(kase: Row, why: Row, names: Mapping[str, Mapping[str, str]], *, now: datetime, me: str) -> QueueRow:
    """One case in words."""
    chips = reasons_in_short(why)
    held = kase["state"] == "claimed" and kase["lease_expires_at"] > now
    return QueueRow(
        case_id=kase["case_id"],
        url=f"/cases/{kase['case_id']}",
        priority=kase["priority"],
        terms=terms(kase["priority_parts"]),
        client=names["client"].get(kase["client_id"], kase["client_id"]),
        project=names["project"].get(kase["project_id"], kase["project_id"] or ""),
        invoice_id=kase["invoice_id"],
        amount=kase["amount"],
        currency=kase["currency"],
        at_risk=None if kase["group_amount"] is None else abs(kase["group_amount"]),
        chips=chips[:CHIPS],
        more=max(len(chips) - CHIPS, 0),
        route=kase["route"],
        route_words="Senior review" if kase["escalated"] and kase["route"] != "hold" else ROUTES[kase["route"]],
        state=kase["state"],
        due=due(kase, now),
        holder=(kase["claimed_by_name"] or kase["claimed_by"]) if held else "",
        mine=held and kase["claimed_by"] == me,
        until=formats.clock(kase["lease_expires_at"]) if held else "",
        assigned="you" if kase["assigned_to"] == me else kase["assigned_to_name"] or "",
        team=kase["team_name"] or "",
        asleep=formats.moment(kase["snoozed_until"]) if kase["asleep"] else "",
        escalation=kase["escalation"],
        turn=_turn(kase, me),
        group=group_row(kase["group"]) if kase.get("group") else None,
    )


def _turn(kase: Row, me: str) -> str:
    """Where in the order of the queue the sum counts."""
    if kase["assigned_to"] == me:
        return "Assigned to you: comes before what is not."
    if kase["overdue"]:
        return "Overdue: comes before every case that is not, whatever they are worth."
    return "Not overdue yet: comes after every case that is."


def reasons_in_short(why: Row) -> tuple[Chip, ...]:
    """Controls that fired, hard stops first, then the models' reasons; at least the ground of the route."""
    controls = [Chip(SEVERE[hit["severity"]], hit["title"]) for hit in why["controls"]]
    reasons = [Chip("calm", _in_short(reason["sentence"])) for reason in why["reasons"]]
    return tuple(controls + reasons) or (Chip("calm", _sentence(why["because"])),)


def _in_short(sentence: str) -> str:
    """A reason without what is usual, which the case page tells."""
    return _sentence(_USUAL.sub("", sentence).removeprefix("the ").removeprefix("client "))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def due(kase: Row, now: datetime) -> Due:
    """How long is left, and how much that matters; of a closed case the day on which it was closed."""
    left, exact, closed = kase["due_at"] - now, formats.moment(kase["due_at"]), kase["closed_at"]
    if closed is not None:
        return Due("calm", f"closed {formats.day(closed)}{' (late)' if closed > kase['due_at'] else ''}", exact)
    if left <= timedelta(0):
        return Due("bad", f"{formats.span(left)} over", exact)
    soon = kase["due_at"].date() == now.date() or left < timedelta(hours=4)
    return Due("warn" if soon else "calm", f"in {formats.span(left)}", exact)


def terms(parts: Row) -> tuple[Term, ...]:
    """The expected-cash sum, term by term."""
    money, assumed = f"{parts['amount']:,.0f}", set(parts["assumed"])
    late = f"{formats.percent(parts['p_late'])} likely late{' (assumed)' if 'p_late' in assumed else ''}"
    dispute = f"{formats.percent(parts['p_dispute'])} likely disputed{' (assumed)' if 'p_dispute' in assumed else ''}"
    days = parts["days_to_close"]
    return (
        Term(f"{late} × {money} × cost of waiting {days} d to close", parts["delay_value"]),
        Term(f"{dispute} × {money} × usual write-off", parts["dispute_value"]),
        Term("less the cost of a review", -parts["review_cost"]),
    )
