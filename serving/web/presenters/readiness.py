"""Billing readiness and nudges as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from models.nudges import Holder, Nudge
from serving.boards.nudging import Ranked
from serving.boards.readiness import Item, Obstacle, Project, Readiness
from serving.web import formats

MOST_PROJECTS: Final = 50
OBSTACLES: Final[dict[Obstacle, str]] = {
    Obstacle.APPROVAL: "Approval pending", Obstacle.ACCEPTANCE: "Milestone not accepted",
    Obstacle.EVIDENCE: "Acceptance without evidence", Obstacle.CHANGE_ORDER: "Change order not approved",
    Obstacle.PURCHASE_ORDER: "Purchase order missing", Obstacle.RATE: "Rate differs from the card",
    Obstacle.RECEIPT: "Receipt missing", Obstacle.CASE: "Under review", Obstacle.DRAFT: "Draft not approved",
}  # fmt: skip
KINDS: Final[dict[str, tuple[str, str]]] = {
    "time": ("timesheet", "timesheets"), "milestone": ("milestone", "milestones"), "fee": ("fee", "fees"),
    "expense": ("expense", "expenses"), "change_order": ("change order", "change orders"),
}  # fmt: skip


@dataclass(frozen=True)
class ItemRow:
    """Work of one kind, what holds it up, who is waited for and since when."""

    what: str
    obstacle: str
    who: str
    age: str
    amount: str
    url: str


@dataclass(frozen=True)
class ProjectRow:
    """One project: what it can bill, and what it cannot."""

    project_id: str
    name: str
    client: str
    ready: str
    blocked: str
    done: tuple[ItemRow, ...]
    obstacles: tuple[ItemRow, ...]
    url: str


@dataclass(frozen=True)
class NudgeRow:
    """One person's pending requests on one draft."""

    sentence: str
    invoice_id: str
    url: str
    amount: str
    age: str
    effect: str


@dataclass(frozen=True)
class HolderRow:
    """A person and the drafts that wait for them."""

    name: str
    gain: str
    length: float
    drafts: tuple[NudgeRow, ...]
    more: int


def project_rows(found: Readiness, names: dict[str, str], now: datetime) -> list[ProjectRow]:
    """The projects with the most cash."""
    return [_project(project, names, now) for project in found.projects[:MOST_PROJECTS]]


def _project(project: Project, names: dict[str, str], now: datetime) -> ProjectRow:
    return ProjectRow(
        project_id=project.project_id,
        name=project.name,
        client=project.client,
        ready=formats.money(project.ready, cents=False),
        blocked=formats.money(project.blocked, cents=False),
        done=tuple(_item(item, names, now) for item in project.done),
        obstacles=tuple(_item(item, names, now) for item in project.obstacles),
        url=f"/cases/{project.open_case}" if project.open_case else "",
    )


def _item(item: Item, names: dict[str, str], now: datetime) -> ItemRow:
    one, many = KINDS[item.kind]
    without = f", {item.without_rate} without exchange rate" if item.without_rate else ""
    return ItemRow(
        what=f"{item.items:,} {one if item.items == 1 else many}{without}",
        obstacle=OBSTACLES[item.obstacle] if item.obstacle else "",
        who=names.get(item.who or "", item.who or "") if item.obstacle else "",
        age="" if item.since is None else formats.age(item.since, now),
        amount=formats.money(item.amount, cents=False),
        url=f"/cases/{item.case_id}" if item.case_id else "",
    )


def holder_rows(ranked: Ranked, cases: dict[str, str], *, most: int, drafts: int) -> list[HolderRow]:
    """People in order; ``cases``: invoice id → a case that the reader may see."""
    highest = max((holder.gain for holder in ranked.holders), default=1.0) or 1.0
    return [
        HolderRow(
            name=ranked.names.get(holder.approver_id, holder.approver_id),
            gain=formats.money(_gain(holder, modelled=ranked.modelled), cents=False),
            length=round(100 * holder.gain / highest, 1),
            drafts=tuple(_nudge(nudge, cases, modelled=ranked.modelled) for nudge in _gaining(holder)[:drafts]),
            more=max(len(_gaining(holder)) - drafts, 0),
        )
        for holder in ranked.holders[:most]
    ]


def _gaining(holder: Holder) -> list[Nudge]:
    return [nudge for nudge in holder.nudges if nudge.gain > 0]


def _gain(holder: Holder, *, modelled: bool) -> float:
    """Cash: what is expected to go out earlier, or without a model the drafts that wait."""
    return holder.gain if modelled else sum(max(nudge.amount, 0.0) for nudge in holder.nudges)


def _nudge(nudge: Nudge, cases: dict[str, str], *, modelled: bool) -> NudgeRow:
    chances = (formats.percent(nudge.sent_now), formats.percent(nudge.sent_then))
    requests = f"{len(nudge.approvals)} request{'' if len(nudge.approvals) == 1 else 's'}"
    return NudgeRow(
        sentence=requests,
        invoice_id=nudge.invoice_id,
        url=_asking(cases[nudge.invoice_id], nudge.approver_id) if nudge.invoice_id in cases else "",
        amount=formats.money(nudge.amount, cents=False),
        age=f"{nudge.waiting_days:.0f} d",
        effect=f"{chances[0]} to {chances[1]}" if modelled else "",
    )


def _asking(case_id: str, person: str) -> str:
    """Where the case's form for a question stands open for a person."""
    return f"/cases/{case_id}?{urlencode({'ask': person})}#ask"
