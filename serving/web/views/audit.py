"""The audit log: looked through, verified, and taken away as a file."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from pydantic import Field
from sqlalchemy import Connection

from serving.api.audit import audit_lines
from serving.api.dependencies import AuditReader, PlainId, State, Transaction
from serving.auditing.entries import (
    Sought,
    csv_lines,
    entries,
    entry_count,
    known_actions,
    place_after,
    place_of,
)
from serving.auditing.file import Period
from serving.auditing.verifying import newest_verification, request_verification
from serving.contract.forms import FormQuery
from serving.contract.lines import LinesResponse
from serving.sql import Row
from serving.web.access import see_other
from serving.web.presenters.audit import AuditRow, VerificationRow, audit_row, verification_row
from serving.web.reads.names import account_names
from serving.web.render import render

router = APIRouter(prefix="/audit", include_in_schema=False, default_response_class=HTMLResponse)
PAGE = 100
MOST_CSV = 50_000


class AuditFilter(FormQuery):
    """What the reader narrowed the log to. Days are UTC, both inclusive."""

    subject: PlainId | None = None
    actor: PlainId | None = None
    action: PlainId | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    after: PlainId | None = None

    @property
    def period(self) -> Period:
        """The days as moments."""
        end = None if self.last is None else _midnight(self.last + timedelta(days=1))
        return Period(None if self.first is None else _midnight(self.first), end)

    @property
    def sought(self) -> Sought:
        """Which entries."""
        return Sought(self.subject, self.actor, self.action, self.period.start, self.period.end)

    def address(self, path: str = "/audit", **more: str) -> str:
        """The address of this view, or of another one with the same filter."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"after"})
        return f"{path}?{urlencode(plain | more)}" if plain or more else path


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


Chosen = Annotated[AuditFilter, Query()]


@dataclass(frozen=True)
class AuditPage:
    """Context of ``audit.html``; ``verification`` is the last one, if any was asked for."""

    rows: tuple[AuditRow, ...]
    entries: int
    chosen: AuditFilter
    actions: list[str]
    older: str
    verification: VerificationRow | None


@router.get("")
def read_audit(request: Request, connection: Transaction, principal: AuditReader, chosen: Chosen) -> Response:
    """The newest entries that fit, and how the last verification of the whole chain stands."""
    found = entries(connection, chosen.sought, after=place_of(chosen.after, "/query/after"), limit=PAGE)
    following, names = place_after(found, PAGE), _names(connection, found)
    page = AuditPage(
        rows=tuple(audit_row(row, names) for row in found),
        entries=entry_count(connection),
        chosen=chosen,
        actions=known_actions(connection),
        older="" if following is None else chosen.address(after=following.text()),
        verification=_verification(connection),
    )
    return render(request, "audit.html", page, principal=principal)


@router.post("/verification")
def verify(connection: Transaction, principal: AuditReader) -> Response:
    """Have a worker verify the whole chain; the page shows how far it is."""
    request_verification(connection, by=principal.principal_id)
    return see_other("/audit")


@router.get("/export")
def export(state: State, principal: AuditReader, chosen: Chosen) -> StreamingResponse:  # noqa: ARG001 - checked
    """The days chosen, as a file that can be checked anywhere."""
    name = f"audit-{chosen.first or 'start'}-{chosen.last or 'now'}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return LinesResponse(audit_lines(state, chosen.period), headers=headers)


@router.get("/entries.csv")
def export_csv(connection: Transaction, principal: AuditReader, chosen: Chosen) -> Response:  # noqa: ARG001 - checked
    """The entries that fit, for a spreadsheet; the newest 50,000."""
    found = entries(connection, chosen.sought, limit=MOST_CSV)
    content = "".join(csv_lines(found, _names(connection, found)))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _verification(connection: Connection) -> VerificationRow | None:
    row = newest_verification(connection)
    return None if row is None else verification_row(row, account_names(connection, [row["requested_by"]]))


def _names(connection: Connection, found: list[Row]) -> dict[str, str]:
    return account_names(connection, [row[name] for row in found for name in ("actor_id", "subject_id")])
