"""Boards as published."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from serving.boards.board import Board, Line
from serving.boards.kpi import Better, Kpi, Shape, Unit
from serving.boards.listing import Listing
from serving.boards.measure import Measure
from serving.contract.types import CurrencyCode, MoneyText, Priced, Published, open_words
from serving.sql import Row

_PLACES = Decimal("0.000001")
EXAMPLE_MEASURE: dict[str, JsonValue] = {
    "value": "0.4", "low": "0.11762", "high": "0.769276", "hits": 2, "known": 5, "among": 6,
}  # fmt: skip
EXAMPLE_POINT: dict[str, JsonValue] = {"first_day": "2026-01-01", "last_day": "2026-01-31", **EXAMPLE_MEASURE}
EXAMPLE_KPI: dict[str, JsonValue] = {
    "kpi_id": "first-pass-accuracy", "title": "First-pass accuracy", "group": "Billing", "unit": "share",
    "shape": "share", "better": "up", "stock": False,
    "definition": "Share of invoices that stood as first sent.", "formula": "mature without objection ÷ mature",
    "counts": "mature invoices that nobody objected to", "among": "mature invoices sent in the period",
    "misleads": "Speaks of invoices sent at least four months ago.", "measure": EXAMPLE_MEASURE,
    "trend": [EXAMPLE_POINT],
}  # fmt: skip
EXAMPLE_ROW: dict[str, JsonValue] = {
    "row_id": "INV-2041", "invoice_id": "INV-2041", "case_id": None, "client_id": "C-17", "project_id": "P-9",
    "day": "2026-01-12", "until": None, "counts": True, "value": None, "amount": "1800", "whole": None,
    "currency": "EUR", "of": None,
}  # fmt: skip

EXAMPLE_BOARDS: dict[str, JsonValue] = {
    "as_of": "2026-02-10T12:00:00Z", "currency": "EUR", "figures": [EXAMPLE_KPI],
}  # fmt: skip


class MeasureOut(Published):
    """A number and what it rests on."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_MEASURE]})

    value: MoneyText | None = Field(
        description="in the figure's unit; a share is between 0 and 1; null: none can be said"
    )
    low: MoneyText | None = Field(description="lower end of the 95 % interval, where the figure is estimated")
    high: MoneyText | None = Field(description="its upper end; null beside a low: beyond what was seen")
    hits: int = Field(description="rows that count")
    known: int = Field(description="rows of which it is known whether they count; of medians, those done")
    among: int = Field(description="all rows, with those not known yet")


class PointOut(MeasureOut):
    """The figure over one week or month."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_POINT]})

    first_day: date = Field(description="first day")
    last_day: date = Field(description="last day")


class KpiOut(Published):
    """A figure with its definition and trend."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_KPI]})

    kpi_id: str = Field(description="id of the figure")
    title: str = Field(description="its title")
    group: str = Field(description="heading under which boards show it")
    unit: Annotated[Unit, open_words(Unit)] = Field(description="what the number is in")
    shape: Annotated[Shape, open_words(Shape)] = Field(description="how rows become the number")
    better: Better = Field(description="which way is good")
    stock: bool = Field(description="taken at the end of the period's last day, not over the period")
    definition: str = Field(description="what it is")
    formula: str = Field(description="the exact rule")
    counts: str = Field(description="what is in the numerator")
    among: str = Field(description="what is in the denominator; empty where there is none")
    misleads: str = Field(description="how it can be read wrongly")
    measure: MeasureOut = Field(description="over the period")
    trend: list[PointOut] = Field(description="by week or month, the oldest first")


class BoardsOut(Published):
    """Every figure."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_BOARDS]})

    as_of: datetime = Field(description="only what was known before this moment is in the figures")
    currency: CurrencyCode | None = Field(description="group currency, of all figures in money; null: none is known")
    figures: list[KpiOut] = Field(description="in the order of boards")


class SliceOut(MeasureOut):
    """The figure for one value of a dimension."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"of": "C-17", "name": "Acme", **EXAMPLE_MEASURE}]})

    of: str | None = Field(description="the value; null for rows that have none")
    name: str = Field(description="its name, where it has one")


class ApartOut(Priced):
    """Money that no known exchange rate turns into the group currency."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"currency": "USD", "rows": 1, "amount": "40.00"}]})

    currency: CurrencyCode = Field(description="its currency")
    rows: int = Field(description="rows")
    amount: MoneyText = Field(description="their sum, in no figure")


class BoardOut(Published):
    """One figure, broken down."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"currency": "EUR", "figure": EXAMPLE_KPI, "by": "client", "apart": [],
                 "slices": [{"of": "C-17", "name": "Acme", **EXAMPLE_MEASURE}]}
            ]
        }
    )  # fmt: skip

    currency: CurrencyCode | None = Field(description="group currency; null: none is known")
    figure: KpiOut = Field(description="the figure over the period")
    by: str = Field(description="dimension of the slices; own: the figure's own")
    slices: list[SliceOut] = Field(description="the fifty values with the most rows")
    apart: list[ApartOut] = Field(description="money in currencies without a known rate")


class FigureRowOut(Published):
    """One row behind a figure."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ROW]})

    row_id: str = Field(description="invoice, case, request, dispute, decision … that it is")
    invoice_id: str | None = Field(description="invoice it concerns")
    case_id: str | None = Field(description="its case, or the newest of its invoice")
    client_id: str | None = Field(description="client")
    project_id: str | None = Field(description="project")
    day: date | None = Field(description="day by which it falls into the period")
    until: date | None = Field(description="of stocks: first day on which it no longer stands")
    counts: bool | None = Field(description="whether it is in the numerator; null: not known yet")
    value: MoneyText | None = Field(description="what a median is of")
    amount: MoneyText | None = Field(description="money in the numerator, in its own currency")
    whole: MoneyText | None = Field(description="money in the denominator, in its own currency")
    currency: CurrencyCode | None = Field(description="currency of both")
    of: str | None = Field(description="value of the figure's own dimension")


class FigureRowsOut(Published):
    """A page of rows behind a figure."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [EXAMPLE_ROW], "total": 1, "hidden": 0}]})

    rows: list[FigureRowOut] = Field(description="the largest first")
    total: int = Field(description="rows that the caller may see")
    hidden: int = Field(description="rows of cases of other teams: in the figure, never listed")


def kpi_out(line: Line) -> KpiOut:
    """A figure as published."""
    kpi: Kpi = line.kpi
    words = {name: getattr(kpi, name) for name in KpiOut.model_fields if hasattr(kpi, name)}
    trend = [PointOut(first_day=point.first, last_day=point.last, **_measure(point.measure)) for point in line.points]
    return KpiOut(kpi_id=kpi.id, **words, measure=MeasureOut(**_measure(line.measure)), trend=trend)


def board_out(found: Board) -> BoardOut:
    """One figure, broken down, as published."""
    return BoardOut(
        currency=found.currency or None,
        figure=kpi_out(found.line),
        by="" if found.dimension is None else found.dimension.value,
        slices=[SliceOut(of=one.value, name=one.name, **_measure(one.measure)) for one in found.slices],
        apart=[ApartOut(currency=one.currency, rows=one.rows, amount=one.amount) for one in found.apart],
    )


def rows_out(listing: Listing) -> FigureRowsOut:
    """Rows behind a figure as published."""
    return FigureRowsOut(rows=[_row(row) for row in listing.rows], total=listing.total, hidden=listing.hidden)


def _measure(measure: Measure) -> dict[str, Decimal | int | None]:
    numbers = {name: _decimal(getattr(measure, name)) for name in ("value", "low", "high")}
    return {**numbers, "hits": measure.hits, "known": measure.known, "among": measure.among}


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(float(value))).quantize(_PLACES)


def _row(row: Row) -> FigureRowOut:
    named = {name: row[name] for name in FigureRowOut.model_fields if name in row and name != "value"}
    return FigureRowOut(**named, counts=row["hit"], value=_decimal(row["value"]), amount=row["part"], of=row["grp"])
