"""What the client has been billed before, and whether this invoice looks like one of those."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from features.asof import DAY_US, EventIndex, Sums, divide, take
from features.context import Context
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History

LOG_SCALE = 10_000
# A client whose amounts never vary still has this spread (log10), so that a cent of difference is no surprise.
SMALLEST_SPREAD = 0.05
DUPLICATE_DAYS = 120

_billing = partial(Feature, family="billing_history", evidence=("invoice",))
_FIRST = "first invoice of the client in this currency"

FEATURES: tuple[Feature, ...] = (
    _billing("prior_invoices", "count", "invoices", "Invoices of the client known before this one.", "invoice unknown",
             "the client has had {value} invoices before (usual: {usual})"),
    _billing("prior_invoices_30d", "count", "invoices", "Those of the last 30 days.", "invoice unknown",
             "the client was billed {value} times in the last 30 days (usual: {usual})"),
    _billing("prior_project_invoices", "count", "invoices", "Invoices of the client on the same project before.",
             "invoice has no project", "the project has had {value} invoices before (usual: {usual})"),
    _billing("amount_z", "number", "standard deviations", "log10 amount against the client's earlier invoices in this "
             "currency.", _FIRST, "the amount is {value} standard deviations above this client's usual"),
    _billing("amount_unusual", "number", "standard deviations", "The same without its sign.", _FIRST,
             "the amount is {value} standard deviations away from this client's usual", higher_is="worse"),
    _billing("amount_to_median", "number", "log10", "log10 of the amount over the median of the client's last 20 "
             "amounts in this currency.", _FIRST, "the amount is {value} times the client's median"),
    _billing("days_since_invoice", "number", "days", "Days since the client's previous invoice became known.",
             "first invoice of the client", "the previous invoice was {value} days before (usual: {usual})"),
    _billing("cadence_ratio", "number", "ratio", "That gap over the client's mean gap.",
             "fewer than two earlier invoices", "the gap to the previous invoice is {value} times the usual one"),
    _billing("method_share", "number", "share", "Share of the client's earlier invoices with the same billing method.",
             "no billing method, or first invoice", "{value} of the client's invoices are billed this way "
             "(usual: {usual})"),
    _billing("possible_duplicates", "count", "invoices", "Earlier invoices in force of the client with the same amount "
             "and currency, known in the 120 days before.", "invoice unknown",
             "{value} earlier invoices of the client have the same amount (usual: {usual})", higher_is="worse",
             actionable=True),
    _billing("same_period_invoices", "count", "invoices", "Earlier invoices in force on the same project for a period "
             "with the same first day.", "no project or no period",
             "{value} earlier invoices bill the same period (usual: {usual})", higher_is="worse", actionable=True),
)  # fmt: skip


@dataclass(frozen=True)
class _Earlier:
    """First versions of invoices by client, and by client and currency."""

    by_client: EventIndex
    by_project: EventIndex
    by_currency: EventIndex
    by_method: EventIndex
    logs: FloatArray
    log_sums: Sums


def _earlier(history: History) -> _Earlier:
    def make() -> _Earlier:
        first = history.first_versions("invoice")
        logs = np.log10(1.0 + np.abs(history.column("invoice", "amount")))

        def index(*names: str) -> EventIndex:
            return history.index_by("invoice", np.where(first, history.codes("invoice", "client_id", *names), -1))

        by_currency = index("currency")
        return _Earlier(
            index(),
            index("project_id"),
            by_currency,
            index("billing_method"),
            logs,
            by_currency.sums(logs, scale=LOG_SCALE),
        )

    return history.memo("earlier invoices", make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    return {**_counts(context), **_amounts(context), **_cadence(context), **_lookalikes(context)}


def _counts(context: Context) -> dict[str, FloatArray]:
    earlier, client = _earlier(context.history), context.key("client_id")
    month = earlier.by_client.before(client, context.before, since=context.before - 30 * DAY_US)
    project = context.key("client_id", "project_id")
    number = earlier.by_client.before(client, context.before).count()
    method = context.key("client_id", "billing_method")
    same = context.known(earlier.by_method.before(method, context.before).count(), method >= 0)
    return {
        "prior_invoices": number,
        "prior_invoices_30d": month.count(),
        "prior_project_invoices": context.known(
            earlier.by_project.before(project, context.before).count(), project >= 0
        ),
        "method_share": divide(same, number),
    }


def _amounts(context: Context) -> dict[str, FloatArray]:
    earlier = _earlier(context.history)
    window = earlier.by_currency.before(context.key("client_id", "currency"), context.before)
    log = take(earlier.logs, context.rows)
    spread = np.fmax(window.std(earlier.log_sums), SMALLEST_SPREAD)
    z = (log - window.mean(earlier.log_sums)) / spread
    return {
        "amount_z": z,
        "amount_unusual": np.abs(z),
        "amount_to_median": log - window.quantile(earlier.logs, 0.5, last=20),
    }


def _cadence(context: Context) -> dict[str, FloatArray]:
    known_at = context.history.column("invoice", "known_at")
    window = _earlier(context.history).by_client.before(context.key("client_id"), context.before)
    newest, oldest = window.latest_rows(), window.first_rows()
    some = newest >= 0
    if not len(known_at):
        return {name: np.full(len(context), np.nan) for name in ("days_since_invoice", "cadence_ratio")}
    gap = np.where(some, (context.before - known_at[newest]) / DAY_US, np.nan)
    span = np.where(some, (known_at[newest] - known_at[oldest]) / DAY_US, np.nan)
    return {"days_since_invoice": gap, "cadence_ratio": divide(gap, divide(span, window.count() - 1))}


def _lookalikes(context: Context) -> dict[str, FloatArray]:
    history = context.history
    standing = ~history.equals("invoice", "status", "cancelled", "credited")
    alike = context.pairs(
        "invoice", ("client_id", "currency", "amount"), context.key("client_id", "currency", "amount")
    )
    period = context.pairs("invoice", ("project_id", "period_start"), context.key("project_id", "period_start"))
    own = context.invoice_codes
    ids, known_at = history.codes("invoice", "invoice_id"), history.first_known_rows()
    counts = []
    for pairs, reach_us in ((alike, DUPLICATE_DAYS * DAY_US), (period, None)):
        gap = context.before[pairs.query] - known_at[pairs.row]
        earlier = (gap > 0) & standing[pairs.row] & (ids[pairs.row] != own[pairs.query])
        counts.append(pairs.where(earlier & (gap <= reach_us) if reach_us else earlier).count())
    known = (context.key("project_id") >= 0) & ~np.isnan(context.day("period_start"))
    return {"possible_duplicates": counts[0], "same_period_invoices": context.known(counts[1], known)}
