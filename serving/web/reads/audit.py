"""The newest entries of the audit log, for the page."""

from sqlalchemy import Connection

from serving.sql import Row, only, rows


def newest_entries(connection: Connection, *, subject: str | None = None, limit: int = 100) -> list[Row]:
    """Entries, newest first: ``written_at, action, actor_id, subject_id, detail, stream, position, digest``."""
    query = """
        SELECT written_at, action, actor_id, subject_id, body::jsonb -> 'detail' AS detail, stream, position, digest
        FROM audit_entry WHERE %(subject)s::text IS NULL OR subject_id = %(subject)s
        ORDER BY written_at DESC, stream, position DESC LIMIT %(limit)s
    """
    return rows(connection, query, {"subject": subject, "limit": limit})


def entry_count(connection: Connection) -> int:
    """How many entries there are, from the heads of the streams."""
    return int(only(connection, "SELECT coalesce(sum(position), 0) AS n FROM audit_head")["n"])
