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
_MINUTES_PER_DAY = 1440.0
_WINDOW_US = APPROVER_WINDOW_DAYS * DAY_US

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
class _Answers:
    """Decided requests by approver, with whole minutes: their sums are exact wherever a slice begins."""

    index: EventIndex
    minutes: Sums
    slow: Sums
    waiting: StateIndex


def _answers(history: History) -> _Answers:
    def make() -> _Answers:
        columns, approver = history.columns("approval"), history.codes("approval", "approver_id")
        decided = columns["decided_at"] != NO_MOMENT
        minutes = np.rint(np.where(decided, columns["decided_at"] - columns["requested_at"], 0) / _MINUTE_US)
        index = history.index_by("approval", np.where(decided, approver, -1))
        expires = np.minimum(history.ends("approval"), columns["known_at"] + _WINDOW_US)
        return _Answers(
            index,
            index.sums(minutes, scale=1),
            index.sums((minutes > SLOW_DAYS * _MINUTES_PER_DAY).astype(np.float64), scale=1),
            StateIndex.build(
                np.where(decided, -1, approver), columns["known_at"], end=expires, values=np.ones(len(minutes))
            ),
        )

    return history.memo("answers", make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    history, project = context.history, context.key("project_id")
    pending = history.column("approval", "decided_at") == NO_MOMENT
    on_project = context.pairs("approval", ("project_id",), project)
    waiting = on_project.where(pending[on_project.row])
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


def _usual_days(answers: _Answers, people: IntArray, as_of: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean days to answer and share of slow answers, of the last 180 days."""
    window = answers.index.before(people, as_of, since=as_of - _WINDOW_US)
    return window.mean(answers.minutes) / _MINUTES_PER_DAY, window.mean(answers.slow)


def _people(context: Context, waiting: Pairs) -> dict[str, FloatArray]:
    answers = _answers(context.history)
    people = context.history.codes("approval", "approver_id")[waiting.row]
    latency, _ = _usual_days(answers, people, context.as_of[waiting.query])
    queue = answers.waiting.total(people, context.as_of[waiting.query])
    return {"approver_latency": waiting.largest(latency), "approver_queue": waiting.largest(queue)}


def _manager(context: Context) -> dict[str, FloatArray]:
    answers = _answers(context.history)
    manager = pick(context.history.codes("project", "manager_id"), context.entity("project"))
    latency, slow = _usual_days(answers, manager, context.as_of)
    queue = answers.waiting.total(manager, context.as_of)
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
