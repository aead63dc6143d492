"""Samples for the monitoring tests: plausible features and predictions, drawn with a seed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Connection, text

from features.catalogue import CATALOGUE, CATALOGUE_DIGEST, FEATURE_NAMES
from models.reference import prediction_column
from monitoring.plan import PREDICTIONS, standard_plan
from monitoring.runs import Window

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(days=30), NOW)

# A dozen columns of every kind: Evidently takes its time for each.
FEW = tuple(
    [feature for feature in CATALOGUE if feature.dtype == "number" and feature.family != "text"][:6]
    + [feature for feature in CATALOGUE if feature.dtype == "flag"][:2]
    + [feature for feature in CATALOGUE if feature.family == "text"][:3]
)
PLAN = standard_plan(FEW)

_SCORE = text(
    """
    INSERT INTO score (score_id, invoice_id, client_id, as_of, scored_at, amount, currency, features, catalogue_digest,
        model_digests, control_version, policy_version, risks, reasons, controls, degraded, route, decided_by, because,
        sampled, propensity, requested_by)
    VALUES (:score_id, :invoice_id, 'C1', :scored_at, :scored_at, 1, 'EUR', :features, :digest, '{}', 'v', 'v',
        CAST(:risks AS jsonb), '[]', '[]', '{}', 'auto_clear', 'model', 'test', false, 1, 'test')
    """
)


def sample(rows: int, seed: int) -> pd.DataFrame:
    """Features and predictions: numbers log-normal, flags one in five, every third feature sometimes absent."""
    rng = np.random.default_rng(seed)
    columns = {}
    for place, feature in enumerate(CATALOGUE):
        values = rng.binomial(1, 0.2, rows) if feature.dtype == "flag" else rng.lognormal(size=rows)
        absent = rng.random(rows) < (0.3 if place % 3 == 0 else 0.0)
        columns[feature.name] = np.where(absent, np.nan, values)
    for risk in PREDICTIONS:
        columns[prediction_column(risk)] = rng.beta(2, 5, rows)
    return pd.DataFrame(columns)


def store_scores(
    connection: Connection,
    frame: pd.DataFrame,
    *,
    scored_at: datetime,
    digest: str = CATALOGUE_DIGEST,
    prefix: str = "",
) -> None:
    """Write rows as scores of the service, one invoice each."""
    connection.execute(
        text("INSERT INTO rule_set (version, kind, content) VALUES ('v', 'controls', '{}') ON CONFLICT DO NOTHING")
    )
    rows = []
    for place, row in enumerate(frame.to_dict(orient="records")):
        risks = {risk: {field: row[prediction_column(risk)]} for risk, field in PREDICTIONS.items()}
        rows.append(
            {
                "score_id": f"{prefix}{scored_at:%Y%m%d}-{place}",
                "invoice_id": f"{prefix}{place}",
                "scored_at": scored_at,
                "features": [row[name] for name in FEATURE_NAMES],
                "digest": digest,
                "risks": orjson.dumps(risks).decode(),
            }
        )
    connection.execute(_SCORE, rows)
