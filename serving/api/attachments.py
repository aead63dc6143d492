"""Endpoints of the files of a case."""

import base64
import binascii

from fastapi import APIRouter, Response

from serving.api.dependencies import CaseReader, PathId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite
from serving.attachments import store
from serving.attachments.download import download
from serving.attachments.schemas import AttachmentOut, AttachmentRequest, AttachmentsOut, attachment_out
from serving.contract.strict import StrictRoute
from serving.problems import Invalid
from serving.queue.second_look import readable

router = APIRouter(prefix="/v1/cases/{case_id}/attachments", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


@router.get("", summary="The files of a case")
def list_attachments(case_id: PathId, connection: Transaction, principal: CaseReader) -> AttachmentsOut:
    """Every file of a case that the caller sees, oldest first, without the content."""
    readable(connection, case_id, principal)
    return AttachmentsOut(attachments=[attachment_out(row) for row in store.listed(connection, case_id)])


@router.post("", status_code=201, response_model=AttachmentOut, summary="Add a file to a case")
def add_attachment(case_id: PathId, body: AttachmentRequest, write: CaseWrite) -> Response:
    """Keep a file with a case. The same content again is answered with the file that is there."""

    def make() -> AttachmentOut:
        file = (body.file_name, _content(body.content_base64))
        kept = store.add(
            write.connection, write.state, case_id, file, principal=write.principal, request_id=write.request_id
        )
        return attachment_out(kept)

    return write.once(body, make, status=201)


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid.at("/content_base64", "is not base64") from error


@router.get(
    "/{attachment_id}/content",
    response_class=Response,
    summary="Download a file",
    responses={200: {"description": "the file", "content": {"application/octet-stream": {"example": "%PDF-1.7"}}}},
)
def download_attachment(
    case_id: PathId, attachment_id: PathId, connection: Transaction, principal: CaseReader
) -> Response:
    """The content of a file, to be saved: never shown by a browser."""
    readable(connection, case_id, principal)
    return download(store.read(connection, case_id, attachment_id))
