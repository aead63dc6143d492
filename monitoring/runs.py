"""Monitoring runs in the database: each verdict is kept, with the snapshot behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

from monitoring.verdict import Status, Verdict

_SAVE = text(
    "INSERT INTO monitoring_run (window_start, window_end, rows, reference, verdict, drifted, checks, snapshot, "
    "report_path) VALUES (:start, :end, :rows, :reference, :verdict, :drifted, CAST(:checks AS jsonb), "
    "CAST(:snapshot AS jsonb), :report) RETURNING run_id"
)
_LIST = text("SELECT * FROM monitoring_run ORDER BY started_at DESC, run_id DESC LIMIT :most")


@dataclass(frozen=True)
class Window:
    """The scores that were looked at: made in [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class StoredRun:
    """One run as it was stored."""

    run_id: int
    started_at: datetime
    window: Window
    reference: str
    verdict: Verdict
    snapshot: dict[str, Any]
    report_path: str | None


def save_run(
    connection: Connection,
    window: Window,
    verdict: Verdict,
    *,
    reference: str,
    snapshot: dict[str, Any],
    report_path: str | None = None,
) -> int:
    """Store a run and return its id."""
    values = {
        "start": window.start,
        "end": window.end,
        "rows": verdict.rows,
        "reference": reference,
        "verdict": verdict.status.value,
        "drifted": len(verdict.drifted),
        # NaN has no place in JSON: orjson writes null.
        "checks": orjson.dumps(verdict.to_dict()).decode(),
        "snapshot": orjson.dumps(snapshot).decode(),
        "report": report_path,
    }
    return int(connection.execute(_SAVE, values).scalar_one())


def latest_runs(connection: Connection, *, most: int = 20) -> Sequence[StoredRun]:
    """Stored runs, newest first."""
    return [_stored(row) for row in connection.execute(_LIST, {"most": most})]


def _stored(row: Any) -> StoredRun:
    verdict = Verdict.from_dict(row.checks)
    assert verdict.status is Status(row.verdict)
    return StoredRun(
        run_id=row.run_id,
        started_at=row.started_at,
        window=Window(row.window_start, row.window_end),
        reference=row.reference,
        verdict=verdict,
        snapshot=row.snapshot,
        report_path=row.report_path,
    )
