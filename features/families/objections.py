"""What the client objects to: the same cause again, the same project again, how long it takes, how much is credited."""

from functools import partial

import numpy as np

from features.asof import DAY_US, NEVER, EventIndex, Sums, divide, pick
from features.context import Context
from features.families.disputes import DAYS_RECENT, DISPUTE_PRIOR, SMOOTHING, outcomes_table
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History

MONEY_SCALE = 100

_objection = partial(Feature, family="dispute", higher_is="worse", evidence=("dispute", "credit_note"))

FEATURES: tuple[Feature, ...] = (
    _objection("dispute_rate_365d", "number", "share", "Share of disputed or credited ones among the client's outcomes "
               "of the last 365 days, shrunk towards its whole history with the weight of two.", "invoice unknown",
               "in the last year the client disputed {value} of its invoices (others: {usual})"),
    _objection("dispute_cause_repeats", "count", "disputes", "Earlier disputes of the client, last 365 days, with the "
               "same cause as its newest one.", "the client never disputed, as far as we know",
               "the client raised its last objection {value} times before (usual: {usual})", evidence=("dispute",)),
    _objection("dispute_resolution_days", "number", "days", "Mean days from a dispute of the client to its resolution.",
               "no resolved dispute known", "the client's disputes take {value} days to resolve (others: {usual})",
               evidence=("dispute",)),
    _objection("project_objections", "count", "invoices", "Disputed or credited invoices of the client on the same "
               "project.", "invoice has no project", "{value} invoices of the project were disputed (usual: {usual})",
               evidence=("dispute", "credit_note", "invoice")),
    _objection("credited_share_365d", "number", "share", "Amount credited to the client in the last 365 days over the "
               "amount billed, both in the invoice's currency.", "nothing billed in the last 365 days",
               "{value} of what the client was billed in the last year was credited (others: {usual})",
               evidence=("credit_note", "invoice")),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    table, client = outcomes_table(context.history), context.key("client_id")
    whole = table.outcomes.before(client, context.as_of)
    rate = (whole.sum(table.disputed) + SMOOTHING * DISPUTE_PRIOR) / (whole.count() + SMOOTHING)
    year = table.outcomes.before(client, context.as_of, since=context.as_of - DAYS_RECENT * DAY_US)
    project = context.key("client_id", "project_id")
    on_project = by_project(context.history).before(project, context.as_of).count()
    return {
        "dispute_rate_365d": (year.sum(table.disputed) + 2.0 * rate) / (year.count() + 2.0),
        **_disputes(context),
        "project_objections": context.known(on_project, project >= 0),
        "credited_share_365d": _credited(context),
    }


def objections_by_invoice(history: History) -> EventIndex:
    """Every objection by (client, invoice)."""
    table = outcomes_table(history)
    return history.memo(
        "objections by invoice",
        lambda: EventIndex.build(np.where(table.objecting, table.invoice, -1), table.known_at),
    )


def by_project(history: History) -> EventIndex:
    """The first objection to each invoice, by client and the project that the invoice was known to have by then."""

    def make() -> EventIndex:
        table = outcomes_table(history)
        versions = history.index("invoice", "client_id", "invoice_id")
        rows = versions.before(np.where(table.first_objection, table.invoice, -1), table.known_at).latest_rows()
        return EventIndex.build(pick(history.codes("invoice", "client_id", "project_id"), rows), table.known_at)

    return history.memo("objections by project", make)


def _disputes(context: Context) -> dict[str, FloatArray]:
    history, client = context.history, context.key("client_id")
    first = history.first_versions("dispute")

    def index(*names: str) -> EventIndex:
        keys = np.where(first, history.codes("dispute", "client_id", *names), -1)
        return history.memo(("first disputes", names), lambda: history.index_by("dispute", keys))

    newest = index().before(client, context.as_of).latest_rows()
    cause = pick(history.codes("dispute", "client_id", "cause"), newest)
    same = index("cause").before(cause, context.as_of, since=context.as_of - DAYS_RECENT * DAY_US)
    closed, took = history.memo("resolved disputes", lambda: _resolved(history))
    return {
        "dispute_cause_repeats": context.known(np.maximum(same.count() - 1, 0.0), newest >= 0),
        "dispute_resolution_days": closed.before(client, context.as_of).mean(took),
    }


def _resolved(history: History) -> tuple[EventIndex, Sums]:
    """Disputes at their first end, by client, and the days since their first version was known (to 1/100)."""
    ended = history.first_where("ended", "dispute", history.equals("dispute", "status", "resolved", "withdrawn"))
    known_at, disputes = history.column("dispute", "known_at"), history.codes("dispute", "dispute_id")
    index = history.index_by("dispute", np.where(ended, history.codes("dispute", "client_id"), -1))
    opened = history.index("dispute", "dispute_id").before(disputes, np.full(len(disputes), NEVER)).first_rows()
    return index, index.sums((known_at - pick(known_at, opened, missing=0)) / DAY_US, scale=100)


def _credited(context: Context) -> FloatArray:
    history, key = context.history, context.key("client_id", "currency")
    first = history.first_versions("invoice")

    def make() -> tuple[tuple[EventIndex, Sums], ...]:
        notes = history.index("credit_note", "client_id", "currency")
        bills = history.index_by("invoice", np.where(first, history.codes("invoice", "client_id", "currency"), -1))
        return (
            (notes, notes.sums(history.column("credit_note", "amount"), scale=MONEY_SCALE)),
            (bills, bills.sums(history.column("invoice", "amount"), scale=MONEY_SCALE)),
        )

    since = context.as_of - DAYS_RECENT * DAY_US
    credited, billed = (
        index.before(key, context.as_of, since=since).sum(sums) for index, sums in history.memo("credited", make)
    )
    return divide(credited, billed)
