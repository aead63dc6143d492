"""Stored monitoring verdicts; empty while no monitoring has ever been installed."""

from sqlalchemy import Connection

from serving.sql import Row, first, only, rows

MOST_RUNS = 50


def monitoring_runs(connection: Connection) -> list[Row]:
    """Newest first: ``run_id, started_at, window_start, window_end, rows, verdict, drifted, checks, report_path``."""
    if not _installed(connection):
        return []
    return rows(connection, "SELECT * FROM monitoring_run ORDER BY started_at DESC LIMIT %(n)s", {"n": MOST_RUNS})


def monitoring_run(connection: Connection, run_id: str) -> Row | None:
    """One of them."""
    if not _installed(connection):
        return None
    return first(connection, "SELECT * FROM monitoring_run WHERE run_id::text = %(id)s", {"id": run_id})


def report_path(connection: Connection, run_id: str) -> str | None:
    """Where the HTML report of a run lies; ``None`` when there is none."""
    found = monitoring_run(connection, run_id)
    return None if found is None else found["report_path"]


def _installed(connection: Connection) -> bool:
    return bool(only(connection, "SELECT to_regclass('monitoring_run') IS NOT NULL AS there")["there"])
