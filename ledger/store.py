"""The way into the ledger: idempotent appends, conflicts kept, nothing overwritten."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from sqlalchemy import Connection

from ledger.database import raw_cursor
from ledger.records import ENVELOPE, KINDS, Record


@dataclass(frozen=True)
class Appended:
    """What became of a batch of records."""

    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0

    def __add__(self, other: "Appended") -> "Appended":
        return Appended(
            self.accepted + other.accepted, self.duplicates + other.duplicates, self.conflicts + other.conflicts
        )


def append(connection: Connection, records: Iterable[Record]) -> Appended:
    """Write records in the caller's transaction.

    The same (source, source_id, version) with the same content is a duplicate and changes nothing; with other content
    it is a conflict, kept in ``record_conflict`` beside the untouched first one. Records travel by COPY, so that one
    call may carry a handful or a hundred thousand of them.
    """
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    total = Appended()
    # A fixed order of tables, so that two writers never wait for each other in a circle.
    for kind in sorted(by_kind):
        total += _append_kind(connection, kind, by_kind[kind])
    return total


def _append_kind(connection: Connection, kind: str, records: Sequence[Record]) -> Appended:
    columns = (*ENVELOPE, *KINDS[kind].payload_columns(), "digest")
    cursor = raw_cursor(connection)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    table, staging = sql.Identifier(kind), sql.Identifier(f"staging_{kind}")
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA").format(
            staging, names, table
        )
    )
    cursor.execute(sql.SQL("TRUNCATE {}").format(staging))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(staging, names)) as copy:
        for record in records:
            copy.write_row([_plain(getattr(record, name)) for name in columns[:-1]] + [record.digest()])
    cursor.execute(_INSERT.format(table=table, staging=staging, columns=names))
    accepted = cursor.rowcount
    cursor.execute(_COUNT_CONFLICTS.format(table=table, staging=staging))
    conflicts = int((cursor.fetchone() or (0,))[0])
    if conflicts:
        cursor.execute(_KEEP_CONFLICTS.format(table=table, staging=staging, kind=sql.Literal(kind)))
    return Appended(accepted, len(records) - accepted - conflicts, conflicts)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


# Rows go in by key, not by arrival: two writers of the same keys then never wait for each other in a circle, and
# record_id, the last tie-breaker of the as-of rule, does not depend on the order of the input. Of several contents
# under one key in one batch, the one known first is the one that stays.
_INSERT = sql.SQL(
    "INSERT INTO {table} ({columns}) SELECT {columns} FROM {staging} "
    "ORDER BY source, source_id, version, known_at, digest ON CONFLICT (source, source_id, version) DO NOTHING"
)
_COUNT_CONFLICTS = sql.SQL(
    "SELECT count(*) FROM {staging} s JOIN {table} t USING (source, source_id, version) WHERE s.digest <> t.digest"
)
_KEEP_CONFLICTS = sql.SQL(
    "INSERT INTO record_conflict (kind, source, source_id, version, kept_record_id, content, digest) "
    "SELECT {kind}, s.source, s.source_id, s.version, t.record_id, to_jsonb(s), s.digest "
    "FROM {staging} s JOIN {table} t USING (source, source_id, version) WHERE s.digest <> t.digest "
    "ON CONFLICT (kind, source, source_id, version, digest) DO NOTHING"
)
