"""Second chance for a row that was sent and is no record: correct its fields and read it again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ledger.quarantine import open_rows, raw_cells, resolve
from serving.auth.principal import Principal
from serving.ingest.reading import Reader, Refusal
from serving.ingest.service import ORIGIN, Result, store
from serving.problems import Conflict, FieldError, Invalid, NotFound


class UnknownRow(NotFound):
    """No such unresolved row in quarantine."""

    slug = "unknown-quarantine-row"
    title = "Not in quarantine"

    def __init__(self, quarantine_id: str) -> None:
        super().__init__(f"there is no unresolved row {quarantine_id!r} in quarantine")


class ImportedRow(Conflict):
    """The row came from a file: its mapping makes records of it."""

    slug = "imported-row"
    title = "The row came from a file"

    def __init__(self, origin: str) -> None:
        super().__init__(f"the row came from {origin}; repair it with `triage quarantine --replay --mapping`")


def find(connection: Connection, quarantine_id: str) -> Any:
    """An unresolved row; raises ``UnknownRow``."""
    number = int(quarantine_id) if quarantine_id.isascii() and quarantine_id.isdigit() else 0
    found = open_rows(connection, only=number) if 0 < number < 2**63 else []
    if not found:
        raise UnknownRow(quarantine_id)
    return found[0]


def repair(
    connection: Connection, quarantine_id: str, repairs: Mapping[str, Any], *, reader: Reader, principal: Principal
) -> Result:
    """Read the row again with its corrections, append it and resolve it.

    It becomes known now, when it can first be used. Raises ``UnknownRow``, ``ImportedRow``, and ``Invalid`` when it is
    still no record.
    """
    row = find(connection, quarantine_id)
    if not row.origin.startswith(f"{ORIGIN}:"):
        raise ImportedRow(row.origin)
    read = reader.read({**raw_cells(row.raw), **repairs})
    if isinstance(read, Refusal):
        error = FieldError(pointer=f"/repairs{read.pointer}", message=read.reason)
        raise Invalid(f"the row is still no record: {read.pointer or '/'}: {read.reason}", errors=[error])
    resolve(connection, row.quarantine_id, resolution=f"repaired by {principal.principal_id}")
    return store(connection, [read])[0]
