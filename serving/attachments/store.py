"""Adding, listing and reading the files of a case; what is added stays."""

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.attachments.sniff import checked
from serving.auth.principal import Principal
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound, Problem
from serving.queue.repository import record_event
from serving.queue.service import find as find_case
from serving.queue.states import CaseEvent
from serving.settings import ServingSettings
from serving.sql import Row, change, first, only, rows
from serving.state import ServingState

_SHOWN: Final = """
a.attachment_id, a.case_id, a.request_id, a.file_name, a.media_type, a.size, a.digest, a.added_by, a.added_at,
       coalesce(account.name, r.asked_name, a.added_by) AS added_by_name
"""
_FROM: Final = """
FROM case_attachment a LEFT JOIN account ON account.account_id = a.added_by
LEFT JOIN case_request r ON r.request_id = a.request_id
"""


class UnknownAttachment(NotFound):
    """No such file on this case."""

    slug = "unknown-attachment"
    title = "Unknown file"

    def __init__(self, attachment_id: str) -> None:
        super().__init__(f"there is no file {attachment_id!r} on this case")


class FileTooLarge(Problem):
    """A file is larger than files may be."""

    status = 413
    slug = "file-too-large"
    title = "The file is too large"


class CaseFull(Conflict):
    """A case has as many files as it may have."""

    slug = "too-many-attachments"
    title = "The case has too many files"


@dataclass(frozen=True)
class Sender:
    """Who adds a file.

    Attributes:
        name: account id, or what stands for whoever answers a request.
        request_id: the request that the file answers, if it came through a link.
    """

    name: str
    request_id: str | None = None
    correlation_id: str | None = None  # of the HTTP request, for the audit log


def add(
    connection: Connection,
    state: ServingState,
    case_id: str,
    file: tuple[str, bytes],
    *,
    principal: Principal,
    request_id: str | None = None,
) -> Row:
    """Add a file (name, content) to a case that the caller sees; the same content again is the file that is there.

    Raises ``UnknownCase``, ``UnknownKind``, ``FileTooLarge`` and ``CaseFull``.
    """
    kase = find_case(connection, case_id, principal)
    return keep(connection, state.settings, kase, file, sender=Sender(principal.principal_id, None, request_id))


def keep(
    connection: Connection, settings: ServingSettings, kase: Row, file: tuple[str, bytes], *, sender: Sender
) -> Row:
    """Keep a file of a case that was found before; the row without the content."""
    content = file[1]
    _check_size(content, settings)
    name, media_type = checked(*file)
    case_id, digest = kase["case_id"], hashlib.sha256(content).hexdigest()
    # Two files at once are counted one after the other.
    only(connection, "SELECT case_id FROM review_case WHERE case_id = %(id)s FOR UPDATE", {"id": case_id})
    known = first(
        connection,
        f"SELECT {_SHOWN} {_FROM} WHERE a.case_id = %(case)s AND a.digest = %(digest)s",
        {"case": case_id, "digest": digest},
    )
    if known is not None:
        return known
    _check_count(connection, case_id, settings)
    values = {
        "attachment_id": new_id(),
        "case_id": case_id,
        "request_id": sender.request_id,
        "file_name": name,
        "media_type": media_type,
        "size": len(content),
        "digest": digest,
        "added_by": sender.name,
    }
    _insert(connection, values | {"content": content})
    _tell(connection, kase, values, sender)
    return describe(connection, case_id, values["attachment_id"])


def _check_size(content: bytes, settings: ServingSettings) -> None:
    if not content:
        raise Invalid.at("/file", "is empty; choose a file")
    if len(content) > settings.attachment_bytes:
        raise FileTooLarge(f"a file may have {settings.attachment_bytes:,} bytes; this one has {len(content):,}")


def _check_count(connection: Connection, case_id: str, settings: ServingSettings) -> None:
    query = "SELECT count(*) AS files FROM case_attachment WHERE case_id = %(id)s"
    if only(connection, query, {"id": case_id})["files"] >= settings.attachments_per_case:
        raise CaseFull(f"a case may have {settings.attachments_per_case} files, and this one has them")


def _insert(connection: Connection, values: Row) -> None:
    statement = """
        INSERT INTO case_attachment
            (attachment_id, case_id, request_id, file_name, media_type, size, digest, content, added_by)
        VALUES (%(attachment_id)s, %(case_id)s, %(request_id)s, %(file_name)s, %(media_type)s, %(size)s, %(digest)s,
                %(content)s, %(added_by)s)
    """
    change(connection, statement, values)


def _tell(connection: Connection, kase: Row, values: Row, sender: Sender) -> None:
    detail = {name: values[name] for name in ("attachment_id", "file_name", "media_type", "size", "digest")}
    states = (kase["state"], kase["state"])
    record_event(connection, kase["case_id"], CaseEvent.ATTACHED, actor=sender.name, states=states, detail=detail)
    audit.write(
        connection,
        "file_added",
        actor=sender.name,
        subject=kase["invoice_id"],
        detail=detail | {"case_id": kase["case_id"], "request_id": sender.request_id},
        request_id=sender.correlation_id,
    )


def listed(connection: Connection, case_id: str) -> list[Row]:
    """The files of a case without their content, oldest first."""
    return rows(connection, f"SELECT {_SHOWN} {_FROM} WHERE a.case_id = %(id)s ORDER BY attachment_id", {"id": case_id})


def describe(connection: Connection, case_id: str, attachment_id: str) -> Row:
    """A file of a case without its content; raises ``UnknownAttachment``."""
    return _find(connection, case_id, attachment_id, _SHOWN)


def read(connection: Connection, case_id: str, attachment_id: str) -> Row:
    """A file of a case with its content; raises ``UnknownAttachment``."""
    return _find(connection, case_id, attachment_id, f"{_SHOWN}, a.content")


def _find(connection: Connection, case_id: str, attachment_id: str, columns: str) -> Row:
    query = f"SELECT {columns} {_FROM} WHERE a.case_id = %(case)s AND a.attachment_id = %(id)s"
    found = first(connection, query, {"case": case_id, "id": attachment_id})
    if found is None:
        raise UnknownAttachment(attachment_id)
    return found
