"""Who still has to approve what, for how long already, and how quickly these people usually answer."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from features.asof import DAY_US, EventIndex, StateIndex, Sums, divide, pick
from features.context import Context
from features.current import Pairs
from features.feature import Feature
from features.matrix import FloatArray, IntArray
from features.reach import APPROVER_WINDOW_DAYS
from features.recordset import History
from ledger.read import NO_MOMENT

SLOW_DAYS = 5.0
_MINUTE_US = 60_000_000
MINUTES_PER_DAY = 1440.0
WINDOW_US = APPROVER_WINDOW_DAYS * DAY_US

_approval = partial(Feature, family="approval", evidence=("approval",), higher_is="worse")
_NO_PROJECT = "invoice has no project"

FEATURES: tuple[Feature, ...] = (
    _approval("approvals_pending", "count", "approvals", "Approval requests on the project without an answer.",
              _NO_PROJECT, "{value} approvals are pending on the project (usual: {usual})", actionable=True),
    _approval("approvals_pending_age", "number", "days", "Age of the oldest pending request on the project.",
              "nothing is pending", "the oldest pending approval has waited {value} days (usual: {usual})",
              actionable=True),
    _approval("approvals_pending_age_mean", "number", "days", "Mean age of pending requests on the project.",
              "nothing is pending", "pending approvals have waited {value} days on average (usual: {usual})",
              actionable=True),
    _approval("invoice_approvals_pending", "count", "approvals", "Pending approvals of the invoice itself.",
              "invoice unknown", "{value} approvals of this invoice are pending (usual: {usual})", actionable=True),
    _approval("approvals_rejected", "count", "approvals", "Requests on the project whose newest answer is a rejection.",
              _NO_PROJECT, "{value} approvals on the project were rejected (usual: {usual})", actionable=True),
    _approval("approver_latency", "number", "days", "Mean time to answer in the last 180 days of the slowest person "
              "whose answer is pending on the project.", "nothing is pending, or no answer of theirs is known",
              "the approver we wait for usually takes {value} days (others: {usual})"),
    _approval("approver_queue", "count", "approvals", "Longest queue of unanswered requests (last 180 days) among the "
              "people whose answer is pending on the project.", "nothing is pending",
              "the approver we wait for has {value} requests waiting (usual: {usual})", actionable=True),
    _approval("manager_latency", "number", "days", "Mean time to answer of the project manager, last 180 days.",
              "no manager or no answer known", "the project manager takes {value} days to approve (others: {usual})"),
    _approval("manager_slow_share", "number", "share", "Share of the project manager's answers of the last 180 days "
              "that took more than five days.", "no manager or no answer known",
              "the project manager decides late in {value} of cases (others: {usual})"),
    _approval("manager_queue", "count", "approvals", "Requests of the last 180 days that wait for the project manager.",
              "no manager known", "{value} requests wait for the project manager (usual: {usual})", actionable=True),
    _approval("unapproved_time_count", "count", "timesheets", "Billable timesheet rows of the project not approved.",
              _NO_PROJECT, "project manager has not approved {value} timesheets (usual: {usual})", actionable=True,
              evidence=("time_entry", "approval")),
    _approval("unapproved_time_hours", "number", "hours", "Hours on them.", _NO_PROJECT,
              "{value} hours on the project are not approved (usual: {usual})", actionable=True,
              evidence=("time_entry", "approval")),
    _approval("unapproved_expense_count", "count", "expenses", "Billable expenses of the project not approved.",
              _NO_PROJECT, "{value} expenses of the project are not approved (usual: {usual})", actionable=True,
              evidence=("expense",)),
)  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """Decided requests by a key, with whole minutes: their sums are exact wherever a slice begins.

    Attributes:
        spent: minutes from request to answer of every row, ``float64`` (rows,).
        minutes, slow: sums of ``spent``, and of whether it was more than ``SLOW_DAYS``.
    """

    index: EventIndex
    spent: FloatArray
    minutes: Sums
    slow: Sums


def answers(history: History, *names: str) -> Answers:
    """Answers by approver, project, or project and role."""

    def make() -> Answers:
        columns, keys = history.columns("approval"), history.codes("approval", *names)
        decided = columns["decided_at"] != NO_MOMENT
        spent = np.rint(np.where(decided, columns["decided_at"] - columns["requested_at"], 0) / _MINUTE_US)
        index = history.index_by("approval", np.where(decided, keys, -1))
        slow = (spent > SLOW_DAYS * MINUTES_PER_DAY).astype(np.float64)
        return Answers(index, spent, index.sums(spent, scale=1), index.sums(slow, scale=1))

    return history.memo(("answers", names), make)


def _queues(history: History) -> StateIndex:
    """Requests by approver while they wait, for at most the window."""

    def make() -> StateIndex:
        columns = history.columns("approval")
        waiting = columns["decided_at"] == NO_MOMENT
        expires = np.minimum(history.ends("approval"), columns["known_at"] + WINDOW_US)
        keys = np.where(waiting, history.codes("approval", "approver_id"), -1)
        return StateIndex.build(keys, columns["known_at"], end=expires, values=np.ones(len(keys)))

    return history.memo("approval queues", make)


def waiting_on_project(context: Context) -> Pairs:
    """Requests on the invoice's project without an answer."""

    def make() -> Pairs:
        pending = context.history.column("approval", "decided_at") == NO_MOMENT
        on_project = context.pairs("approval", ("project_id",), context.key("project_id"))
        return on_project.where(pending[on_project.row])

    return context.memo("waiting on project", make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    history, project = context.history, context.key("project_id")
    pending = history.column("approval", "decided_at") == NO_MOMENT
    on_project = context.pairs("approval", ("project_id",), project)
    waiting = waiting_on_project(context)
    on_invoice = context.pairs("approval", ("subject_id",), context.invoice_codes)
    rejected = history.equals("approval", "decision", "rejected")
    has_project = project >= 0
    return {
        "approvals_pending": context.known(waiting.count(), has_project),
        **_ages(context, waiting),
        "invoice_approvals_pending": on_invoice.where(pending[on_invoice.row]).count(),
        "approvals_rejected": context.known(on_project.where(rejected[on_project.row]).count(), has_project),
        **_people(context, waiting),
        **_manager(context),
        **_unapproved(context, project),
    }


def _ages(context: Context, waiting: Pairs) -> dict[str, FloatArray]:
    asked = context.history.column("approval", "requested_at")[waiting.row]
    age = (context.as_of[waiting.query] - asked).astype(np.float64) / DAY_US
    return {
        "approvals_pending_age": waiting.largest(age),
        "approvals_pending_age_mean": divide(waiting.sum(age), waiting.count()),
    }


def _usual_days(table: Answers, people: IntArray, as_of: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean days to answer and share of slow answers, of the last 180 days."""
    window = table.index.before(people, as_of, since=as_of - WINDOW_US)
    return window.mean(table.minutes) / MINUTES_PER_DAY, window.mean(table.slow)


def _people(context: Context, waiting: Pairs) -> dict[str, FloatArray]:
    table = answers(context.history, "approver_id")
    people = context.history.codes("approval", "approver_id")[waiting.row]
    latency, _ = _usual_days(table, people, context.as_of[waiting.query])
    queue = _queues(context.history).total(people, context.as_of[waiting.query])
    return {"approver_latency": waiting.largest(latency), "approver_queue": waiting.largest(queue)}


def _manager(context: Context) -> dict[str, FloatArray]:
    table = answers(context.history, "approver_id")
    manager = pick(context.history.codes("project", "manager_id"), context.entity("project"))
    latency, slow = _usual_days(table, manager, context.as_of)
    queue = _queues(context.history).total(manager, context.as_of)
    return {
        "manager_latency": latency,
        "manager_slow_share": slow,
        "manager_queue": context.known(queue, manager >= 0),
    }


def _unapproved(context: Context, project: IntArray) -> dict[str, FloatArray]:
    history = context.history
    hours = history.column("time_entry", "hours")
    times = history.memo("unapproved times", lambda: unapproved(history, "time_entry", np.ones(len(hours))))
    amounts = history.memo("unapproved hours", lambda: unapproved(history, "time_entry", hours))
    ones = np.ones(history.size("expense"))
    expenses = history.memo("unapproved expenses", lambda: unapproved(history, "expense", ones))
    return {
        name: context.known(state.total(project, context.as_of), project >= 0)
        for name, state in (
            ("unapproved_time_count", times),
            ("unapproved_time_hours", amounts),
            ("unapproved_expense_count", expenses),
        )
    }


def unapproved(history: History, kind: str, values: FloatArray) -> StateIndex:
    """Billable time or expenses by project while they are not approved."""
    waiting = history.equals(kind, "status", "draft", "submitted", "rejected") & (history.column(kind, "billable") == 1)
    keys = np.where(waiting, history.codes(kind, "project_id"), -1)
    return StateIndex.build(keys, history.column(kind, "known_at"), end=history.ends(kind), values=values, scale=100)
