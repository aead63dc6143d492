"""Levers on the papers behind an invoice: acceptance, receipts, and the client's signature on changes."""

from collections.abc import Iterable

from ledger.records.billing import Cause
from models.levers.lever import TO_BE_FILED, Change, Lever, Owner
from models.levers.view import InvoiceView, counted, named

_ACCEPT_MINUTES, _FILE_MINUTES, _SIGN_MINUTES = 90, 15, 120
_PER_RECEIPT_MINUTES, _PER_EXPENSE_MINUTES = 10, 3
_CAUSES = {
    "accept_milestone": Cause.MILESTONE_NOT_ACCEPTED,
    "file_acceptance": Cause.MILESTONE_NOT_ACCEPTED,
    "sign_change_order": Cause.CHANGE_ORDER,
    "attach_receipts": Cause.OTHER,
}


def milestones(view: InvoiceView) -> Iterable[Lever]:
    """For every billed milestone: the client's acceptance, or the paper that proves it."""
    for row in view.billed("milestone"):
        milestone_id = str(view.get("milestone", row, "milestone_id"))
        reference = view.get("milestone", row, "evidence_ref")
        if view.get("milestone", row, "status") != "accepted":
            columns = {"status": "accepted", "accepted_on": view.today, "evidence_ref": reference or TO_BE_FILED}
            sentence = f"Get the client's written acceptance of milestone {milestone_id}, and file it"
            accepted = (view.change("milestone", row, **columns), *map(view.granted, view.requests(milestone_id)))
            yield _managers(view, "accept_milestone", sentence, _ACCEPT_MINUTES, accepted)
        elif not reference:
            sentence = f"File the client's signed acceptance of milestone {milestone_id}"
            filed = (view.change("milestone", row, evidence_ref=TO_BE_FILED),)
            yield _managers(view, "file_acceptance", sentence, _FILE_MINUTES, filed)


def change_orders(view: InvoiceView) -> Iterable[Lever]:
    """For every billed change order that nobody has signed yet: the signature. A refused one cannot be cleared so."""
    for row in view.billed("change_order"):
        if view.get("change_order", row, "status") in ("draft", "pending"):
            order_id = str(view.get("change_order", row, "change_order_id"))
            sentence = f"Get change order {order_id} signed by the client before it is billed"
            signed = view.change("change_order", row, status="approved")
            changes = (signed, *map(view.granted, view.requests(order_id)))
            yield _managers(view, "sign_change_order", sentence, _SIGN_MINUTES, changes)


def expenses(view: InvoiceView) -> Iterable[Lever]:
    """Receipts for the billed expenses, and their approval."""
    billed = view.billed("expense")
    bare = [row for row in billed if not view.get("expense", row, "receipt_attached")]
    waiting = [row for row in billed if view.get("expense", row, "status") != "approved"]
    if bare:
        sentence = f"Attach the receipts of {_listed(view, bare)}"
        attached = tuple(view.change("expense", row, receipt_attached=1.0) for row in bare)
        yield _managers(view, "attach_receipts", sentence, _PER_RECEIPT_MINUTES * len(bare), attached)
    if waiting:
        yield Lever(
            code="approve_expenses",
            sentence=f"Have {view.manager_id or 'the project manager'} approve {_listed(view, waiting)}",
            owner=Owner.APPROVER,
            owner_id=view.manager_id,
            minutes=_PER_EXPENSE_MINUTES * len(waiting),
            changes=view.approved("expense", waiting),
        )


def _listed(view: InvoiceView, rows: list[int]) -> str:
    ids = [str(view.get("expense", row, "expense_id")) for row in rows]
    return f"{counted(len(rows), 'billed expense')} ({named(ids)})"


def _managers(view: InvoiceView, code: str, sentence: str, minutes: int, changes: tuple[Change, ...]) -> Lever:
    """What the project manager gets from the client or the team."""
    return Lever(code, sentence, Owner.PROJECT_MANAGER, minutes, changes, cause=_CAUSES[code], owner_id=view.manager_id)
