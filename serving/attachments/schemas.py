"""Files of a case as published."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Says, Text
from serving.contract.strict import Sent
from serving.contract.types import Published
from serving.sql import Row

EXAMPLE_ATTACHMENT: dict[str, JsonValue] = {
    "attachment_id": "019c6a3e-0000-7000-8000-000000000050", "case_id": "019c6a3e-0000-7000-8000-000000000002",
    "request_id": None, "file_name": "acceptance.pdf", "media_type": "application/pdf", "size": 48211,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "added_by": "019c6a3e-0000-7000-8000-000000000003", "added_by_name": "Rita Reviewer",
    "added_at": "2026-02-10T12:04:00Z",
}  # fmt: skip
_BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"


class AttachmentRequest(Sent):
    """A file to add to a case."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"file_name": "mail.txt", "content_base64": "QWNjZXB0ZWQgb24gMTIgTWFyY2gu"}]}
    )

    file_name: Text = Field(min_length=1, max_length=200, description="its name; the content decides what it is")
    content_base64: Annotated[str, Field(min_length=1), Says(pattern=_BASE64)] = Field(
        description="its content in base64; PDF, PNG, JPEG, docx, xlsx or plain text"
    )


class AttachmentOut(Published):
    """A file of a case; it never changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ATTACHMENT]})

    attachment_id: str = Field(description="id of the file")
    case_id: str = Field(description="case that it belongs to")
    request_id: str | None = Field(description="the request that it answers, if it came through a link")
    file_name: str = Field(description="its name")
    media_type: str = Field(description="what its content is")
    size: int = Field(description="bytes")
    digest: str = Field(description="SHA-256 of the content, hexadecimal")
    added_by: str = Field(description="account that added it, or who was asked")
    added_by_name: str = Field(description="their name")
    added_at: datetime = Field(description="when")


class AttachmentsOut(Published):
    """The files of a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"attachments": [EXAMPLE_ATTACHMENT]}]})

    attachments: list[AttachmentOut] = Field(description="oldest first")


def attachment_out(row: Row) -> AttachmentOut:
    """The published form of a file."""
    return AttachmentOut.model_validate({name: row[name] for name in AttachmentOut.model_fields})
