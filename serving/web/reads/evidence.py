"""Record versions by kind and id, named so that a person can find them in their source system."""

from collections.abc import Iterable

from psycopg import sql
from sqlalchemy import Connection

from ledger.records import KINDS
from serving.sql import Row, rows

_VERSIONS = "SELECT record_id, source, source_id, version, known_at FROM {kind} WHERE record_id = ANY(%(ids)s)"


def versions_of(connection: Connection, records: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Row]:
    """(kind, record id) → ``source, source_id, version, known_at``; ids of no record are left out."""
    by_kind: dict[str, set[int]] = {}
    for kind, record_id in records:
        by_kind.setdefault(kind, set()).add(record_id)
    found: dict[tuple[str, int], Row] = {}
    for kind, ids in by_kind.items():
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of record")
        query = sql.SQL(_VERSIONS).format(kind=sql.Identifier(kind))
        found |= {(kind, row["record_id"]): row for row in rows(connection, query, {"ids": sorted(ids)})}
    return found
