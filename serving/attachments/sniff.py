"""What a file is, told from its content; the name that a sender gave it is only checked against that.

Taken are documents that people send as evidence. What a browser could run (HTML, SVG, scripts) is nothing of these.
"""

import io
import re
import unicodedata
import zipfile
from typing import Final

from serving.problems import FieldError, Problem

PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
# Type → endings that a file of it may have; the first is given to a file that came without one.
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    TEXT: (".txt", ".csv", ".eml"),
}
ACCEPT: Final = ",".join(ending for endings in ENDINGS.values() for ending in endings)
TAKEN: Final = "PDF, PNG, JPEG, Word (.docx), Excel (.xlsx) and plain text (.txt, .csv, .eml)"
_BEGINNINGS: Final = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_MOST_PARTS, _LONGEST_NAME = 10_000, 120
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class UnknownKind(Problem):
    """The file is none of the kinds that are taken, or is not what its name says."""

    status = 422
    slug = "file-kind"
    title = "This kind of file is not taken"


def checked(name: str, content: bytes) -> tuple[str, str]:
    """A safe file name and the type of the content; raises ``UnknownKind``."""
    media_type = _type_of(content)
    if media_type is None:
        raise _unknown(f"take one of {TAKEN}")
    safe = safe_name(name)
    ending = _ending(safe)
    if not ending:
        return safe + ENDINGS[media_type][0], media_type
    if ending not in ENDINGS[media_type]:
        raise _unknown(f"the file is called {ending} but its content is something else; take one of {TAKEN}")
    return safe, media_type


def _unknown(detail: str) -> UnknownKind:
    return UnknownKind(detail, errors=[FieldError(pointer="/content_base64", message=detail)])


def safe_name(name: str) -> str:
    """A name without path, control and direction signs, short enough for every file system."""
    plain = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()).replace("\\", "/")
    last = _FORBIDDEN.sub("", plain.rsplit("/", 1)[-1]).strip(" .")
    stem, ending = last[: len(last) - len(_ending(last))], _ending(last)
    return (stem[: _LONGEST_NAME - len(ending)].strip(" .") or "file") + ending


def _ending(name: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    return found.group().lower() if found else ""


def _type_of(content: bytes) -> str | None:
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    return _office_type(content) if content.startswith(b"PK\x03\x04") else _text_type(content)


def _office_type(content: bytes) -> str | None:
    """Word or Excel by the parts of the package; the parts themselves are never unpacked."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if len(names) > _MOST_PARTS or "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None


def _text_type(content: bytes) -> str | None:
    """Plain text: UTF-8 without control signs, and nothing that a browser would take for a page."""
    try:
        start = content.decode("utf-8").lstrip("\ufeff \t\r\n")[:200].lower()
    except UnicodeDecodeError:
        return None
    if _CONTROL.search(content) or start.startswith(("<!doctype", "<html", "<svg", "<?xml", "<script", "#!")):
        return None
    return TEXT
