"""Billing readiness: which projects can bill now, which are blocked, by what, by whom, since when, for how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from psycopg import sql
from sqlalchemy import Connection

from serving.boards.known import know
from serving.boards.scope import Dimension, Scope
from serving.queue.sight import SEEN
from serving.sql import Row, rows

_AXES: Final[dict[Dimension, str]] = {
    Dimension.ENTITY: "p.entity_id", Dimension.REGION: "coalesce(p.region, e.region)",
    Dimension.SERVICE_LINE: "p.service_line", Dimension.SEGMENT: "c.segment", Dimension.CLIENT: "p.client_id",
}  # fmt: skip
ZERO: Final = Decimal(0)


class Obstacle(StrEnum):
    """What stands between work and its invoice."""

    APPROVAL = "approval"
    ACCEPTANCE = "acceptance"
    EVIDENCE = "evidence"
    CHANGE_ORDER = "change_order"
    PURCHASE_ORDER = "po"
    RATE = "rate"
    RECEIPT = "receipt"
    CASE = "case"
    DRAFT = "draft"


@dataclass(frozen=True)
class Item:
    """Work of one kind on one project with one obstacle; without an obstacle it can be billed now.

    Attributes:
        who: resource id of the person who is waited for.
        since: since when they are, or since when the work waits.
        amount: group currency; ``without_rate`` items have none and are not in it.
        case_id: the case that holds it up, if one does.
    """

    project_id: str
    kind: str
    obstacle: Obstacle | None
    who: str | None
    items: int
    since: date | None
    amount: Decimal
    without_rate: int
    case_id: str | None


@dataclass(frozen=True)
class Project:
    """What one project could bill.

    Attributes:
        ready, blocked: group currency.
        open_case: a case of the project that the reader may see.
    """

    project_id: str
    name: str
    client: str
    ready: Decimal
    blocked: Decimal
    done: tuple[Item, ...]
    obstacles: tuple[Item, ...]
    open_case: str | None


@dataclass(frozen=True)
class Readiness:
    """All projects with something to bill: those that free the most cash first."""

    currency: str
    projects: tuple[Project, ...]

    @property
    def ready(self) -> Decimal:
        """What can be billed now."""
        return sum((project.ready for project in self.projects), ZERO)

    @property
    def blocked(self) -> Decimal:
        """What waits for somebody."""
        return sum((project.blocked for project in self.projects), ZERO)

    def by_obstacle(self) -> list[tuple[Obstacle, Decimal, int]]:
        """Obstacle, the cash behind it, and how many projects it blocks; the most cash first."""
        found = [item for project in self.projects for item in project.obstacles]
        told = [(obstacle, [item for item in found if item.obstacle is obstacle]) for obstacle in Obstacle]
        summed = [(obstacle, sum((item.amount for item in items), ZERO), len({item.project_id for item in items}))
                  for obstacle, items in told if items]  # fmt: skip
        return sorted(summed, key=lambda one: -one[1])


def billing_readiness(connection: Connection, scope: Scope, seen: dict[str, Any]) -> Readiness:
    """What can be billed and what cannot, as known at the scope's moment; its period plays no part."""
    now = scope.between(scope.today, scope.today)
    currency = know(connection, now, tables=("board_approval", "board_hours"))
    where = " AND ".join([f"{_AXES[one]} = %(only_{one})s" for one in scope.only if one in _AXES] or ["true"])
    query = sql.SQL(_script()).format(where=sql.SQL(where), seen=sql.SQL(SEEN))
    found = rows(connection, query, scope.parameters() | seen)
    by_project = groupby(sorted(found, key=lambda row: row["project_id"]), key=lambda row: row["project_id"])
    projects = [_project(list(of_one)) for _, of_one in by_project]
    return Readiness(currency, tuple(sorted(projects, key=lambda one: (-(one.ready + one.blocked), one.project_id))))


@cache
def _script() -> str:
    return Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def _project(found: list[Row]) -> Project:
    items = sorted((_item(row) for row in found), key=attrgetter("amount"), reverse=True)
    ready, blocked = ([item for item in items if (item.obstacle is None) is free] for free in (True, False))
    first = found[0]
    return Project(
        project_id=first["project_id"],
        name=first["project"],
        client=first["client"] or first["client_id"],
        ready=_total(ready),
        blocked=_total(blocked),
        done=tuple(ready),
        obstacles=tuple(blocked),
        open_case=first["open_case"],
    )


def _total(items: Iterable[Item]) -> Decimal:
    return sum((item.amount for item in items), ZERO)


def _item(row: Row) -> Item:
    return Item(
        project_id=row["project_id"],
        kind=row["kind"],
        obstacle=None if row["obstacle"] is None else Obstacle(row["obstacle"]),
        who=row["who"],
        items=row["items"],
        since=row["waiting_since"],
        amount=row["amount"] or ZERO,
        without_rate=row["without_rate"],
        case_id=row["case_id"],
    )
