"""How long and in what form the client has been billed: tenure, usual currency and company, growth."""

from functools import partial

import numpy as np

from features.asof import DAY_US, EventIndex, Sums, days_between, divide, pick
from features.context import Context
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History

MONEY_SCALE = 100
GROWTH_DAYS = 90

_billing = partial(Feature, family="billing_history", evidence=("invoice",))

FEATURES: tuple[Feature, ...] = (
    _billing("client_tenure_days", "number", "days", "Days from the client's first known invoice to this one.",
             "first invoice of the client", "the client has been billed for {value} days (usual: {usual})"),
    _billing("currency_share", "number", "share", "Share of the client's earlier invoices in the same currency.",
             "first invoice of the client", "{value} of the client's invoices are in this currency (usual: {usual})"),
    _billing("entity_share", "number", "share", "Share of the client's earlier invoices from the same company of ours.",
             "no issuing company, or first invoice", "{value} of the client's invoices come from this company (usual: "
             "{usual})"),
    _billing("billing_growth", "number", "ratio", "Amount billed to the client in this currency in the 90 days before, "
             "over that of the 90 days before them.", "nothing billed in those earlier days",
             "the client was billed {value} times what it was billed in the quarter before (usual: {usual})"),
)  # fmt: skip


def _earlier(history: History, *names: str) -> EventIndex:
    """First versions of invoices by client and further keys."""

    def make() -> EventIndex:
        keys = history.codes("invoice", "client_id", *names)
        return history.index_by("invoice", np.where(history.first_versions("invoice"), keys, -1))

    return history.memo(("first invoices", names), make)


def _amounts(history: History) -> Sums:
    return history.memo(
        "first amounts",
        lambda: _earlier(history, "currency").sums(history.column("invoice", "amount"), scale=MONEY_SCALE),
    )


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    history, before = context.history, context.before
    client = _earlier(history).before(context.key("client_id"), before)
    first, number = client.first_rows(), client.count()
    tenure = days_between(pick(history.column("invoice", "known_at"), first, missing=0), before)
    entity = context.key("client_id", "legal_entity_id")
    currency, sums = _earlier(history, "currency"), _amounts(history)
    key = context.key("client_id", "currency")
    month, quarter = (before - days * DAY_US for days in (GROWTH_DAYS, 2 * GROWTH_DAYS))
    recent = currency.before(key, before, since=month).sum(sums)
    previous = currency.before(key, month, since=quarter).sum(sums)
    same_entity = _earlier(history, "legal_entity_id").before(entity, before).count()
    return {
        "client_tenure_days": context.known(tenure, first >= 0),
        "currency_share": divide(currency.before(key, before).count(), number),
        "entity_share": context.known(divide(same_entity, number), entity >= 0),
        "billing_growth": divide(recent, previous),
    }
