"""Deciding many cases alike from the queue: the preview, carrying it out, and undoing it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from sqlalchemy import Connection

from ledger.records.billing import Cause
from serving.api.dependencies import CaseReader, CaseWriter, PathId, State, Transaction
from serving.problems import Problem
from serving.queue import bulk
from serving.queue.bulk_preview import Bulk, Excluded, Preview, preview
from serving.queue.bulk_schemas import MOST_CHOSEN, BulkRequest
from serving.sql import Row
from serving.web.access import see_other
from serving.web.presenters.queue import Option
from serving.web.reads.names import names_of
from serving.web.render import render
from serving.web.words import ACTIONS, CAUSES

router = APIRouter(prefix="/cases/bulk", include_in_schema=False, default_response_class=HTMLResponse)
BULK_ACTIONS = ("hold", "correct", "release")
ITEM_STATES = {"pending": "planned", "done": "decided", "dropped": "not carried out", "undone": "undone"}


@dataclass(frozen=True)
class Typed:
    """What the form holds."""

    case_ids: list[str]
    action: Literal["hold", "correct", "release"]
    reason_code: str
    note: str

    def request(self) -> BulkRequest:
        """The decision that is meant; a preview needs no reason yet."""
        reason = self.reason_code or None
        return BulkRequest.model_validate(
            {"case_ids": self.case_ids, "action": self.action, "reason_code": reason, "note": self.note.strip()}
        )


@dataclass(frozen=True)
class BulkRow:
    """A case that would be decided."""

    case_id: str
    invoice_id: str
    client: str
    amount: object
    currency: str
    unlike: bool


@dataclass(frozen=True)
class BulkPage:
    """Context of ``bulk.html``."""

    rows: tuple[BulkRow, ...]
    excluded: tuple[Excluded, ...]
    cash: object
    currency: str
    actions: tuple[Option, ...]
    reasons: tuple[Option, ...]
    typed: Typed
    minutes: float
    refused: str = ""


@dataclass(frozen=True)
class BatchPage:
    """Context of ``bulk_batch.html``."""

    batch: Row
    items: list[Row]
    action: str
    states: dict[str, str]
    counts: dict[str, int]


def _typed(
    case: Annotated[list[str] | None, Form(max_length=MOST_CHOSEN)] = None,
    case_id: Annotated[list[str] | None, Form(max_length=MOST_CHOSEN)] = None,
    action: Annotated[Literal["hold", "correct", "release"], Form()] = "hold",
    reason_code: Annotated[str, Form(max_length=40)] = "",
    note: Annotated[str, Form(max_length=4000)] = "",
) -> Typed:
    chosen = [*dict.fromkeys([*(case or []), *(case_id or [])])]
    return Typed(chosen, action, reason_code, note.replace("\x00", "").replace("\r\n", "\n"))


Sent = Annotated[Typed, Depends(_typed)]


def _bulk(request: Request, state: State, connection: Transaction, principal: CaseWriter) -> Bulk:
    return Bulk(connection, state, principal, request.scope["request_id"])


Deciding = Annotated[Bulk, Depends(_bulk)]


@router.post("")
def look(request: Request, deciding: Deciding, typed: Sent) -> Response:
    """What would happen to the chosen cases."""
    if not typed.case_ids:
        return see_other("/queue", bad="Choose at least one case first.")
    return _page(request, deciding, typed)


@router.post("/confirm")
def confirm(request: Request, deciding: Deciding, typed: Sent) -> Response:
    """Plan it; it takes effect when the time to undo it is over."""
    if not typed.note.strip():
        return _page(request, deciding, typed, refused="Write why: one note for all of them.")
    try:
        with deciding.connection.begin_nested():
            batch = bulk.plan(deciding, typed.request())
    except ValidationError:
        return _page(request, deciding, typed, refused="Choose a reason: this decision needs one.")
    except Problem as problem:
        return _page(request, deciding, typed, refused=f"{problem.title}: {problem.detail}.")
    return see_other(f"/cases/bulk/{batch['batch_id']}", good="Planned; it can still be undone.")


@router.get("/{batch_id}")
def read_batch(
    request: Request, state: State, connection: Transaction, principal: CaseReader, batch_id: PathId
) -> Response:
    """What became of a bulk decision."""
    asked = Bulk(connection, state, principal)
    batch, items = bulk.find(asked, batch_id), bulk.items_of(asked, batch_id)
    found = [item["state"] for item in items]
    counts = {words: found.count(name) for name, words in ITEM_STATES.items() if name in found}
    page = BatchPage(batch, items, ACTIONS[batch["action"]], ITEM_STATES, counts)
    return render(request, "bulk_batch.html", page, principal=principal)


@router.post("/{batch_id}/undo")
def undo(deciding: Deciding, batch_id: PathId) -> Response:
    """Give the cases back."""
    try:
        with deciding.connection.begin_nested():
            bulk.undo(deciding, batch_id)
    except bulk.TooLateToUndo as late:
        return see_other(f"/cases/bulk/{batch_id}", bad=f"{late.title}: {late.detail}.")
    return see_other(f"/cases/bulk/{batch_id}", good="Undone: the cases are open again, and nothing took effect.")


def _page(request: Request, deciding: Bulk, typed: Typed, *, refused: str = "") -> Response:
    # The reason and the note are still to be written on this page: a preview leaves nothing out for want of them.
    wanted = BulkRequest.model_construct(
        action=typed.action, case_ids=typed.case_ids, reason_code=Cause.OTHER, note="to be written"
    )
    looked = preview(deciding, wanted)
    page = BulkPage(
        rows=_rows(deciding.connection, looked),
        excluded=looked.excluded,
        cash=looked.cash,
        currency=looked.currency,
        actions=tuple(Option(value, ACTIONS[value], value == typed.action) for value in BULK_ACTIONS),
        reasons=tuple(Option(cause, CAUSES[cause], cause == typed.reason_code) for cause in Cause),
        typed=typed,
        minutes=deciding.state.settings.undo_minutes,
        refused=refused,
    )
    return render(request, "bulk.html", page, principal=deciding.principal, status=422 if refused else 200)


def _rows(connection: Connection, looked: Preview) -> tuple[BulkRow, ...]:
    clients = names_of(connection, "client", [kase["client_id"] for kase in looked.included])
    return tuple(
        BulkRow(
            case_id=kase["case_id"],
            invoice_id=kase["invoice_id"],
            client=clients.get(kase["client_id"], ""),
            amount=kase["amount"],
            currency=kase["currency"],
            unlike=kase["case_id"] in looked.unlike,
        )
        for kase in looked.included
    )
