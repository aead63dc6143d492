"""Levers on an invoice's header: purchase order, company, currency and terms as the contract has them."""

from collections.abc import Iterable
from typing import Any

from ledger.records.billing import Cause
from models.levers.lever import TO_BE_FILED, Lever, Owner
from models.levers.view import InvoiceView

_TYPE_MINUTES, _ASK_MINUTES = 5, 45


def purchase_order(view: InvoiceView) -> Iterable[Lever]:
    """The contract's purchase order on the invoice; where the contract has none, the client must give one."""
    if view.header("intercompany"):
        return  # our own companies bill each other outside the client's contract
    own, agreed = view.header("po_number"), view.get("contract", view.contract, "po_number")
    demanded = (
        view.get(kind, row, "po_required") for kind, row in (("contract", view.contract), ("client", view.client))
    )
    required = any(demanded)
    if agreed and own != agreed and (own or required):
        instead = f" instead of {own}" if own else ""
        sentence = f"Put the contract's purchase order {agreed} on the invoice{instead}"
        yield _typed(view, "enter_purchase_order", sentence, Cause.PO_REFERENCE, po_number=agreed)
    elif required and not own and not agreed:
        yield _asked(view)


def _asked(view: InvoiceView) -> Lever:
    changes = [view.corrected(po_number=TO_BE_FILED)]
    if view.contract is not None:
        changes.append(view.change("contract", view.contract, po_number=TO_BE_FILED))
    return Lever(
        code="obtain_purchase_order",
        sentence="Ask the client for a purchase order, and put its number on contract and invoice",
        owner=Owner.SALES,
        minutes=_ASK_MINUTES,
        cause=Cause.PO_REFERENCE,
        changes=tuple(changes),
    )


def company(view: InvoiceView) -> Iterable[Lever]:
    """The company that the contract names as the one that issues it."""
    own, agreed = view.header("legal_entity_id"), view.get("contract", view.contract, "legal_entity_id")
    if own and agreed and own != agreed and not view.header("intercompany"):
        sentence = f"Issue the invoice from {agreed}, the company of the contract, instead of {own}"
        yield _typed(view, "correct_company", sentence, Cause.TAX_ENTITY, legal_entity_id=agreed)


def currency(view: InvoiceView) -> Iterable[Lever]:
    """The contract's currency on header and lines; the amounts stay."""
    own, agreed = view.header("currency"), view.get("contract", view.contract, "currency")
    if own and agreed and own != agreed and not view.header("intercompany"):
        lines = [view.change("invoice_line", row, currency=agreed) for row in view.lines]
        yield Lever(
            code="correct_currency",
            sentence=f"Bill in {agreed}, the currency of the contract, instead of {own}",
            owner=Owner.BILLING,
            minutes=2 * _TYPE_MINUTES,
            cause=Cause.AMOUNT_CURRENCY,
            changes=(view.corrected(currency=agreed), *lines),
        )


def terms(view: InvoiceView) -> Iterable[Lever]:
    """The contract's payment terms, and the due date that follows from them."""
    own, agreed = view.header("payment_terms_days"), view.get("contract", view.contract, "payment_terms_days")
    if own is not None and agreed is not None and own != agreed and not view.header("intercompany"):
        due = view.header("invoice_date") + int(agreed)
        sentence = f"Correct the payment terms to the contract's {agreed:g} days instead of {own:g}"
        yield _typed(view, "correct_terms", sentence, None, payment_terms_days=agreed, due_date=due)


def _typed(view: InvoiceView, code: str, sentence: str, cause: Cause | None, **columns: Any) -> Lever:
    change = view.corrected(**columns)
    return Lever(code, sentence, Owner.BILLING, _TYPE_MINUTES, (change,), cause=cause)
