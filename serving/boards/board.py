"""Boards put together: all figures with their trends, and one figure with everything that explains it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from serving.boards.compare import Change, around
from serving.boards.known import know
from serving.boards.kpi import Kpi, Names
from serving.boards.measure import Apart, Measure, apart, by, with_trend
from serving.boards.registry import KPIS
from serving.boards.scope import Dimension, Scope, Step, steps
from serving.problems import NotFound
from serving.sql import rows

MOST_SLICES: Final = 50
_IN_WORDS: Final[dict[Dimension, str]] = {
    Dimension.ENTITY: "SELECT entity_id AS id, name FROM board_entity WHERE entity_id = ANY(%(ids)s)",
    Dimension.CLIENT: "SELECT client_id AS id, name FROM board_client WHERE client_id = ANY(%(ids)s)",
}
_NAMES: Final[dict[Names, str]] = {
    Names.RESOURCE: """SELECT DISTINCT ON (resource_id) resource_id AS id, name FROM resource
        WHERE resource_id = ANY(%(ids)s) ORDER BY resource_id, known_at DESC, record_id DESC""",
    Names.ACCOUNT: "SELECT account_id AS id, name FROM account WHERE account_id = ANY(%(ids)s)",
}


@dataclass(frozen=True)
class Point:
    """The figure over one week or month."""

    first: date
    last: date
    measure: Measure


@dataclass(frozen=True)
class Line:
    """A figure with its trend, as the overview shows it."""

    kpi: Kpi
    measure: Measure
    points: tuple[Point, ...]
    change: Change | None


@dataclass(frozen=True)
class Slice:
    """The figure for one value of a dimension; ``value`` is empty for rows that have none."""

    value: str | None
    name: str
    measure: Measure


@dataclass(frozen=True)
class Board:
    """One figure in detail."""

    line: Line
    currency: str
    dimension: Dimension | None
    slices: tuple[Slice, ...]
    apart: tuple[Apart, ...]


def kpi_named(kpi_id: str) -> Kpi:
    """A figure by its id. Raises ``NotFound``."""
    kpi = KPIS.get(kpi_id)
    if kpi is None:
        raise NotFound(f"there is no figure {kpi_id!r}; GET /v1/boards lists them")
    return kpi


def overview(connection: Connection, scope: Scope, step: Step, split: date | None = None) -> tuple[str, list[Line]]:
    """The group currency, and every figure with its trend."""
    currency = know(connection, scope, KPIS.values())
    return currency, [line_of(connection, kpi, scope, step=step, split=split) for kpi in KPIS.values()]


def line_of(connection: Connection, kpi: Kpi, scope: Scope, *, step: Step, split: date | None = None) -> Line:
    """A figure with its trend; ``know`` was called before."""
    spans = steps(scope, step)
    whole, measures = with_trend(connection, kpi, scope, spans)
    return Line(
        kpi,
        whole,
        tuple(Point(first, last, measure) for (first, last), measure in zip(spans, measures, strict=True)),
        None if split is None else around(connection, kpi, scope, split),
    )


def board(
    connection: Connection, kpi: Kpi, scope: Scope, *, step: Step, by_dimension: Dimension | None, split: date | None
) -> Board:
    """One figure in detail, broken down by its own dimension unless another is asked for."""
    currency = know(connection, scope, [kpi])
    dimension = by_dimension or (Dimension.OWN if kpi.own else Dimension.CLIENT)
    if dimension is Dimension.OWN and kpi.own is None:
        dimension = Dimension.CLIENT
    return Board(
        line_of(connection, kpi, scope, step=step, split=split),
        currency,
        dimension,
        slices(connection, kpi, scope, dimension),
        tuple(apart(connection, kpi, scope)),
    )


def slices(connection: Connection, kpi: Kpi, scope: Scope, dimension: Dimension) -> tuple[Slice, ...]:
    """The figure for each value of a dimension, the most rows first."""
    found = by(connection, kpi, scope, dimension)
    most = sorted(found.items(), key=lambda item: (-item[1].hits, -item[1].among, str(item[0])))[:MOST_SLICES]
    names = in_words(connection, kpi, dimension, [value for value, _ in most if value])
    return tuple(Slice(value, names.get(value or "", value or "none given"), measure) for value, measure in most)


def in_words(connection: Connection, kpi: Kpi, dimension: Dimension, ids: list[str]) -> dict[str, str]:
    """Value of a dimension → its name, where it has one."""
    query = _IN_WORDS.get(dimension)
    if dimension is Dimension.OWN and kpi.own is not None:
        query = _NAMES.get(kpi.own[1])
    if query is None:
        return {value: value for value in ids}
    return {row["id"]: row["name"] for row in rows(connection, query, {"ids": ids})}
