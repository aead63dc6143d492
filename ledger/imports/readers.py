"""Rows out of CSV, Parquet and JSON Lines, one at a time; a row that cannot be read is handed on as such."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet

from ledger.errors import PlainError
from ledger.imports.mapping import Mapping


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
    if missing := sorted(mapping.columns() - set(present)):
        raise FileError(
            f"{path.name} has no column {', '.join(missing)}: mapping {mapping.name!r} is for another export"
        )


def _csv_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    # Undecodable bytes become surrogates, which the parsers refuse: the row is quarantined and the import goes on.
    with path.open(encoding=mapping.encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader((line.replace("\x00", "\ufffd") for line in file), delimiter=mapping.delimiter)
        header = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
        _check_columns(path, header, mapping)
        for cells in reader:
            if not cells:
                continue
            row = dict(zip(header, cells, strict=False))
            if len(cells) == len(header):
                yield RawRow(reader.line_num, row)
            else:
                extra = {"beyond the header": cells[len(header) :]} if len(cells) > len(header) else {}
                yield RawRow(reader.line_num, {**row, **extra}, f"{len(cells)} cells under {len(header)} columns")


def _jsonl_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:  # noqa: ARG001 - JSON rows may lack columns
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: str) -> RawRow:
    try:
        row = json.loads(line, parse_float=Decimal, parse_constant=_refuse_constant)
    except (json.JSONDecodeError, ValueError) as error:
        return RawRow(number, {"line": line.rstrip("\n")}, f"not JSON: {error}")
    if not isinstance(row, dict):
        return RawRow(number, {"line": line.rstrip("\n")}, "not a JSON object")
    return RawRow(number, row)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _parquet_rows(path: Path, mapping: Mapping) -> Iterator[RawRow]:
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise FileError(f"{path.name}: not a Parquet file ({error})") from error
    _check_columns(path, file.schema_arrow.names, mapping)
    number = 0
    for batch in file.iter_batches(batch_size=20_000):
        for row in batch.to_pylist():
            number += 1
            yield RawRow(number, row)
