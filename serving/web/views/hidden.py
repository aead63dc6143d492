"""Showing a reviewer the score that was hidden from them."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import CaseWriter, PathId, State, Transaction
from serving.queue.anchoring import show
from serving.queue.service import find
from serving.web.access import see_other

router = APIRouter(prefix="/cases", include_in_schema=False, default_response_class=HTMLResponse)


@router.post("/{case_id}/show-score")
def show_score(state: State, connection: Transaction, principal: CaseWriter, case_id: PathId) -> Response:
    """From now on the score is shown; the decision will say that it was seen."""
    show(connection, state, find(connection, case_id, principal), principal)
    return see_other(f"/cases/{case_id}")
