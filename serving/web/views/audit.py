"""The audit log: what was written last, and whether the chain holds."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from serving import audit
from serving.api.dependencies import AuditReader, PlainId, Transaction
from serving.web.presenters.audit import AuditRow, audit_row
from serving.web.reads.audit import entry_count, newest_entries
from serving.web.reads.names import account_names
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class AuditPage:
    """Context of ``audit.html``; ``found`` is a verification's result, if one was asked for."""

    rows: tuple[AuditRow, ...]
    entries: int
    subject: str
    found: audit.Verification | None


@router.get("/audit")
def read_audit(
    request: Request,
    connection: Transaction,
    principal: AuditReader,
    subject: Annotated[PlainId | None, Query()] = None,
    verify: Annotated[Literal["", "1"], Query()] = "",
) -> Response:
    """The newest entries, and the verification of the whole chain when asked for."""
    entries = newest_entries(connection, subject=subject)
    names = account_names(connection, [row[name] for row in entries for name in ("actor_id", "subject_id")])
    page = AuditPage(
        rows=tuple(audit_row(row, names) for row in entries),
        entries=entry_count(connection),
        subject=subject or "",
        found=audit.verify(connection) if verify else None,
    )
    return render(request, "audit.html", page, principal=principal)
