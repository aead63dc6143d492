"""How the work behind the invoice went: hours against plan, budget burn, cost, and change orders on the way."""

from functools import partial

import numpy as np

from features.asof import StateIndex, divide, pick
from features.context import Context
from features.current import Pairs
from features.families.evidence import billed
from features.families.rates import billed_on
from features.feature import Feature
from features.matrix import BoolArray, FloatArray, IntArray
from features.recordset import History

# Timesheets of a billed period become known around it; older ones are not searched.
TIMESHEET_WINDOW_DAYS = 150
SCALE = 100

_work = partial(Feature, family="delivery", higher_is="worse", evidence=("project", "time_entry"))
_change = partial(Feature, family="change_order", higher_is="worse", actionable=True, evidence=("change_order",))
_NO_PROJECT = "invoice has no project"

FEATURES: tuple[Feature, ...] = (
    _work("hours_burn", "number", "share", "Hours on the project over the planned hours.", "no plan",
          "the project has used {value} of its planned hours (usual: {usual})"),
    _work("budget_burn", "number", "share", "Billed on the project, this invoice included, over its budget.",
          "no budget", "the project's budget is billed to {value} (usual: {usual})", evidence=("project", "invoice")),
    _work("plan_gap", "number", "share", "Budget burn less hours burn: billing ahead of the work.",
          "no budget or no plan", "billing is {value} of the budget ahead of the hours (usual: {usual})"),
    _work("cost_ratio", "number", "share", "Cost of the period's timesheets over the invoice amount (same currency "
          "only).", "no costed timesheets in the period", "the work cost {value} of the amount (usual: {usual})",
          evidence=("time_entry", "resource", "invoice")),
    _work("hours_billed_ratio", "number", "share", "Hours on time lines over billable timesheet hours of the period.",
          "no timesheets in the period", "billed hours are {value} of the timesheets (usual: {usual})",
          higher_is="either", actionable=True, evidence=("time_entry", "invoice_line")),
    _work("period_unapproved_share", "number", "share", "Share of the period's billable hours that is not approved.",
          "no timesheets in the period", "{value} of the billed period's hours are not approved (usual: {usual})",
          actionable=True, evidence=("time_entry", "approval")),
    _work("project_overrun_days", "number", "days", "Days from the project's planned end to the invoice date.",
          "no planned end", "the project is {value} days past its planned end (usual: {usual})",
          evidence=("project",)),
    _work("project_not_open", "flag", "", "The project is closed or on hold.", _NO_PROJECT,
          "the project is closed or on hold ({value})", actionable=True, evidence=("project",)),
    _change("change_orders_pending", "count", "change orders", "Change orders of the project not decided.",
            _NO_PROJECT, "{value} change orders of the project are not approved (usual: {usual})"),
    _change("change_orders_pending_ratio", "number", "share", "Their amount over the invoice amount.",
            "no project or amount is zero",
            "change orders worth {value} of this invoice are not approved (usual: {usual})"),
    _change("change_orders_billed_early", "count", "lines", "Lines that bill a change order that is not approved.",
            "invoice unknown", "{value} lines bill change orders that are not approved (usual: {usual})",
            evidence=("change_order", "invoice_line")),
    _change("change_orders_billed_early_share", "number", "share", "Share of the line amounts on them.", "no lines",
            "{value} of the amount bills change orders that are not approved (usual: {usual})",
            evidence=("change_order", "invoice_line")),
    _change("change_orders_approved", "count", "change orders", "Approved change orders of the project.", _NO_PROJECT,
            "the project has {value} approved change orders (usual: {usual})", higher_is="either", actionable=False),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    project = context.entity("project")
    closed = context.history.equals("project", "status", "closed", "on_hold")
    return {
        **_burn(context, project),
        **_period(context),
        "project_overrun_days": context.day("invoice_date") - context.gather_day("project", "end_on", project),
        "project_not_open": context.flag(closed, project),
        **_change_orders(context),
    }


def _state(history: History, kind: str, mask: BoolArray, values: FloatArray) -> StateIndex:
    """Records of a project while they are in a state."""
    keys = np.where(mask, history.codes(kind, "project_id"), -1)
    return StateIndex.build(keys, history.column(kind, "known_at"), end=history.ends(kind), values=values, scale=SCALE)


def _burn(context: Context, project: IntArray) -> dict[str, FloatArray]:
    history = context.history
    hours = history.column("time_entry", "hours")
    state = history.memo("hours", lambda: _state(history, "time_entry", np.ones(len(hours), dtype=bool), hours))
    worked = state.total(context.key("project_id"), context.as_of)
    hours_burn = divide(worked, context.gather("project", "planned_hours", project))
    budget_burn = divide(billed_on(context, "project_id"), context.gather("project", "budget_amount", project))
    return {"hours_burn": hours_burn, "budget_burn": budget_burn, "plan_gap": budget_burn - hours_burn}


def _timesheets(context: Context) -> Pairs:
    """Billable timesheets of the project in the billed period, in force."""
    entries = context.pairs("time_entry", ("project_id",), context.key("project_id"), days=TIMESHEET_WINDOW_DAYS)
    columns = context.history.columns("time_entry")
    worked = columns["worked_on"][entries.row]
    first, last = context.day("period_start")[entries.query], context.day("period_end")[entries.query]
    return entries.where((worked >= first) & (worked <= last) & (columns["billable"][entries.row] == 1))


def _period(context: Context) -> dict[str, FloatArray]:
    history, entries = context.history, _timesheets(context)
    hours = history.column("time_entry", "hours")[entries.row]
    total = context.known(entries.sum(hours), entries.count() > 0)
    waiting = ~history.equals("time_entry", "status", "approved")[entries.row]
    lines = context.lines.where(history.equals("invoice_line", "line_kind", "time")[context.lines.row])
    quantity = lines.sum(history.column("invoice_line", "quantity")[lines.row])
    return {
        "cost_ratio": divide(_cost(context, entries, hours), np.abs(context.number("amount"))),
        "hours_billed_ratio": divide(quantity, total),
        "period_unapproved_share": divide(entries.where(waiting).sum(hours[waiting]), total),
    }


def _cost(context: Context, entries: Pairs, hours: FloatArray) -> FloatArray:
    """Cost of timesheets whose cost rate is in the invoice's currency; NaN where there is none."""
    history = context.history
    people = history.codes("time_entry", "resource_id")[entries.row]
    rows = history.index("resource", "resource_id").before(people, context.as_of[entries.query]).latest_rows()
    cost = hours * context.gather("resource", "cost_rate", rows)
    own = context.key("currency")[entries.query]
    currency = pick(history.codes("resource", "currency"), rows)
    costed = ~np.isnan(cost) & (currency == own)
    return context.known(entries.where(costed).sum(cost[costed]), entries.where(costed).count() > 0)


def _change_orders(context: Context) -> dict[str, FloatArray]:
    history, project = context.history, context.key("project_id")
    waiting = history.equals("change_order", "status", "draft", "pending")
    approved = history.equals("change_order", "status", "approved")
    ones, amounts = np.ones(len(waiting)), history.column("change_order", "amount")
    count = history.memo("orders waiting", lambda: _state(history, "change_order", waiting, ones))
    money = history.memo("orders waiting amount", lambda: _state(history, "change_order", waiting, amounts))
    agreed = history.memo("orders approved", lambda: _state(history, "change_order", approved, ones))
    early, share = billed(context, "change_order", ~approved)
    known = project >= 0
    ratio = divide(np.abs(money.total(project, context.as_of)), np.abs(context.number("amount")))
    return {
        "change_orders_pending": context.known(count.total(project, context.as_of), known),
        "change_orders_pending_ratio": context.known(ratio, known),
        "change_orders_billed_early": early.count(),
        "change_orders_billed_early_share": share,
        "change_orders_approved": context.known(agreed.total(project, context.as_of), known),
    }
