"""Levers on the papers behind an invoice: acceptance, receipts, and the client's signature on changes."""

from collections.abc import Iterable

from ledger.records.billing import Cause
from models.levers.lever import TO_BE_FILED, Change, Lever, Owner
from models.levers.view import InvoiceView, counted, named

_ACCEPT_MINUTES, _FILE_MINUTES, _SIGN_MINUTES = 90, 15, 120
_PER_RECEIPT_MINUTES, _PER_EXPENSE_MINUTES = 10, 3


def milestones(view: InvoiceView) -> Iterable[Lever]:
    """For every billed milestone: the client's acceptance, or the paper that proves it."""
    for row in view.billed("milestone"):
        milestone_id = str(view.get("milestone", row, "milestone_id"))
        reference = view.get("milestone", row, "evidence_ref")
        if view.get("milestone", row, "status") != "accepted":
            columns = {"status": "accepted", "accepted_on": view.today, "evidence_ref": reference or TO_BE_FILED}
            yield _acceptance(view, milestone_id, view.change("milestone", row, **columns))
        elif not reference:
            yield Lever(
                code="file_acceptance",
                sentence=f"File the client's signed acceptance of milestone {milestone_id}",
                owner=Owner.PROJECT_MANAGER,
                owner_id=view.manager_id,
                minutes=_FILE_MINUTES,
                cause=Cause.MILESTONE_NOT_ACCEPTED,
                changes=(view.change("milestone", row, evidence_ref=TO_BE_FILED),),
            )


def _acceptance(view: InvoiceView, milestone_id: str, change: Change) -> Lever:
    return Lever(
        code="accept_milestone",
        sentence=f"Get the client's written acceptance of milestone {milestone_id}, and file it",
        owner=Owner.PROJECT_MANAGER,
        owner_id=view.manager_id,
        minutes=_ACCEPT_MINUTES,
        cause=Cause.MILESTONE_NOT_ACCEPTED,
        changes=(change, *map(view.granted, view.requests(milestone_id))),
    )


def change_orders(view: InvoiceView) -> Iterable[Lever]:
    """For every billed change order that nobody has signed yet: the signature. A refused one cannot be cleared so."""
    for row in view.billed("change_order"):
        if view.get("change_order", row, "status") not in ("draft", "pending"):
            continue
        order_id = str(view.get("change_order", row, "change_order_id"))
        signed = view.change("change_order", row, status="approved")
        yield Lever(
            code="sign_change_order",
            sentence=f"Get change order {order_id} signed by the client before it is billed",
            owner=Owner.PROJECT_MANAGER,
            owner_id=view.manager_id,
            minutes=_SIGN_MINUTES,
            cause=Cause.CHANGE_ORDER,
            changes=(signed, *map(view.granted, view.requests(order_id))),
        )


def expenses(view: InvoiceView) -> Iterable[Lever]:
    """Receipts for the billed expenses, and their approval."""
    billed = view.billed("expense")
    bare = [row for row in billed if not view.get("expense", row, "receipt_attached")]
    waiting = [row for row in billed if view.get("expense", row, "status") != "approved"]
    if bare:
        what = f"the receipts of {counted(len(bare), 'billed expense')} ({named(_ids(view, bare))})"
        yield Lever(
            code="attach_receipts",
            sentence=f"Attach {what}",
            owner=Owner.PROJECT_MANAGER,
            owner_id=view.manager_id,
            minutes=_PER_RECEIPT_MINUTES * len(bare),
            cause=Cause.OTHER,
            changes=tuple(view.change("expense", row, receipt_attached=1.0) for row in bare),
        )
    if waiting:
        yield _approve(view, waiting)


def _approve(view: InvoiceView, waiting: list[int]) -> Lever:
    ids = _ids(view, waiting)
    changes = [view.change("expense", row, status="approved") for row in waiting]
    changes += [view.granted(request) for one in ids for request in view.requests(one)]
    what = f"{counted(len(waiting), 'billed expense')} ({named(ids)})"
    return Lever(
        code="approve_expenses",
        sentence=f"Have {view.manager_id or 'the project manager'} approve {what}",
        owner=Owner.APPROVER,
        owner_id=view.manager_id,
        minutes=_PER_EXPENSE_MINUTES * len(waiting),
        changes=tuple(changes),
    )


def _ids(view: InvoiceView, rows: list[int]) -> list[str]:
    return [str(view.get("expense", row, "expense_id")) for row in rows]
