"""``triage openapi``: the published API document as a file, and whether it still keeps its promises."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from sqlalchemy import create_engine

from ledger.errors import PlainError
from serving.app import create_app, load_state
from serving.contract.changes import breaking_changes
from serving.contract.document import Document, openapi

PUBLISHED, RELEASED = "openapi.json", "openapi.released.json"
FolderOption = Annotated[Path, typer.Option("--folder", help="Where the two documents lie.")]


def write_openapi(
    *,
    folder: FolderOption = Path("docs"),
    release: Annotated[bool, typer.Option("--release", help="Make it the document that is promised.")] = False,
) -> None:
    """Write the API document, and refuse a release that would break callers of the last one."""
    document = current()
    released = folder / RELEASED
    broken = breaking_changes(orjson.loads(released.read_bytes()), document) if released.exists() else []
    (folder / PUBLISHED).write_bytes(as_file(document))
    typer.echo(f"{folder / PUBLISHED}: {sum(map(len, document['paths'].values()))} operations")
    if broken:
        lines = "\n  ".join(map(str, broken))
        raise PlainError(f"callers of the released document would break (docs/versioning.md):\n  {lines}")
    if release:
        released.write_bytes(as_file(document))
        typer.echo(f"{released}: released")


def current() -> Document:
    """The document of this code; nothing is connected for it."""
    return openapi(create_app(load_state(create_engine("postgresql+psycopg://"))))


def as_file(document: Document) -> bytes:
    """The document as it is committed: sorted, so that a difference is a change."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
