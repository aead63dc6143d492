"""Endpoints of the audit log: look through it, verify it, take it away."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from serving.api.dependencies import AuditReader, PlainId, State, Transaction
from serving.api.errors import ERRORS
from serving.auditing.entries import Sought, entries, place_after, place_of
from serving.auditing.file import Period, export
from serving.auditing.verifying import verify_at_once
from serving.contract.lines import LinesResponse, lines_content
from serving.contract.types import Published, SentMoment
from serving.state import ServingState

router = APIRouter(prefix="/v1/audit", tags=["audit"], responses=ERRORS)

EXAMPLE_ENTRY: dict[str, JsonValue] = {
    "written_at": "2026-02-10T12:05:00Z", "action": "decided", "actor_id": "019c6a3e-0000-7000-8000-000000000003",
    "subject_id": "INV-2041", "detail": {"action": "hold"}, "request_id": "019c6a3e", "stream": 3, "position": 17,
    "digest": "9f2c",
}  # fmt: skip


class AuditEntryOut(Published):
    """An entry of the audit log."""

    written_at: datetime = Field(description="when it was written")
    action: str = Field(description="what was done; more actions may come")
    actor_id: str = Field(description="account or key that did it; system for the service itself")
    subject_id: str = Field(description="what it was done to: an invoice, a case, an account, a key, a rule set")
    detail: dict[str, JsonValue] | None = Field(description="what else was written down: old, new, why")
    request_id: str | None = Field(description="the request that did it")
    stream: int = Field(description="chain in which it stands")
    position: int = Field(description="its place in the chain, from 1")
    digest: str = Field(description="SHA-256 (hex) of the digest before it and its content")


class AuditPageOut(Published):
    """A page of the audit log."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"entries": [EXAMPLE_ENTRY], "next_cursor": None}]})

    entries: list[AuditEntryOut] = Field(description="newest first")
    next_cursor: str | None = Field(description="send it as ?cursor= for older ones; null at the end")


class BreakOut(Published):
    """A place where the audit chain does not hold."""

    stream: int = Field(description="stream of the log")
    position: int = Field(description="place in the stream")
    reason: str = Field(description="what is wrong there")


class AuditOut(Published):
    """What a verification of the audit log found."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"holds": True, "entries": 1, "breaks": [], "heads": {"0": "9f2c"}}]}
    )

    holds: bool = Field(description="every entry is as it was written")
    entries: int = Field(description="entries looked at")
    breaks: list[BreakOut] = Field(description="places where it does not hold")
    heads: dict[int, str] = Field(description="stream → digest of its last entry; keep them to prove later changes")


class PeriodQuery(BaseModel):
    """Which part of the log."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: SentMoment | None = Field(default=None, alias="from", description="from this moment on (RFC 3339)")
    end: SentMoment | None = Field(default=None, alias="to", description="before this moment")


class AuditQuery(PeriodQuery):
    """Which entries, from where."""

    subject: PlainId | None = Field(default=None, description="only what was done to this")
    actor: PlainId | None = Field(default=None, description="only what this account or key did")
    action: PlainId | None = Field(default=None, description="only this action")
    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=100, ge=1, le=500, description="rows of a page")


@router.get("", summary="The audit log")
def list_audit_entries(
    connection: Transaction,
    principal: AuditReader,  # noqa: ARG001 - checked
    query: Annotated[AuditQuery, Query()],
) -> AuditPageOut:
    """Entries, newest first."""
    sought = Sought(query.subject, query.actor, query.action, query.start, query.end)
    found = entries(connection, sought, after=place_of(query.cursor, "/query/cursor"), limit=query.limit)
    following = place_after(found, query.limit)
    return AuditPageOut(
        entries=[AuditEntryOut.model_validate(row) for row in found],
        next_cursor=None if following is None else following.text(),
    )


@router.get("/verification", summary="Verify the audit log")
def verify_audit(state: State, principal: AuditReader) -> AuditOut:  # noqa: ARG001 - checked
    """Recompute the whole chain, of up to 100,000 entries; longer logs are verified by a worker, from the page."""
    found = verify_at_once(state.engine)
    breaks = [BreakOut(stream=b.stream, position=b.position, reason=b.reason) for b in found.breaks]
    return AuditOut(holds=found.holds, entries=found.entries, breaks=breaks, heads=found.heads)


_EXAMPLE_LINE = '{"entries": 1, "sha256": "e0c1"}\n'
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON lines: what the file is, every entry, and its end",
        "content": lines_content(_EXAMPLE_LINE),
    }
}


@router.get("/export", response_class=LinesResponse, summary="Take the audit log away", responses=_FILE)
def export_audit(state: State, principal: AuditReader, query: Annotated[PeriodQuery, Query()]) -> StreamingResponse:  # noqa: ARG001 - checked
    """A period of the log as a file that ``triage audit verify FILE`` checks anywhere, without a database."""
    return LinesResponse(audit_lines(state, Period(query.start, query.end)))


def audit_lines(state: ServingState, period: Period) -> Iterator[bytes]:
    """The lines of an export, read in one transaction that lasts as long as somebody reads them."""
    firm = (state.engine.url.database or "").removeprefix("triage_")
    with state.engine.begin() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield from export(connection, period, firm=firm)
