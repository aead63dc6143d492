"""Figures in words: values with their unit, intervals, changes. Shared by pages, briefs, CSV and the command."""

from typing import Final

from serving.boards.compare import Change
from serving.boards.kpi import Kpi, Names, Shape, Unit
from serving.boards.measure import Measure
from serving.boards.scope import Dimension
from serving.web.formats import NONE, percent
from serving.web.words import CAUSES, ROUTES, plain

DIMENSIONS: Final[dict[Dimension, str]] = {
    Dimension.ENTITY: "Legal entity", Dimension.REGION: "Region", Dimension.SERVICE_LINE: "Service line",
    Dimension.SEGMENT: "Client segment", Dimension.CLIENT: "Client",
}  # fmt: skip
_ENDS: Final[dict[Unit, str]] = {Unit.DAYS: " d", Unit.HOURS: " h", Unit.MINUTES: " min"}


def value_text(kpi: Kpi, value: float | None, currency: str = "") -> str:
    """``41 %``, ``1,234 EUR``, ``3.5 d``, ``113``; a dash where nothing can be said."""
    if value is None:
        return NONE
    if kpi.unit is Unit.SHARE:
        return percent(value) if value else "0 %"
    if kpi.unit is Unit.MONEY:
        return f"{value:,.0f} {currency}".strip()
    if kpi.unit in _ENDS:
        return f"{value:,.1f}".removesuffix(".0") + _ENDS[kpi.unit]
    return f"{value:,.0f}"


def interval_text(kpi: Kpi, measure: Measure) -> str:
    """``36 % to 47 %``; empty where the figure is counted, not estimated."""
    if measure.value is None or measure.low is None:
        return ""
    low = value_text(kpi, measure.low)
    return f"{low} to {value_text(kpi, measure.high)}" if measure.high is not None else f"{low} or more"


def rests_on(kpi: Kpi, measure: Measure) -> str:
    """Of how many rows: ``113 of 146; 12 not known yet``."""
    if kpi.shape in (Shape.COUNT, Shape.SUM, Shape.RATIO, Shape.AGE):
        return f"{measure.hits:,} rows" if measure.hits != 1 else "1 row"
    if kpi.shape is Shape.MEDIAN:
        pending = measure.among - measure.hits
        return f"{measure.hits:,} done" + (f", {pending:,} pending" if pending else "")
    unknown = f"; {measure.unknown:,} not known yet" if measure.unknown else ""
    return f"{measure.hits:,} of {measure.known:,}{unknown}"


def change_text(kpi: Kpi, change: Change, currency: str = "") -> str:
    """``41 % to 36 %: within chance``."""
    before, after = (value_text(kpi, measure.value, currency) for measure in (change.before, change.after))
    return f"{before} to {after}: {change.says.value}"


def own_text(kpi: Kpi, value: str | None, name: str) -> str:
    """A value of the figure's own dimension in words."""
    if kpi.own is None or value is None:
        return name
    kinds = {Names.CAUSE: CAUSES, Names.ROUTE: ROUTES}
    return kinds.get(kpi.own[1], {}).get(value) or (plain(name) if kpi.own[1] in kinds else name)


def dimension_text(kpi: Kpi, dimension: Dimension) -> str:
    """The title of a dimension."""
    return DIMENSIONS.get(dimension) or (kpi.own[0] if kpi.own else "")
