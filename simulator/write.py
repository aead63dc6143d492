"""Where simulated records go: into a ledger, or into files of JSON Lines, one per kind."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Engine

from ledger.records import Record
from ledger.records.base import canonical_decimal
from ledger.store import Appended, append

Progress = Callable[[int], None]


def _silent(_count: int) -> None:
    """Nobody watches."""


def write_to_ledger(engine: Engine, batches: Iterable[list[Record]], progress: Progress = _silent) -> Appended:
    """Append batch by batch, one transaction each; ``progress`` is called with the size of every batch written.

    Repeating it after an interruption is safe: what is there already counts as a duplicate.
    """
    total = Appended()
    for batch in batches:
        with engine.begin() as connection:
            total += append(connection, batch)
        progress(len(batch))
    return total


def write_to_files(folder: Path, batches: Iterable[list[Record]], progress: Progress = _silent) -> dict[str, int]:
    """Write ``<kind>.jsonl`` files into ``folder`` (made if missing, old ones replaced); gives the rows per kind.

    Money and quantities are written as text, so that no digit is lost; moments in ISO 8601 (UTC).
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with ExitStack() as open_files:
        files: dict[str, BinaryIO] = {}
        for batch in batches:
            for record in batch:
                if record.kind not in files:
                    files[record.kind] = open_files.enter_context((folder / f"{record.kind}.jsonl").open("wb"))
                files[record.kind].write(to_line(record))
                counts[record.kind] = counts.get(record.kind, 0) + 1
            progress(len(batch))
    return counts


def to_line(record: Record) -> bytes:
    """One record as a line of JSON with every column, keys sorted."""
    content = {name: getattr(record, name) for name in type(record).model_fields}
    return orjson.dumps(content, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _plain(value: Any) -> str:
    return canonical_decimal(value)
