"""How often and how recently the client has objected to invoices."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from features.asof import DAY_US, EventIndex, StateIndex, Sums
from features.context import Context
from features.feature import Feature
from features.matrix import BoolArray, FloatArray, IntArray
from features.recordset import History
from features.terms import objection_rows, settlements

SMOOTHING = 5.0
DISPUTE_PRIOR = 0.10
DAYS_RECENT = 365

_dispute = partial(Feature, family="dispute", higher_is="worse", evidence=("dispute", "credit_note"))

FEATURES: tuple[Feature, ...] = (
    _dispute("dispute_rate", "number", "share", "Disputed or credited invoices of the client over those whose outcome "
             f"is known, shrunk towards {DISPUTE_PRIOR:.2f} with the weight of {SMOOTHING:.0f} invoices.",
             "invoice unknown", "the client has disputed {value} of its invoices (others: {usual})"),
    _dispute("dispute_rate_recent", "number", "share", "Share of disputed ones among the client's last ten outcomes, "
             "shrunk towards the whole history with the weight of two.", "invoice unknown",
             "the client disputed {value} of its last ten invoices (others: {usual})"),
    _dispute("dispute_count", "count", "invoices", "Invoices of the client disputed or credited so far.",
             "invoice unknown", "the client has disputed {value} invoices so far (usual: {usual})"),
    _dispute("dispute_count_365d", "count", "invoices", "Those first known in the last 365 days.", "invoice unknown",
             "the client disputed {value} invoices in the last year (usual: {usual})"),
    _dispute("days_since_dispute", "number", "days", "Days since the client's last objection became known.",
             "the client never objected, as far as we know", "the client last objected {value} days ago (usual: "
             "{usual})", higher_is="better"),
    _dispute("disputes_open", "count", "disputes", "Disputes of the client that are not resolved.", "invoice unknown",
             "{value} disputes of the client are open (usual: {usual})", evidence=("dispute",)),
    _dispute("credit_notes_365d", "count", "credit notes", "Credit notes to the client in the last 365 days.",
             "invoice unknown", "the client got {value} credit notes in the last year (usual: {usual})",
             evidence=("credit_note",)),
)  # fmt: skip


@dataclass(frozen=True)
class Outcomes:
    """Objections and outcomes by client; an invoice counts once in each.

    Attributes:
        objections: the first objection to each invoice.
        outcomes: the first thing known of how each invoice ended: an objection or a settlement.
        disputed: 1 where that first thing was an objection.
        objecting: which event rows are objections.
        first_objection: which of them are the first to their invoice.
        invoice: code of (client, invoice) of all event rows.
        known_at: of all event rows, in microseconds.
    """

    objections: EventIndex
    outcomes: EventIndex
    disputed: Sums
    objecting: BoolArray
    first_objection: BoolArray
    invoice: IntArray
    known_at: IntArray


def outcomes_table(history: History) -> Outcomes:
    """Objections and outcomes of a history, ready for windows."""

    def make() -> Outcomes:
        masks = [*objection_rows(history).items(), ("invoice", settlements(history))]
        pair, client, known_at = (
            np.concatenate([column[mask] for (_, mask), column in zip(masks, columns, strict=True)])
            for columns in zip(*(_event_columns(history, kind) for kind, _ in masks), strict=True)
        )
        objecting = np.arange(len(pair)) < len(pair) - np.count_nonzero(masks[-1][1])
        outcomes = EventIndex.build(np.where(_first_rows(pair, known_at, ~objecting), client, -1), known_at)
        objections = _first_rows(np.where(objecting, pair, -1), known_at, ~objecting)
        return Outcomes(
            EventIndex.build(np.where(objections, client, -1), known_at),
            outcomes,
            outcomes.sums(objecting.astype(np.float64), scale=1),
            objecting,
            objections,
            pair,
            known_at,
        )

    return history.memo("outcomes", make)


def _event_columns(history: History, kind: str) -> tuple[IntArray, IntArray, IntArray]:
    pair, client = history.codes(kind, "client_id", "invoice_id"), history.codes(kind, "client_id")
    return pair, client, history.column(kind, "known_at")


def _first_rows(pair: IntArray, known_at: IntArray, last_among_equals: BoolArray) -> BoolArray:
    """Which rows are the first of their pair (pairs < 0 have none)."""
    order = np.lexsort((last_among_equals, known_at, pair))
    ordered = pair[order]
    starts = np.ones(len(pair), dtype=bool)
    starts[1:] = ordered[1:] != ordered[:-1]
    first = np.zeros(len(pair), dtype=bool)
    first[order[starts & (ordered >= 0)]] = True
    return first


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    table, client = outcomes_table(context.history), context.key("client_id")
    outcomes, objections = (index.before(client, context.as_of) for index in (table.outcomes, table.objections))
    number, disputed = outcomes.count(), objections.count()
    rate = (disputed + SMOOTHING * DISPUTE_PRIOR) / (number + SMOOTHING)
    recent = outcomes.last(10)
    year = context.as_of - DAYS_RECENT * DAY_US
    credit_notes = context.history.index("credit_note", "client_id").before(client, context.as_of, since=year)
    return {
        "dispute_rate": rate,
        "dispute_rate_recent": (recent.sum(table.disputed) + 2.0 * rate) / (recent.count() + 2.0),
        "dispute_count": disputed,
        "dispute_count_365d": table.objections.before(client, context.as_of, since=year).count(),
        "days_since_dispute": context.days_since(table.known_at, objections.latest_rows()),
        "disputes_open": _open(context.history).total(client, context.as_of),
        "credit_notes_365d": credit_notes.count(),
    }


def _open(history: History) -> StateIndex:
    def make() -> StateIndex:
        waiting = history.equals("dispute", "status", "open")
        keys = np.where(waiting, history.codes("dispute", "client_id"), -1)
        return StateIndex.build(
            keys, history.column("dispute", "known_at"), end=history.ends("dispute"), values=np.ones(len(keys))
        )

    return history.memo("open disputes", make)
