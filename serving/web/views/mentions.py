"""Comments that mention whoever is looking, until they have opened the case."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import CaseReader, Transaction
from serving.comments.service import unseen_by
from serving.sql import Row
from serving.web.reads.names import names_of
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class MentionsPage:
    """Context of ``mentions.html``; ``clients`` are names by id."""

    comments: list[Row]
    clients: dict[str, str]


@router.get("/mentions")
def read_mentions(request: Request, connection: Transaction, principal: CaseReader) -> Response:
    """What colleagues asked of the caller, newest first."""
    found = unseen_by(connection, principal)
    page = MentionsPage(found, names_of(connection, "client", [row["client_id"] for row in found]))
    return render(request, "mentions.html", page, principal=principal)
