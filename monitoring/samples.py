"""The two samples: what the champion was trained on, and what was scored lately."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, text

from features.catalogue import CATALOGUE_DIGEST, FEATURE_NAMES
from models.champions import POINTER
from models.reference import REFERENCE_FILE, prediction_column
from monitoring.plan import PREDICTIONS

RECENT_ROWS = 5_000

# The newest score of each invoice in the window; of too many, always the same ones.
_RECENT = text(
    """
    SELECT features, risks FROM (
        SELECT DISTINCT ON (invoice_id) score_id, features, risks FROM score_log_v1
        WHERE scored_at >= :start AND scored_at < :end AND catalogue_digest = :digest
        ORDER BY invoice_id, scored_at DESC, score_id
    ) newest ORDER BY md5(score_id), score_id LIMIT :most
    """
)


def read_reference(cache: Path) -> tuple[pd.DataFrame, str] | None:
    """The champions' reference sample and a sentence that names it; ``None`` when none of them carries one.

    The features come from the first champion that has a sample, each prediction from the sample of its own risk.
    """
    try:
        pointer = orjson.loads((cache / POINTER).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    found = {risk: frame for risk in sorted(pointer) if (frame := _read(cache, pointer[risk])) is not None}
    if not found:
        return None
    carrier = next(risk for risk in ("delay", "dispute", "anomaly", *found) if risk in found)
    frame = found[carrier].reset_index(drop=True)
    names = []
    for risk, sample in found.items():
        own = prediction_column(risk)
        if own in sample:
            # Samples of two models are not the same rows; only the distribution of each column is compared.
            frame[own] = sample[own].reset_index(drop=True).reindex(range(len(frame)))
        names.append(f"{risk} version {pointer[risk].get('version', '?')}")
    return frame, f"reference sample of {', '.join(names)}"


def _read(cache: Path, entry: Mapping[str, Any]) -> pd.DataFrame | None:
    try:
        return pd.read_parquet(cache / str(entry.get("folder", "")) / REFERENCE_FILE)
    except (OSError, pa.ArrowException):
        return None


def read_scores(connection: Connection, start: datetime, end: datetime, *, most: int = RECENT_ROWS) -> pd.DataFrame:
    """Features and predictions of the invoices scored in [start, end), one row per invoice, ``float64``.

    Scores of another catalogue are left out: their columns mean something else.
    """
    window = {"start": start, "end": end, "digest": CATALOGUE_DIGEST, "most": most}
    rows = connection.execute(_RECENT, window).all()
    frame = pd.DataFrame([row.features for row in rows], columns=list(FEATURE_NAMES), dtype="float64")
    for risk, field in PREDICTIONS.items():
        values = [(row.risks.get(risk) or {}).get(field) for row in rows]
        frame[prediction_column(risk)] = pd.array(values, dtype="Float64").to_numpy(dtype="float64", na_value=np.nan)
    return frame
