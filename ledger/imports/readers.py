"""Rows out of CSV, Parquet and JSON Lines, one at a time; a row that cannot be read is handed on as such."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from ledger.errors import PlainError
from ledger.imports.csv_lines import csv_records
from ledger.imports.mapping import Mapping

BEYOND = "beyond the header"
LINE = "line"


class FileError(PlainError):
    """The file as a whole cannot be imported; one line with the remedy."""


@dataclass(frozen=True)
class RawRow:
    """One row as the file has it; ``problem`` says why it could not be read, if so."""

    number: int
    cells: dict[str, Any]
    problem: str | None = None


def read_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    """The file's rows, numbered as a person would count them (the CSV header is line 1).

    Raises ``FileError`` for a missing or foreign file, or one that lacks columns the mapping needs.
    """
    if not path.is_file():
        raise FileError(f"no file {path}: check the path")
    readers = {".csv": _csv_rows, ".parquet": _parquet_rows, ".jsonl": _jsonl_rows, ".ndjson": _jsonl_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileError(f"{path.name}: expected a name ending in {', '.join(readers)}")
    return reader(path, mapping)


def _check_columns(path: Path, present: list[str], mapping: Mapping) -> None:
    needed = mapping.columns()
    if missing := sorted(name for name in needed if not {name, name.split(".")[0]} & set(present)):
        raise FileError(
            f"{path.name} has no column {', '.join(missing)}: mapping {mapping.name!r} is for another export"
        )
    if twice := sorted(name for name in needed if present.count(name) > 1):
        raise FileError(f"{path.name} has column {', '.join(twice)} twice: rename one of them")


def _csv_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    # Undecodable bytes become surrogates, which the parsers refuse: the row is quarantined and the import goes on.
    with path.open(encoding=mapping.encoding, errors="surrogateescape", newline="") as file:
        records = csv_records(file, mapping.delimiter)
        header = [name.strip().lstrip("\ufeff") for name in next(records, (1, [], None))[1]]
        _check_columns(path, header, mapping)
        for number, cells, problem in records:
            beyond = {BEYOND: cells[len(header) :]} if len(cells) > len(header) else {}
            yield RawRow(number, {**dict(zip(header, cells, strict=False)), **beyond}, problem)


def _jsonl_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:  # noqa: ARG001 - JSON rows may lack columns
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield json_row(number, line.rstrip("\n"))


def json_row(number: int, line: str) -> RawRow:
    """One line of JSON as a row; numbers stay exact."""
    try:
        row = json.loads(line, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        return RawRow(number, {LINE: line}, f"not JSON: {error}")
    if not isinstance(row, dict):
        return RawRow(number, {LINE: line}, "not a JSON object")
    return RawRow(number, row)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _parquet_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    number = 0
    try:
        file = ParquetFile(path)
        _check_columns(path, file.schema_arrow.names, mapping)
        for batch in file.iter_batches(batch_size=20_000):
            yield from _batch_rows(batch, number)
            number += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise FileError(f"{path.name}: not a readable Parquet file ({error})") from error


def _batch_rows(batch: Any, before: int) -> Iterator[RawRow]:
    try:
        rows = batch.to_pylist()
    except (ValueError, OverflowError):
        # One value that Python cannot hold (bytes that are no text, the year 200000) must not cost its neighbours.
        yield from (_single_row(batch, place, before + place + 1) for place in range(batch.num_rows))
        return
    yield from (RawRow(before + place, row) for place, row in enumerate(rows, start=1))


def _single_row(batch: Any, place: int, number: int) -> RawRow:
    cells: dict[str, Any] = {}
    problem = None
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            cells[name] = column[place].as_py()
        except (ValueError, OverflowError) as error:
            problem = f"{name} cannot be read: {error}"
    return RawRow(number, cells, problem)
