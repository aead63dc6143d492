"""Endpoints of sent records, and of the rows among them that are none."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ledger.quarantine import open_rows
from serving.api.dependencies import Authenticator, PathId, State, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import Write, writes
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.contract.lines import lines_content
from serving.contract.strict import StrictRoute
from serving.contract.types import LARGEST
from serving.ingest import repair
from serving.ingest.reading import Reader
from serving.ingest.schemas import (
    EXAMPLE_RECORD,
    QuarantinedOut,
    QuarantinePageOut,
    RecordResult,
    RecordsRequest,
    RecordsResponse,
    RepairRequest,
    quarantined_out,
    result_out,
)
from serving.ingest.service import take
from serving.ingest.stream import Sender, Tally, take_lines

router = APIRouter(prefix="/v1", tags=["records"], responses=ERRORS, route_class=StrictRoute)

RecordWrite = Annotated[Write, writes(Scope.RECORDS_WRITE)]
RecordWriter = Annotated[Principal, Depends(Authenticator(Scope.RECORDS_WRITE))]
RecordReader = Annotated[Principal, Depends(Authenticator(Scope.RECORDS_READ))]
_EXAMPLE_LINE = orjson.dumps(EXAMPLE_RECORD).decode() + "\n"
_LINES: dict[str, Any] = {
    "requestBody": {
        "description": "one record per line, as in POST /v1/records; what is no record goes to quarantine",
        "content": lines_content(_EXAMPLE_LINE),
    }
}


class QuarantineQuery(BaseModel):
    """Which page of the quarantine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: int = Field(default=0, ge=0, le=LARGEST, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500, description="rows of a page")


def _reader(write: Write) -> Reader:
    return Reader(write.state.clock(), may_backdate=write.principal.may(Scope.RECORDS_BACKDATE))


@router.post("/records", response_model=RecordsResponse, summary="Send records")
def send_records(body: RecordsRequest, write: RecordWrite) -> Response:
    """Append records to the ledger; a bad one goes to quarantine and the others are taken.

    A record is named by source, source_id and version: sent again it is a duplicate, with other content a conflict.
    It counts for scores from its ``known_at`` on, which is its arrival unless the caller may say otherwise.
    """

    def make() -> RecordsResponse:
        results = take(write.connection, body.records, _reader(write), sender=write.principal.principal_id)
        tally = Tally()
        tally.add(results)
        each = [result_out(place, result, below=f"/records/{place}") for place, result in enumerate(results)]
        return tally.response(each)

    return write.once(body, make)


@router.post("/records/stream", summary="Stream records", openapi_extra=_LINES)
async def stream_records(request: Request, state: State, principal: RecordWriter) -> RecordsResponse:
    """Send any number of records as JSON lines; blocks of 500 are durable one after the other.

    No Idempotency-Key: every record carries its own key, so a stream that broke off is simply sent again.
    """
    sender = Sender(principal.principal_id, principal.may(Scope.RECORDS_BACKDATE))
    return await take_lines(state, request.stream(), sender)


@router.get("/quarantine", summary="Rows that are no records")
def list_quarantine(
    connection: Transaction,
    principal: RecordReader,  # noqa: ARG001 - checked
    query: Annotated[QuarantineQuery, Query()],
) -> QuarantinePageOut:
    """Unresolved rows of imports and requests, oldest first."""
    found = open_rows(connection, after=query.cursor, limit=query.limit + 1)
    page = [quarantined_out(row) for row in found[: query.limit]]
    return QuarantinePageOut(rows=page, next_cursor=page[-1].quarantine_id if len(found) > query.limit else None)


@router.get("/quarantine/{quarantine_id}", summary="A row that is no record")
def read_quarantined(
    quarantine_id: PathId,
    connection: Transaction,
    principal: RecordReader,  # noqa: ARG001 - checked
) -> QuarantinedOut:
    """The row as it came, and why it was refused."""
    return quarantined_out(repair.find(connection, quarantine_id))


@router.post("/quarantine/{quarantine_id}/repair", response_model=RecordResult, summary="Repair a row")
def repair_quarantined(quarantine_id: PathId, body: RepairRequest, write: RecordWrite) -> Response:
    """Correct fields of a sent row and read it again; rows of files are repaired with their mapping."""

    def make() -> RecordResult:
        result = repair.repair(
            write.connection, quarantine_id, body.repairs, reader=_reader(write), principal=write.principal
        )
        return result_out(0, result, below="")

    return write.once(body, make)
