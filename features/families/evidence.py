"""What an invoice must carry and may lack: purchase order, accepted milestones, receipts, client master data."""

from functools import partial

import numpy as np

from features.asof import divide
from features.context import Context, days
from features.current import Pairs
from features.feature import Feature
from features.matrix import BoolArray, FloatArray

_evidence = partial(Feature, family="evidence", higher_is="worse", actionable=True)

FEATURES: tuple[Feature, ...] = (
    _evidence("po_required", "flag", "", "Contract or client refuses invoices without a purchase order.",
              "neither contract nor client known", "a purchase order is required: {value}", actionable=False,
              evidence=("contract", "client")),
    _evidence("po_missing", "flag", "", "A purchase order is required and the invoice has none.",
              "neither contract nor client known", "the required purchase order number is missing ({value})",
              evidence=("invoice", "contract", "client")),
    _evidence("po_mismatch", "flag", "", "The purchase order differs from the contract's.",
              "invoice or contract has none", "the purchase order is not the contract's ({value})",
              evidence=("invoice", "contract")),
    _evidence("milestones_not_accepted", "count", "milestones", "Billed milestones that the client has not accepted.",
              "invoice unknown", "{value} billed milestones are not accepted (usual: {usual})",
              evidence=("milestone", "invoice_line")),
    _evidence("milestones_without_evidence", "count", "milestones",
              "Billed milestones without a reference of the signed acceptance.", "invoice unknown",
              "{value} billed milestones lack the acceptance document (usual: {usual})",
              evidence=("milestone", "invoice_line")),
    _evidence("milestones_late", "count", "milestones", "Milestones of the project that were due by the invoice date "
              "and are not accepted.", "invoice has no project",
              "{value} milestones of the project are past their day (usual: {usual})", evidence=("milestone",)),
    _evidence("unaccepted_amount_share", "number", "share", "Share of the line amounts on unaccepted milestones.",
              "no lines", "{value} of the amount bills milestones that are not accepted (usual: {usual})",
              evidence=("milestone", "invoice_line")),
    _evidence("receipts_missing", "count", "expenses", "Billed expenses without a receipt on file.", "invoice unknown",
              "{value} billed expenses have no receipt (usual: {usual})", evidence=("expense", "invoice_line")),
    _evidence("receipts_missing_share", "number", "share", "Share of the line amounts on them.", "no lines",
              "{value} of the amount are expenses without receipt (usual: {usual})",
              evidence=("expense", "invoice_line")),
    _evidence("expenses_not_approved", "count", "expenses", "Billed expenses that are not approved.", "invoice unknown",
              "{value} billed expenses are not approved (usual: {usual})", evidence=("expense", "invoice_line")),
    _evidence("billing_contact_missing", "flag", "", "The client's record has no billing contact.", "client unknown",
              "the client has no billing contact ({value})", evidence=("client",)),
    _evidence("tax_id_missing", "flag", "", "The client's record has no tax number.", "client unknown",
              "the client has no tax number ({value})", evidence=("client",)),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    client = context.entity("client")
    return {
        **_purchase_order(context),
        **_milestones(context),
        **_expenses(context),
        "billing_contact_missing": 1 - context.flag(context.history.present("client", "billing_contact"), client),
        "tax_id_missing": 1 - context.flag(context.history.present("client", "tax_id"), client),
    }


def _purchase_order(context: Context) -> dict[str, FloatArray]:
    demands = [context.gather(kind, "po_required", context.entity(kind)) for kind in ("contract", "client")]
    required = np.fmax(*demands)
    has_number = context.flag(context.history.present("invoice", "po_number"), context.rows)
    own, agreed = context.key("po_number"), context.entity_key("contract", "po_number")
    return {
        "po_required": required,
        "po_missing": np.where(np.isnan(required), np.nan, (required == 1) & (has_number == 0)),
        "po_mismatch": context.known((own != agreed).astype(np.float64), (own >= 0) & (agreed >= 0)),
    }


def billed(context: Context, kind: str, mask: BoolArray) -> tuple[Pairs, FloatArray]:
    """Lines that bill a milestone, expense or change order for which ``mask`` holds, and their share of all lines.

    A line whose milestone (expense, change order) is not in the ledger yet counts as well: nothing vouches for it.
    """
    history, lines = context.history, context.lines
    codes = history.codes("invoice_line", f"{kind}_id")[lines.row]
    rows = history.index(kind, f"{kind}_id").before(codes, context.as_of[lines.query]).latest_rows()
    holds = mask[rows] if len(mask) else np.ones(len(rows), dtype=bool)
    found = lines.where((codes >= 0) & (holds | (rows < 0)))
    amounts = history.column("invoice_line", "amount")
    share = divide(found.sum(np.abs(amounts[found.row])), lines.sum(np.abs(amounts[lines.row])))
    return found, share


def _milestones(context: Context) -> dict[str, FloatArray]:
    history = context.history
    open_lines, share = billed(context, "milestone", ~history.equals("milestone", "status", "accepted"))
    bare_lines, _ = billed(context, "milestone", ~history.present("milestone", "evidence_ref"))
    return {
        "milestones_not_accepted": open_lines.count(),
        "milestones_without_evidence": bare_lines.count(),
        "milestones_late": _late_milestones(context),
        "unaccepted_amount_share": share,
    }


def _late_milestones(context: Context) -> FloatArray:
    history, project = context.history, context.key("project_id")
    planned = context.pairs("milestone", ("project_id",), project)
    open_yet = ~history.equals("milestone", "status", "accepted")[planned.row]
    due = days(history.column("milestone", "due_on"))[planned.row]
    return context.known(
        planned.where(open_yet & (due <= context.day("invoice_date")[planned.query])).count(), project >= 0
    )


def _expenses(context: Context) -> dict[str, FloatArray]:
    history = context.history
    bare, share = billed(context, "expense", history.column("expense", "receipt_attached") != 1)
    waiting, _ = billed(context, "expense", ~history.equals("expense", "status", "approved"))
    return {
        "receipts_missing": bare.count(),
        "receipts_missing_share": share,
        "expenses_not_approved": waiting.count(),
    }
