"""Whether the invoice bills what was agreed: rates, totals, terms, and the cap."""

from functools import partial

import numpy as np

from features.asof import StateIndex, current, divide, take
from features.context import Context
from features.feature import Feature
from features.matrix import FloatArray, IntArray
from features.recordset import History
from ledger.read import NO_MOMENT

RATE_TOLERANCE = 0.001
MONEY_SCALE = 100

_rate = partial(Feature, family="contract", higher_is="worse", evidence=("invoice_line", "rate_card", "contract"))

FEATURES: tuple[Feature, ...] = (
    _rate("rate_excess_max", "number", "share", "Largest (line rate / agreed rate - 1) among lines with a role.",
          "no line with an agreed rate", "a line is billed {value} above the rate card (usual: {usual})",
          actionable=True),
    _rate("rate_deviation_mean", "number", "share", "Mean of |line rate / agreed rate - 1| over those lines.",
          "no line with an agreed rate", "line rates differ by {value} from the rate card (usual: {usual})",
          actionable=True),
    _rate("lines_off_card", "count", "lines", "Lines whose rate is not the agreed one (0.1 % tolerance).",
          "invoice unknown", "{value} lines are not at the agreed rate (usual: {usual})", actionable=True),
    _rate("lines_without_card", "count", "lines", "Time lines with a role for which no agreed rate is known.",
          "contract has no rate card", "{value} lines have no agreed rate (usual: {usual})", actionable=True),
    _rate("lines_total_gap", "number", "share", "|sum of lines - invoice amount| over |invoice amount|.", "no lines",
          "lines and total differ by {value} (usual: {usual})", actionable=True, evidence=("invoice", "invoice_line")),
    _rate("line_arithmetic_gap", "number", "share", "Largest |quantity x rate - line amount| over |line amount|.",
          "no lines", "a line's amount is off its quantity times rate by {value} (usual: {usual})", actionable=True,
          evidence=("invoice_line",)),
    _rate("cap_usage", "number", "share", "Billed on the contract, this invoice included, over the cap plus approved "
          "change orders.", "contract without a cap", "the contract's cap is used to {value} (usual: {usual})",
          evidence=("invoice", "contract", "change_order")),
    _rate("value_usage", "number", "share", "The same over the agreed contract value plus approved change orders.",
          "contract without a value", "the agreed value is billed to {value} (usual: {usual})",
          evidence=("invoice", "contract", "change_order")),
    _rate("terms_gap_days", "number", "days", "Payment terms on the invoice less those of the contract.",
          "no terms on one of them", "payment terms are {value} days off the contract (usual: {usual})",
          higher_is="either", actionable=True, evidence=("invoice", "contract")),
    _rate("contract_unsigned", "flag", "", "The contract is not signed.", "contract unknown",
          "the contract is not signed ({value})", actionable=True, evidence=("contract",)),
    _rate("days_past_contract_end", "number", "days", "Days from the contract's last day to the end of the billed "
          "period (or the invoice date).", "contract has no last day",
          "the billed work ends {value} days after the contract (usual: {usual})", evidence=("contract", "invoice")),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    contract = context.entity("contract")
    invoice_day, period_end = context.day("invoice_date"), context.day("period_end")
    work_day = np.where(np.isnan(period_end), invoice_day, period_end)
    terms = context.number("payment_terms_days")
    terms = np.where(np.isnan(terms), context.day("due_date") - invoice_day, terms)
    return {
        **_against_card(context, work_day),
        **_arithmetic(context),
        **_usage(context),
        "terms_gap_days": terms - context.gather("contract", "payment_terms_days", contract),
        "contract_unsigned": 1 - context.gather("contract", "signed", contract),
        "days_past_contract_end": work_day - context.gather_day("contract", "end_on", contract),
    }


def _against_card(context: Context, work_day: FloatArray) -> dict[str, FloatArray]:
    history = context.history
    roled = history.present("invoice_line", "role") & history.equals(
        "invoice_line", "line_kind", "time", "change_order"
    )
    lines = context.lines.where(roled[context.lines.row])
    card = context.entity_key("contract", "rate_card_id")[lines.query]
    keys = history.join(card, history.codes("invoice_line", "role")[lines.row])
    agreed = agreed_rates(history, keys, context.as_of[lines.query], work_day[lines.query])
    deviation = divide(history.column("invoice_line", "unit_rate")[lines.row], agreed) - 1
    priced = lines.where(~np.isnan(deviation))
    known = deviation[~np.isnan(deviation)]
    off = lines.where(np.abs(deviation) > RATE_TOLERANCE)
    has_card = context.entity_key("contract", "rate_card_id") >= 0
    return {
        "rate_excess_max": priced.largest(known),
        "rate_deviation_mean": divide(priced.sum(np.abs(known)), priced.count()),
        "lines_off_card": off.count(),
        "lines_without_card": context.known(lines.where(np.isnan(agreed)).count(), has_card),
    }


def agreed_rates(history: History, keys: IntArray, as_of: IntArray, day: FloatArray) -> FloatArray:
    """Agreed rate per (card, role) valid on a day, as known at ``as_of``; the latest ``valid_from`` wins."""
    query, row = history.index("rate_card", "rate_card_id", "role").before(keys, as_of).pairs()
    columns = history.columns("rate_card")
    start, stop = columns["valid_from"][row], columns["valid_to"][row]
    valid = (start <= day[query]) & ((stop == NO_MOMENT) | (stop >= day[query]))
    valid &= current(row, as_of[query], history.ends("rate_card"))
    query, row, start = query[valid], row[valid], start[valid]
    # Pairs come in the order in which they became known; a stable sort keeps it among equal starts.
    order = np.lexsort((start, query))
    chosen = np.full(len(keys), -1, dtype=np.int64)
    chosen[query[order]] = row[order]
    return take(columns["rate"], chosen)


def _arithmetic(context: Context) -> dict[str, FloatArray]:
    columns, lines = context.history.columns("invoice_line"), context.lines
    amounts = columns["amount"][lines.row]
    computed = columns["quantity"][lines.row] * columns["unit_rate"][lines.row]
    total = context.known(lines.sum(amounts), lines.count() > 0)
    amount = context.number("amount")
    return {
        "lines_total_gap": divide(np.abs(total - amount), np.abs(amount)),
        "line_arithmetic_gap": lines.largest(divide(np.abs(computed - amounts), np.abs(amounts))),
    }


def billed_state(history: History, key: str) -> StateIndex:
    """Net amount of invoices in force, by client and contract or project."""

    def make() -> StateIndex:
        counted = ~history.equals("invoice", "status", "cancelled", "credited")
        return StateIndex.build(
            np.where(counted, history.codes("invoice", "client_id", key), -1),
            history.column("invoice", "known_at"),
            end=history.ends("invoice"),
            values=history.column("invoice", "amount"),
            scale=MONEY_SCALE,
        )

    return history.memo(("billed on", key), make)


def billed_on(context: Context, key: str) -> FloatArray:
    """Net amount of the client's invoices in force on a contract or project, this invoice counted at its own amount."""
    return billed_state(context.history, key).total(context.key("client_id", key), context.as_of)


def approved_changes(history: History) -> StateIndex:
    """Amount of approved change orders by contract."""
    approved = history.equals("change_order", "status", "approved")
    return history.memo(
        "approved change orders",
        lambda: StateIndex.build(
            np.where(approved, history.codes("change_order", "contract_id"), -1),
            history.column("change_order", "known_at"),
            end=history.ends("change_order"),
            values=history.column("change_order", "amount"),
            scale=MONEY_SCALE,
        ),
    )


def _usage(context: Context) -> dict[str, FloatArray]:
    contract = context.entity("contract")
    raised = approved_changes(context.history).total(context.entity_codes("contract"), context.as_of)
    amount = billed_on(context, "contract_id")
    limits = {"cap_usage": "cap_amount", "value_usage": "value_amount"}
    return {
        name: divide(amount, context.gather("contract", column, contract) + raised) for name, column in limits.items()
    }
