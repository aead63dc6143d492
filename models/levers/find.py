"""Everything that is actually wrong on one invoice and that somebody of ours can put right before it goes out."""

from collections.abc import Callable, Iterable

from features.recordset import History
from models.levers import evidence, header, lines, master, work
from models.levers.lever import Lever
from models.levers.view import InvoiceView

MAKERS: tuple[Callable[[InvoiceView], Iterable[Lever]], ...] = (
    header.purchase_order,
    header.company,
    header.currency,
    header.terms,
    lines.rates,
    lines.arithmetic,
    lines.duplicates,
    work.approve_timesheets,
    work.approve_invoice,
    evidence.milestones,
    evidence.change_orders,
    evidence.expenses,
    master.client_record,
    master.contract,
    master.project,
    master.transfer,
)


def find_levers(history: History, invoice_id: str, as_of: int) -> tuple[Lever, ...]:
    """Levers on an invoice, the least effort first; none for one that is unknown or has gone out.

    Args:
        history: records that cover the invoice (a slice, or a whole ledger).
        invoice_id: the invoice.
        as_of: the moment in microseconds since 1970 UTC.
    """
    view = InvoiceView(history, invoice_id, as_of)
    if not view.unsent:
        return ()
    found = [lever for make in MAKERS for lever in make(view)]
    return tuple(sorted(found, key=lambda lever: (lever.minutes, lever.code, lever.sentence)))
