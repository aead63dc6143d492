"""One monitoring run: take the two samples, compare, write the report if asked, store the verdict."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine

from models.reference import REFERENCE_ROWS
from monitoring.drift import compute
from monitoring.plan import Plan
from monitoring.runs import Window, save_run
from monitoring.samples import read_reference, read_scores
from monitoring.verdict import Verdict

# Where no champion carries a sample, the scores of this long before the window stand in for it.
_EARLIER = timedelta(days=365)


@dataclass(frozen=True)
class Watch:
    """What a run found, and where it is kept."""

    run_id: int
    verdict: Verdict
    reference: str
    report: Path | None


def watch(engine: Engine, window: Window, plan: Plan, *, cache: Path, reports: Path | None = None) -> Watch:
    """Compare the window's scores with the champions' reference and store the verdict.

    Args:
        engine: the firm's database.
        window: scores made in it are looked at.
        plan: what is watched.
        cache: the firm's model cache, in which the champions' reference samples lie.
        reports: folder for an HTML report; ``None`` writes none.
    """
    with engine.connect() as connection:
        recent = read_scores(connection, window.start, window.end)
        reference, named = _reference(connection, window, cache)
    drift = compute(reference, recent, plan)
    path = None
    if reports is not None and drift.distances is not None:
        path = drift.distances.save_html(reports / f"drift-{window.end:%Y%m%dT%H%M%S}.html")
    with engine.begin() as connection:
        run_id = save_run(
            connection,
            window,
            drift.verdict,
            reference=named,
            snapshot=drift.snapshot,
            report_path=None if path is None else str(path.resolve()),
        )
    return Watch(run_id, drift.verdict, named, path)


def _reference(connection: Connection, window: Window, cache: Path) -> tuple[pd.DataFrame, str]:
    found = read_reference(cache)
    if found is not None:
        return found
    earlier = read_scores(connection, window.start - _EARLIER, window.start, most=REFERENCE_ROWS)
    return earlier, "scores of the year before the window (the champions carry no reference sample)"
