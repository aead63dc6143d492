"""Credit-and-rebill lineage: what an invoice replaces, how often it was replaced before, and why."""

from functools import partial

import numpy as np

from features.asof import DAY_US, EventIndex, pick
from features.context import Context
from features.families.objections import objections_by_invoice
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History

DEEPEST = 5

_rebill = partial(Feature, family="lineage", higher_is="worse", evidence=("document_link",))

FEATURES: tuple[Feature, ...] = (
    _rebill("rebill_depth", "count", "documents", "Length of the chain of rebills that ends in this invoice (at most "
            "five): 2 is a rebill of a rebill.", "invoice unknown",
            "this is rebill number {value} of the same work (usual: {usual})"),
    _rebill("rebills_objected", "flag", "", "It rebills an invoice of the client that was disputed or credited.",
            "invoice unknown", "it rebills an invoice that was disputed or credited ({value})",
            evidence=("document_link", "dispute", "credit_note")),
    _rebill("days_since_rebilled_credit", "number", "days", "Days since the credit note on the rebilled invoice became "
            "known.", "no rebill, or no credit note on what it rebills",
            "what it rebills was credited {value} days ago (usual: {usual})",
            evidence=("document_link", "credit_note")),
    _rebill("client_rebills_365d", "count", "documents", "Rebills for the client known in the last 365 days.",
            "invoice unknown", "the client was rebilled {value} times in the last year (usual: {usual})"),
)  # fmt: skip


def _rebills(history: History, name: str, *names: str) -> EventIndex:
    """Links that say of a document that it rebills another, by keys."""

    def make() -> EventIndex:
        rebilling = history.equals("document_link", "link", "rebills")
        return history.index_by("document_link", np.where(rebilling, history.codes("document_link", *names), -1))

    return history.memo(("rebills", name), make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    history = context.history
    links = _rebills(history, "by document", "client_id", "from_id")
    targets = history.codes("document_link", "client_id", "to_id")
    replaced = first = pick(targets, links.before(context.key("client_id", "invoice_id"), context.as_of).latest_rows())
    depth = np.zeros(len(context))
    for _ in range(DEEPEST):
        depth += replaced >= 0
        replaced = pick(targets, links.before(replaced, context.as_of).latest_rows())
    credited = history.index("credit_note", "client_id", "invoice_id").before(first, context.as_of).latest_rows()
    year = context.as_of - 365 * DAY_US
    yearly = _rebills(history, "by client", "client_id").before(context.key("client_id"), context.as_of, since=year)
    return {
        "rebill_depth": depth,
        "rebills_objected": np.minimum(objections_by_invoice(history).before(first, context.as_of).count(), 1.0),
        "days_since_rebilled_credit": context.days_since(history.column("credit_note", "known_at"), credited),
        "client_rebills_365d": yearly.count(),
    }
