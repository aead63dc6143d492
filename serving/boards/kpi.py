"""What a key figure is: its words, the rows that it is made of, and how rows become a number.

Every figure is a set of rows in one common form. The number is their count, share, sum, ratio, age or median, the trend
is the same by week or month, a breakdown the same by a dimension, and the rows themselves are the drill-down: what is
shown can always be traced to what it counts.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Shape(StrEnum):
    """How rows become a number."""

    COUNT = "count"  # rows that count
    SHARE = "share"  # rows that count, of those whose answer is known
    SUM = "sum"  # money of all rows
    RATIO = "ratio"  # money of the part, of the money of the whole, times a factor
    AGE = "age"  # age of money that waits, weighted by amount
    MEDIAN = "median"  # time until half were done; those still pending count as not done yet (Kaplan-Meier)


class Unit(StrEnum):
    """What a number is in."""

    CASES = "cases"
    INVOICES = "invoices"
    REQUESTS = "requests"
    DISPUTES = "disputes"
    DECISIONS = "decisions"
    SHARE = "share"
    MONEY = "group currency"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


class Better(StrEnum):
    """Which way is good; some figures only say how much work there is."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Names(StrEnum):
    """What the values of a figure's own dimension are, so that they can be shown in words."""

    RESOURCE = "resource"
    ACCOUNT = "account"
    CAUSE = "cause"
    ROUTE = "route"


@dataclass(frozen=True)
class Kpi:
    """One key figure.

    Attributes:
        id: as in addresses.
        group: under which heading it stands.
        definition: one sentence.
        formula: the exact rule in words.
        counts: what is in the numerator.
        among: what is in the denominator; empty where there is none.
        misleads: how it can be read wrongly.
        rows: SQL over the tables of ``known.py`` that gives the columns of ``COLUMNS``.
        stock: rows stand from ``day`` until ``until``, and the figure is what stands at the period's last day.
        own: title of the figure's own dimension (column ``grp``) and what its values are.
        factor: of a ratio.
    """

    id: str
    title: str
    group: str
    unit: Unit
    shape: Shape
    better: Better
    definition: str
    formula: str
    counts: str
    misleads: str
    rows: str
    among: str = ""
    stock: bool = False
    own: tuple[str, Names] | None = None
    factor: int = 1


# The common form of rows. ``hit``: whether the row counts; empty while that is not known. ``until``: a stock's first
# day on which the row no longer stands. ``part``, ``whole``: money in ``currency``.
COLUMNS: Final[dict[str, str]] = {
    "row_id": "text", "invoice_id": "text", "case_id": "text", "client_id": "text", "project_id": "text",
    "entity_id": "text", "day": "date", "until": "date", "hit": "boolean", "value": "float8", "part": "numeric",
    "whole": "numeric", "currency": "text", "grp": "text",
}  # fmt: skip


def select(source: str, **columns: str) -> str:
    """A SELECT that gives the common form; columns that are not named are empty.

    Raises ``ValueError`` for a column that the form does not have.
    """
    if unknown := set(columns) - set(COLUMNS):
        raise ValueError(f"rows have no columns {sorted(unknown)}")
    listed = (f"({columns.get(name, 'NULL')})::{kind} AS {name}" for name, kind in COLUMNS.items())
    return f"SELECT {', '.join(listed)} FROM {source}"  # noqa: S608 - all of it is written in this package


def union(*selects: str) -> str:
    """Rows of several sources."""
    return " UNION ALL ".join(selects)
