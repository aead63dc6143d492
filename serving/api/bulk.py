"""Endpoints of bulk decisions."""

from fastapi import APIRouter, Response

from serving.api.dependencies import CaseReader, CaseWriter, PathId, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite, Write
from serving.contract.strict import StrictRoute
from serving.queue import bulk
from serving.queue.bulk_preview import Bulk, preview
from serving.queue.bulk_schemas import BulkOut, BulkPreviewOut, BulkRequest, ExcludedOut, bulk_out

router = APIRouter(prefix="/v1/bulk-decisions", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


@router.post("/preview", summary="What a bulk decision would do")
def preview_bulk(body: BulkRequest, state: State, connection: Transaction, principal: CaseWriter) -> BulkPreviewOut:
    """Which cases would be decided, how much money that is, and which are left out and why. Nothing is changed."""
    looked = preview(Bulk(connection, state, principal), body)
    return BulkPreviewOut(
        cases=[kase["case_id"] for kase in looked.included],
        cash=looked.cash,
        currency=looked.currency,
        excluded=[ExcludedOut.model_validate(vars(one)) for one in looked.excluded],
        unlike=sorted(looked.unlike),
    )


@router.post("", status_code=201, response_model=BulkOut, summary="Decide many cases alike")
def plan_bulk(body: BulkRequest, write: CaseWrite) -> Response:
    """Claim what can be decided and plan it; the decisions are made when the time to undo them is over."""

    def make() -> BulkOut:
        return _out(_bulk(write), bulk.plan(_bulk(write), body)["batch_id"])

    return write.once(body, make, status=201)


@router.get("/{batch_id}", summary="A bulk decision")
def read_bulk(batch_id: PathId, state: State, connection: Transaction, principal: CaseReader) -> BulkOut:
    """What became of each of its cases; the caller's own, or anybody's for seniors."""
    return _out(Bulk(connection, state, principal), batch_id)


@router.post("/{batch_id}/undo", response_model=BulkOut, summary="Undo a bulk decision")
def undo_bulk(batch_id: PathId, write: CaseWrite) -> Response:
    """Give its cases back while there is time; nothing has taken effect yet."""

    def make() -> BulkOut:
        return _out(_bulk(write), bulk.undo(_bulk(write), batch_id)["batch_id"])

    return write.once(None, make)


def _bulk(write: Write) -> Bulk:
    return Bulk(write.connection, write.state, write.principal, write.request_id)


def _out(asked: Bulk, batch_id: str) -> BulkOut:
    return bulk_out(bulk.find(asked, batch_id), bulk.items_of(asked, batch_id))
