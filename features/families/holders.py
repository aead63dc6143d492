"""Approval behaviour by project, role and season, and of the person who holds the oldest pending request."""

from functools import partial

import numpy as np

from features.asof import DAY_US, Sums, Window, divide, pick
from features.context import Context
from features.current import Pairs
from features.families.approvals import MINUTES_PER_DAY, SLOW_DAYS, WINDOW_US, Answers, answers, waiting_on_project
from features.families.calendar import to_period_end
from features.feature import Feature
from features.matrix import BoolArray, FloatArray
from features.recordset import History

# A request counts as made at the end of a month or quarter within this many days of its last day.
SEASON_DAYS = 5
_RECENT_ANSWERS = 10

_holder = partial(Feature, family="approval", evidence=("approval",), higher_is="worse")
_NO_ANSWERS = "no manager, or no such answers known"

FEATURES: tuple[Feature, ...] = (
    _holder("project_latency", "number", "days", "Mean time to answer of everybody on the project, last 180 days.",
            "no answer on the project known", "approvals on the project take {value} days (others: {usual})"),
    _holder("role_latency", "number", "days", "Mean time to answer on the project, last 180 days, of the slowest role "
            "whose answer is pending.", "nothing is pending, or no answer of the role known",
            "the role we wait for takes {value} days on this project (others: {usual})"),
    _holder("holder_latency", "number", "days", "Mean time to answer, last 180 days, of the person who holds the "
            "oldest pending request on the project.", "nothing is pending, or no answer of theirs known",
            "who holds the oldest approval usually takes {value} days (others: {usual})"),
    _holder("holder_wait_ratio", "number", "ratio", "Age of the oldest pending request over that usual time.",
            "nothing is pending, or no answer of theirs known",
            "the oldest approval waits {value} times as long as its holder usually takes (usual: {usual})",
            actionable=True),
    _holder("holder_is_client", "flag", "", "The oldest pending request on the project lies with the client.",
            "nothing is pending", "the oldest approval lies with the client ({value})"),
    _holder("approvals_overdue", "count", "approvals", "Pending requests on the project older than five days.",
            "invoice has no project", "{value} approvals have waited more than five days (usual: {usual})",
            actionable=True),
    _holder("manager_latency_trend", "number", "days", "Mean time of the project manager's last ten answers less that "
            "of the last 180 days.", _NO_ANSWERS, "the project manager now takes {value} days longer than before"),
    _holder("manager_month_end_gap", "number", "days", "Mean time to answer of the project manager for requests of the "
            "last five days of a month, less that for the others (last 180 days).", _NO_ANSWERS,
            "at month end the project manager takes {value} days longer (others: {usual})"),
    _holder("manager_quarter_end_gap", "number", "days", "The same for the last five days of a quarter.", _NO_ANSWERS,
            "at quarter end the project manager takes {value} days longer (others: {usual})"),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    history, waiting = context.history, waiting_on_project(context)
    project = context.key("project_id")
    since = context.as_of - WINDOW_US
    on_project = answers(history, "project_id")
    old = (context.as_of[waiting.query] - _asked(history, waiting)) > SLOW_DAYS * DAY_US
    latency = on_project.index.before(project, context.as_of, since=since).mean(on_project.minutes)
    return {
        "project_latency": latency / MINUTES_PER_DAY,
        "role_latency": _role_latency(context, waiting),
        **_holder_of_oldest(context, waiting),
        "approvals_overdue": context.known(waiting.where(old).count(), project >= 0),
        **_manager(context),
    }


def _asked(history: History, waiting: Pairs) -> FloatArray:
    asked: FloatArray = history.column("approval", "requested_at")[waiting.row]
    return asked


def _role_latency(context: Context, waiting: Pairs) -> FloatArray:
    by_role = answers(context.history, "project_id", "approver_role")
    roles = context.history.codes("approval", "project_id", "approver_role")[waiting.row]
    as_of = context.as_of[waiting.query]
    return waiting.largest(by_role.index.before(roles, as_of, since=as_of - WINDOW_US).mean(by_role.minutes)) / (
        MINUTES_PER_DAY
    )


def _holder_of_oldest(context: Context, waiting: Pairs) -> dict[str, FloatArray]:
    history = context.history
    rows = waiting.first_by(history.column("approval", "requested_at")[waiting.row])
    table, people = answers(history, "approver_id"), pick(history.codes("approval", "approver_id"), rows)
    window = table.index.before(people, context.as_of, since=context.as_of - WINDOW_US)
    usual = window.mean(table.minutes) / MINUTES_PER_DAY
    return {
        "holder_latency": usual,
        "holder_wait_ratio": divide(context.days_since(history.column("approval", "requested_at"), rows), usual),
        "holder_is_client": context.flag(history.equals("approval", "approver_role", "client"), rows),
    }


def _near_end(history: History, *, months: int) -> BoolArray:
    asked = np.floor(history.column("approval", "requested_at") / DAY_US)
    return to_period_end(asked, months=months) < SEASON_DAYS


def _manager(context: Context) -> dict[str, FloatArray]:
    table, manager = answers(context.history, "approver_id"), context.entity_key("project", "manager_id")
    window = table.index.before(manager, context.as_of, since=context.as_of - WINDOW_US)
    recent = window.last(_RECENT_ANSWERS).mean(table.minutes)
    return {
        "manager_latency_trend": (recent - window.mean(table.minutes)) / MINUTES_PER_DAY,
        "manager_month_end_gap": _gap(context.history, table, window, months=1),
        "manager_quarter_end_gap": _gap(context.history, table, window, months=3),
    }


def _gap(history: History, table: Answers, window: Window, *, months: int) -> FloatArray:
    """Mean days for requests near the end of a period of months, less the mean of the others."""

    def split() -> tuple[Sums, Sums]:
        near = _near_end(history, months=months)
        parts = (np.where(part, table.spent, np.nan) for part in (near, ~near))
        at_end, rest = (table.index.sums(part, scale=1) for part in parts)
        return at_end, rest

    at_end, rest = history.memo(("season", months), split)
    return (window.mean(at_end) - window.mean(rest)) / MINUTES_PER_DAY
