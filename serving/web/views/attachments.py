"""Files of a case on its page: add one, save one."""

from fastapi import APIRouter, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from serving.api.dependencies import CaseReader, CaseWriter, PathId, State, Transaction
from serving.attachments import store
from serving.attachments.download import download
from serving.problems import Problem
from serving.queue.second_look import readable
from serving.queue.service import find
from serving.web.access import see_other

router = APIRouter(prefix="/cases", include_in_schema=False, default_response_class=HTMLResponse)


@router.post("/{case_id}/attachments")
def add_attachment(
    request: Request,
    state: State,
    connection: Transaction,
    principal: CaseWriter,
    case_id: PathId,
    file: UploadFile | None = None,
) -> Response:
    """Keep a file with the case; a refusal is told on the case's page."""
    find(connection, case_id, principal)
    sent = (file.filename or "file", file.file.read(state.settings.attachment_bytes + 1)) if file else ("file", b"")
    try:
        with connection.begin_nested():
            request_id = request.scope["request_id"]
            kept = store.add(connection, state, case_id, sent, principal=principal, request_id=request_id)
    except Problem as refused:
        return see_other(f"/cases/{case_id}", bad=f"{refused.title}: {refused.detail}.")
    return see_other(f"/cases/{case_id}", good=f"{kept['file_name']} is kept with the case.")


@router.get("/{case_id}/attachments/{attachment_id}")
def save_attachment(connection: Transaction, principal: CaseReader, case_id: PathId, attachment_id: PathId) -> Response:
    """The file, to be saved."""
    readable(connection, case_id, principal)
    return download(store.read(connection, case_id, attachment_id))
