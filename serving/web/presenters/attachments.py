"""The files of a case, in words, for the case page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from serving.attachments.sniff import ACCEPT, TAKEN
from serving.attachments.store import listed

_KILO = 1000


@dataclass(frozen=True)
class FileRow:
    """One file."""

    url: str
    name: str
    size: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Files:
    """The section; ``accept`` and ``taken`` say which kinds may be added."""

    rows: tuple[FileRow, ...]
    accept: str = ACCEPT
    taken: str = TAKEN


def files_of(connection: Connection, case_id: str) -> Files:
    """The section of one case."""
    return Files(
        tuple(
            FileRow(
                url=f"/cases/{case_id}/attachments/{row['attachment_id']}",
                name=row["file_name"],
                size=size(row["size"]),
                by=row["added_by_name"],
                at=row["added_at"],
            )
            for row in listed(connection, case_id)
        )
    )


def size(count: int) -> str:
    """``812 B``, ``48 kB``, ``2.1 MB``."""
    if count < _KILO:
        return f"{count} B"
    return f"{count / _KILO:.0f} kB" if count < _KILO**2 else f"{count / _KILO**2:.1f} MB"
