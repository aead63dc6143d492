"""Whether recent scores still look like the reference: data, predictions and text, with pinned tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from monitoring.evidently_report import Distances, measure
from monitoring.plan import ABSENT_SUFFIX, Method, Plan, Watched
from monitoring.verdict import Check, Status, Verdict, judge

# Fewer values than this say nothing about a column's distribution.
LEAST_VALUES = 30


@dataclass(frozen=True)
class Drift:
    """A comparison: the verdict, Evidently's snapshot of it, and the means to an HTML report (``None``: no rows)."""

    verdict: Verdict
    snapshot: dict[str, Any]
    distances: Distances | None


def compute(reference: pd.DataFrame, current: pd.DataFrame, plan: Plan) -> Drift:
    """Compare two samples by the plan; the same samples give the same verdict.

    Args:
        reference: features and predictions as ``float64`` columns, NaN where absent.
        current: recent rows of the same kind; columns that only one of them has are not compared.
        plan: what is watched, with which test and threshold.
    """
    too_few = Drift(Verdict(Status.TOO_FEW_ROWS, rows=len(current), reference_rows=len(reference)), {}, None)
    if min(len(current), len(reference)) < plan.least_rows:
        return too_few
    pairs = [(watched, _values(reference, watched), _values(current, watched)) for watched in plan.columns]
    usable = [pair for pair in pairs if _comparable(pair[1], pair[2])]
    if not usable:
        return too_few
    distances = measure(_frame(usable, 1), _frame(usable, 2), [pair[0] for pair in usable])
    checks = tuple(_check(watched, distances.scores.get(watched.column)) for watched in plan.columns)
    return Drift(judge(checks, rows=len(current), reference_rows=len(reference)), distances.snapshot, distances)


def _values(frame: pd.DataFrame, watched: Watched) -> "pd.Series[Any] | None":
    """A watched column; shares are text, since Evidently takes numbers for measurements."""
    name = watched.column.removesuffix(ABSENT_SUFFIX)
    if name not in frame:
        return None
    values = frame[name].astype("float64").replace([np.inf, -np.inf], np.nan)
    if watched.column.endswith(ABSENT_SUFFIX):
        return values.isna().map({True: "absent", False: "present"}).astype("object")
    if watched.method is Method.JENSEN_SHANNON:
        return values.map(lambda value: None if pd.isna(value) else f"{value:g}").astype("object")
    return values


def _comparable(reference: "pd.Series[Any] | None", current: "pd.Series[Any] | None") -> bool:
    if reference is None or current is None or min(reference.count(), current.count()) < LEAST_VALUES:
        return False
    # A column that holds one and the same value on both sides would only dilute its group's share.
    return len(set(reference.dropna().unique()) | set(current.dropna().unique())) > 1


def _frame(pairs: list[Any], side: int) -> pd.DataFrame:
    return pd.DataFrame({pair[0].column: pair[side].reset_index(drop=True) for pair in pairs})


def _check(watched: Watched, score: float | None) -> Check:
    known = None if score is None or not np.isfinite(score) else round(score, 6)
    drifted = known is not None and known > watched.threshold
    return Check(watched.column, watched.group, watched.method, watched.threshold, known, drifted)
