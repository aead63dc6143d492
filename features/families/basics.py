"""What stands on the invoice itself: size, terms, lines, channel, and how long it took to be written."""

from functools import partial

import numpy as np

from features.asof import DAY_US, divide
from features.context import Context
from features.feature import Feature
from features.matrix import FloatArray
from features.reach import FX_WINDOW_DAYS

_basic = partial(Feature, family="invoice", evidence=("invoice",))

FEATURES: tuple[Feature, ...] = (
    _basic("log_amount", "number", "log10 currency", "Size: log10(1 + |net amount|) in its own currency.",
           "invoice unknown", "the invoice amount is {value}, usually {usual}"),
    _basic("log_amount_group", "number", "log10 group currency",
           "The same in group currency, at the newest rate that became known within 45 days.",
           "no exchange rate known", "the invoice amount in group currency is {value}, usually {usual}",
           evidence=("invoice", "fx_rate")),
    _basic("negative_amount", "flag", "", "The invoice total is below zero.", "invoice unknown",
           "the invoice total is negative ({value})", higher_is="worse"),
    _basic("tax_share", "number", "share", "Tax amount over net amount.", "no tax amount or no net amount",
           "tax is {value} of the net amount, usually {usual}", actionable=True),
    _basic("terms_days", "number", "days", "Days from invoice date to due date.", "no due date and no terms",
           "payment terms are {value} days, usually {usual}"),
    _basic("line_count", "count", "lines", "Lines on the invoice.", "invoice unknown",
           "the invoice has {value} lines, usually {usual}", evidence=("invoice_line",)),
    _basic("period_days", "number", "days", "Length of the billed period.", "no billed period",
           "the billed period is {value} days long, usually {usual}"),
    _basic("backdated_days", "number", "days", "Days from the date printed on the invoice to its entry.",
           "invoice unknown", "the invoice was entered {value} days after its date, usually {usual}",
           higher_is="worse", actionable=True),
    _basic("billing_lag_days", "number", "days", "Days from the end of the billed period (or the day the work became "
           "billable) to the entry of the invoice.", "neither is recorded",
           "billing took {value} days after the work, usually {usual}", higher_is="worse"),
    _basic("sent_electronically", "flag", "", "Delivered electronically or by portal rather than on paper.",
           "delivery channel not recorded", "electronic delivery is {value} (usually {usual})", higher_is="better",
           actionable=True),
    _basic("client_electronic", "flag", "", "The client had switched to electronic invoices by the invoice date.",
           "client unknown", "the client takes electronic invoices: {value} (usually {usual})", higher_is="better",
           evidence=("client",)),
    _basic("client_electronic_days", "number", "days", "Days since the client switched to electronic invoices.",
           "the client has not, as far as we know", "the client switched to electronic invoices {value} days ago",
           evidence=("client",)),
    _basic("method_time_and_materials", "flag", "", "Billed by time and materials.", "invoice unknown",
           "billed by time and materials: {value}"),
    _basic("method_milestone", "flag", "", "Billed by milestone.", "invoice unknown", "billed by milestone: {value}"),
    _basic("method_fixed_fee", "flag", "", "Billed as a fixed fee.", "invoice unknown",
           "billed as a fixed fee: {value}"),
    _basic("intercompany", "flag", "", "The client is one of our own companies.", "invoice unknown",
           "intercompany invoice: {value}"),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    amount = context.number("amount")
    invoice_day = context.day("invoice_date")
    return {
        "log_amount": np.log10(1.0 + np.abs(amount)),
        "log_amount_group": _log_group_amount(context, amount),
        "negative_amount": np.where(np.isnan(amount), np.nan, amount < 0),
        "tax_share": divide(context.number("tax_amount"), amount),
        "terms_days": _terms(context, invoice_day),
        "line_count": line_count(context),
        "period_days": context.day("period_end") - context.day("period_start") + 1,
        **_lags(context, invoice_day),
        **_channel(context, invoice_day),
        "method_time_and_materials": context.is_one_of("billing_method", "time_and_materials"),
        "method_milestone": context.is_one_of("billing_method", "milestone"),
        "method_fixed_fee": context.is_one_of("billing_method", "fixed_fee"),
        "intercompany": context.number("intercompany"),
    }


def _log_group_amount(context: Context, amount: FloatArray) -> FloatArray:
    history, keys = context.history, context.key("currency")
    since = context.as_of - FX_WINDOW_DAYS * DAY_US
    rows = history.index("fx_rate", "currency").before(keys, context.as_of, since=since).latest_rows()
    return np.log10(1.0 + np.abs(amount * context.gather("fx_rate", "rate", rows)))


def _terms(context: Context, invoice_day: FloatArray) -> FloatArray:
    printed = context.day("due_date") - invoice_day
    return np.where(np.isnan(printed), context.number("payment_terms_days"), printed)


def line_count(context: Context) -> FloatArray:
    """Lines in force on each invoice."""
    return context.lines.count()


def _lags(context: Context, invoice_day: FloatArray) -> dict[str, FloatArray]:
    entered = np.floor(context.before / DAY_US)
    ready = np.where(np.isnan(context.day("billable_on")), context.day("period_end"), context.day("billable_on"))
    return {"backdated_days": entered - invoice_day, "billing_lag_days": entered - ready}


def _channel(context: Context, invoice_day: FloatArray) -> dict[str, FloatArray]:
    electronic = context.is_one_of("delivery_channel", "electronic", "portal", "email", "edi")
    recorded = context.flag(context.history.present("invoice", "delivery_channel"), context.rows)
    client = context.entity("client")
    since = context.gather_day("client", "electronic_since", client)
    switched = since <= invoice_day
    return {
        "sent_electronically": np.where(recorded == 1, electronic, np.nan),
        "client_electronic": np.where(client >= 0, switched, np.nan),
        "client_electronic_days": np.where(switched, invoice_day - since, np.nan),
    }
