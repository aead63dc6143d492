"""Import a file: records in chunks, bad rows to quarantine, counts at the end; safe to kill and start again."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, text, update

from ledger.imports.mapping import OCCURRENCE, CompiledMapping, Mapping, RowError
from ledger.imports.readers import RawRow, read_rows
from ledger.quarantine import BadRow, keep
from ledger.records import Record
from ledger.store import Appended, append
from ledger.tables import TABLES, import_batch

CHUNK_ROWS = 10_000

Progress = Callable[[int], None]


@dataclass
class ImportResult:
    """What became of a file.

    ``quarantined`` counts bad rows of the file; ``first_problems`` holds the first few for the person at the screen.
    """

    rows: int = 0
    records: Appended = field(default_factory=Appended)
    quarantined: int = 0
    newly_quarantined: int = 0
    first_problems: list[BadRow] = field(default_factory=list)


@dataclass(frozen=True)
class _Chunk:
    rows: int
    records: list[Record]
    bad: list[BadRow]


def import_file(engine: Engine, path: Path, mapping: Mapping, *, progress: Progress | None = None) -> ImportResult:
    """Import one file in chunks, each a transaction of its own.

    A chunk's records, quarantined rows and counts are committed together; importing the same file again, also after
    a crash half-way, adds only what is missing. Raises ``FileError`` when the file as a whole cannot be read.
    """
    result = ImportResult()
    chunks = _chunks(path, mapping)
    first = next(chunks, None)  # a wrong file fails here, before a batch is opened
    with engine.begin() as connection:
        batch_id = _open_batch(connection, path, mapping)
    for chunk in _and_then(first, chunks):
        with engine.begin() as connection:
            _write(connection, batch_id, chunk, result)
        if progress:
            progress(result.rows)
    with engine.begin() as connection:
        _close_batch(connection, batch_id)
    return result


def read_records(path: Path, mapping: Mapping) -> Iterator[Record]:
    """The records that an import of the file would write, each key once, without a ledger; bad rows are left out.

    Raises ``FileError`` when the file as a whole cannot be read.
    """
    seen: set[tuple[str, str, str]] = set()
    for chunk in _chunks(path, mapping):
        for record in chunk.records:
            key = (record.kind, record.source_id, record.version)
            if key not in seen:
                seen.add(key)
                yield record


def dry_run(path: Path, mapping: Mapping, *, progress: Progress | None = None) -> ImportResult:
    """What an import would say, with nothing written; ``records.accepted`` counts well-formed records."""
    result = ImportResult()
    for chunk in _chunks(path, mapping):
        _count(result, chunk, Appended(accepted=len(chunk.records)))
        if progress:
            progress(result.rows)
    return result


def convert(compiled: CompiledMapping, origin: str, row: RawRow) -> list[tuple[Record, bool]] | BadRow:
    """The records of one row, each with whether it repeats master data; or why there are none."""
    if row.problem:
        return BadRow(origin, row.number, None, None, row.problem, row.cells)
    try:
        return compiled.apply_marked(row.cells)
    except RowError as error:
        return BadRow(origin, row.number, error.kind, error.field, error.reason, row.cells)


def origin_of(path: Path, mapping: Mapping) -> str:
    """How quarantined rows name where they came from."""
    return f"{mapping.name}:{path.name}"


class _Masters:
    """Master data that rows repeat: per key, the version known first, wherever in the file it stands."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, str, str], Record] = {}

    def offer(self, record: Record) -> None:
        key = (record.kind, record.source_id, record.version)
        if key not in self.first or record.known_at < self.first[key].known_at:
            self.first[key] = record


def _chunks(path: Path, mapping: Mapping) -> Iterator[_Chunk]:
    """The file in chunks; repeated master data comes last, when the first known of each is certain."""
    compiled, origin, masters = mapping.compile(), origin_of(path, mapping), _Masters()
    rows = _numbered(read_rows(path, mapping), mapping)
    while batch := list(islice(rows, CHUNK_ROWS)):
        chunk = _Chunk(len(batch), [], [])
        for row in batch:
            converted = convert(compiled, origin, row)
            if isinstance(converted, BadRow):
                chunk.bad.append(converted)
            else:
                _sort(converted, chunk, masters)
        yield chunk
    yield _Chunk(0, list(masters.first.values()), [])


def _sort(converted: list[tuple[Record, bool]], chunk: _Chunk, masters: _Masters) -> None:
    for record, repeats in converted:
        if repeats:
            masters.offer(record)
        else:
            chunk.records.append(record)


def _numbered(rows: Iterator[RawRow], mapping: Mapping) -> Iterator[RawRow]:
    """Each row with the count of rows so far that share its ``occurrence_of`` columns."""
    if not mapping.occurrence_of:
        yield from rows
        return
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        key = tuple(str(row.cells.get(name, "")).strip() for name in mapping.occurrence_of)
        seen[key] += 1
        yield RawRow(row.number, {**row.cells, OCCURRENCE: str(seen[key])}, row.problem)


def _and_then(first: _Chunk | None, rest: Iterator[_Chunk]) -> Iterator[_Chunk]:
    if first is not None:
        yield first
    yield from rest


def _write(connection: Connection, batch_id: int, chunk: _Chunk, result: ImportResult) -> None:
    bad = [replace(row, batch_id=batch_id) for row in chunk.bad]
    added, kept = append(connection, chunk.records), keep(connection, bad)
    _count(result, chunk, added)
    result.newly_quarantined += kept
    columns = import_batch.c
    connection.execute(
        update(import_batch)
        .where(columns.batch_id == batch_id)
        .values(
            rows_read=columns.rows_read + chunk.rows,
            accepted=columns.accepted + added.accepted,
            duplicates=columns.duplicates + added.duplicates,
            conflicts=columns.conflicts + added.conflicts,
            quarantined=columns.quarantined + len(bad),
        )
    )


def _count(result: ImportResult, chunk: _Chunk, added: Appended) -> None:
    result.rows += chunk.rows
    result.records += added
    result.quarantined += len(chunk.bad)
    result.first_problems += chunk.bad[: max(0, 10 - len(result.first_problems))]


def _open_batch(connection: Connection, path: Path, mapping: Mapping) -> int:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    row = insert(import_batch).values(
        file_name=path.name, file_digest=digest, mapping=mapping.name, mapping_digest=mapping.digest()
    )
    return int(connection.execute(row.returning(import_batch.c.batch_id)).scalar_one())


def _close_batch(connection: Connection, batch_id: int) -> None:
    connection.execute(
        update(import_batch).where(import_batch.c.batch_id == batch_id).values(finished_at=func.clock_timestamp())
    )
    # The planner's statistics are those of an empty table until somebody looks again.
    connection.execute(text(f"ANALYZE {', '.join(TABLES)}"))
