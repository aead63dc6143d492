"""What the project's work has cost against what it was billed: so far, of late, and which way it goes."""

from functools import partial

import numpy as np

from features.asof import DAY_US, StateIndex, divide, pick, take
from features.context import Context
from features.families.rates import billed_state
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History

RECENT_DAYS = 90
_SCALE = 100

_margin = partial(
    Feature, family="delivery", higher_is="worse", evidence=("time_entry", "resource", "project", "invoice")
)
_NO_COST = "no timesheet costed in the project's currency, or nothing billed"

FEATURES: tuple[Feature, ...] = (
    _margin("project_cost_ratio", "number", "share", "Cost of the project's timesheets over the amount billed on it, "
            "this invoice included.", _NO_COST, "the project has cost {value} of what was billed (usual: {usual})"),
    _margin("project_cost_ratio_90d", "number", "share", "The same for what was added in the last 90 days.", _NO_COST,
            "in the last 90 days the project cost {value} of what was billed (usual: {usual})"),
    _margin("margin_trend", "number", "share", "Cost ratio of the last 90 days less that of the whole project: above "
            "zero the margin falls.", _NO_COST, "the project's margin has fallen by {value} (usual: {usual})"),
)  # fmt: skip


def _costs(history: History) -> StateIndex:
    """Cost of timesheets by project, each at the person's rate known before it, in the project's currency only."""

    def make() -> StateIndex:
        columns = history.columns("time_entry")
        known_at, project = columns["known_at"], history.codes("time_entry", "project_id")
        person = history.index("resource", "resource_id").before(history.codes("time_entry", "resource_id"), known_at)
        place = history.index("project", "project_id").before(project, known_at)
        people, places = person.latest_rows(), place.latest_rows()
        paid_in, billed_in = (
            pick(history.codes(kind, "currency"), rows) for kind, rows in (("resource", people), ("project", places))
        )
        cost = columns["hours"] * take(history.column("resource", "cost_rate"), people)
        costed = ~np.isnan(cost) & (paid_in == billed_in) & (paid_in >= 0)
        keys = np.where(costed, project, -1)
        return StateIndex.build(keys, known_at, end=history.ends("time_entry"), values=cost, scale=_SCALE)

    return history.memo("project costs", make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    project, on_client = context.key("project_id"), context.key("client_id", "project_id")
    earlier = context.as_of - RECENT_DAYS * DAY_US
    costs, bills = _costs(context.history), billed_state(context.history, "project_id")
    cost, cost_then = (costs.total(project, moment) for moment in (context.as_of, earlier))
    billed, billed_then = (bills.total(on_client, moment) for moment in (context.as_of, earlier))
    ratio = context.known(divide(cost, billed), cost > 0)
    recent = context.known(divide(cost - cost_then, billed - billed_then), cost > cost_then)
    return {"project_cost_ratio": ratio, "project_cost_ratio_90d": recent, "margin_trend": recent - ratio}
