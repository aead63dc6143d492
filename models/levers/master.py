"""Levers on what an invoice stands on: the client's record, the contract, the project, the transfer between systems."""

from collections.abc import Iterable

from ledger.records.billing import Cause
from models.levers.lever import TO_BE_FILED, Lever, Owner
from models.levers.view import InvoiceView

_FIELD_MINUTES, _SIGN_MINUTES, _REOPEN_MINUTES, _RESEND_MINUTES = 20, 240, 10, 10


def client_record(view: InvoiceView) -> Iterable[Lever]:
    """The tax number and the billing contact that the client's record lacks."""
    if view.client is None or view.header("intercompany"):
        return
    client_id = view.get("client", view.client, "client_id")
    for column, words, cause in (
        ("tax_id", "tax number", Cause.TAX_ENTITY),
        ("billing_contact", "billing contact", None),
    ):
        if not view.get("client", view.client, column):
            sentence = f"Add the {words} to the record of client {client_id}"
            change = view.change("client", view.client, **{column: TO_BE_FILED})
            yield Lever(f"add_{column}", sentence, Owner.MASTER_DATA, _FIELD_MINUTES, (change,), cause=cause)


def contract(view: InvoiceView) -> Iterable[Lever]:
    """Both signatures under the contract."""
    if view.contract is not None and not view.get("contract", view.contract, "signed"):
        sentence = f"Get contract {view.get('contract', view.contract, 'contract_id')} signed"
        change = view.change("contract", view.contract, signed=1.0)
        yield Lever("sign_contract", sentence, Owner.SALES, _SIGN_MINUTES, (change,), cause=Cause.OTHER)


def project(view: InvoiceView) -> Iterable[Lever]:
    """A project that was closed although it is still billed."""
    if view.project is not None and view.get("project", view.project, "status") in ("closed", "on_hold"):
        sentence = f"Reopen project {view.get('project', view.project, 'project_id')} for billing"
        change = view.change("project", view.project, status="open")
        yield Lever(
            "reopen_project",
            sentence,
            Owner.PROJECT_MANAGER,
            _REOPEN_MINUTES,
            (change,),
            cause=Cause.OTHER,
            owner_id=view.manager_id,
        )


def transfer(view: InvoiceView) -> Iterable[Lever]:
    """A transfer between systems whose newest try failed: send it again."""
    events = view.rows("sync_event", "object_id", view.invoice_id)
    if events and not view.get("sync_event", events[-1], "success"):
        failed = view.get("sync_event", events[-1], "sync_event_id")
        again = view.change("sync_event", events[-1], sync_event_id=f"{failed}-again", success=1.0)
        sentence = f"Repeat the transfer {failed} of the invoice, which failed"
        yield Lever("repeat_transfer", sentence, Owner.BILLING, _RESEND_MINUTES, (again,))
