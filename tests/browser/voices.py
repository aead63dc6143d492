"""A scorer for pages: speaks of each invoice differently, abstains on some, gives reasons from features."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from features.catalogue import FEATURE_NAMES
from features.matrix import FeatureMatrix
from models.assessment import AnomalyRisk, Assessment, Confidence, DelayRisk, DisputeRisk, RiskStatus
from models.reasons import reasons_for

CURVE_DAYS = (0, 5, 10, 15, 20, 30, 45, 60, 90)
TOLD = ("approvals_pending_age", "unapproved_time_hours", "dispute_rate", "days_late_mean", "lines_off_card",
        "milestones_without_evidence", "billing_lag_days", "receipts_missing")  # fmt: skip


@dataclass(frozen=True)
class VariedScorer:
    """Deterministic in the features; stands in for loaded models beside the Scorer protocol."""

    def assess(self, matrix: FeatureMatrix, context: Any) -> list[Assessment]:
        """One assessment per row."""
        return [_one(row, due) for row, due in zip(matrix.values, context.due_on, strict=True)]


def _one(row: Any, due: Any) -> Assessment:
    seed = int(np.nan_to_num(row).sum() * 1000) % 997
    draw = np.random.default_rng(seed)
    late, dispute, p_value = float(draw.beta(2, 4)), float(draw.beta(1.3, 9)), float(draw.uniform(0.01, 1))
    days = 40 * late - 4
    curve = tuple((day, round(float(min(0.97, 1.3 * late) * np.exp(-day / (12 + 60 * late))), 4)) for day in CURVE_DAYS)
    silent = seed % 11 == 0
    return Assessment(
        delay=DelayRisk(
            RiskStatus.OK, Confidence.HIGH, 15, late, 0.18, curve, days, due and due + timedelta(int(days))
        ),
        dispute=DisputeRisk(RiskStatus.ABSTAINED)
        if silent
        else DisputeRisk(RiskStatus.OK, Confidence.LOW if seed % 3 else Confidence.HIGH, dispute, 0.06, _causes(draw)),
        anomaly=AnomalyRisk(RiskStatus.OK, Confidence.HIGH, p_value),
        reasons=tuple(_reasons(row)),
        clear_score=1 - max(late, dispute),
        clearable=not silent and late < 0.25 and dispute < 0.08,
        model_digests={"delay": "d" * 64, "dispute": "e" * 64, "anomaly": "f" * 64},
    )


def _causes(draw: Any) -> dict[str, float]:
    shares = draw.dirichlet([2.0, 1.5, 1.0])
    return dict(zip(("rate", "hours_not_approved", "scope_quality"), map(float, shares), strict=True))


def _reasons(row: Any) -> list[Any]:
    places = [FEATURE_NAMES.index(name) for name in TOLD]
    values = row[places]
    weights = np.where(np.nan_to_num(values) > 0, np.linspace(0.9, 0.2, len(places)), 0.0)
    return reasons_for("dispute", TOLD, values, weights, np.zeros(len(places)))


FIGURE = {"value": 0.791, "low": 0.768, "high": 0.813}
BASELINE = {"value": 0.702, "low": 0.67, "high": 0.73}
DESCRIBED: list[dict[str, Any]] = [
    {
        "risk": risk,
        "version": "3",
        "digest": letter * 64,
        "facts": {
            "trained_from": "2024-07-01",
            "trained_until": "2026-02-28",
            "tested_until": "2026-06-30",
            "rows_trained": 14210,
            "rows_tested": 2871,
            "dataset_digest": "9a" * 32,
            "metrics": [
                {"task": task, "metric": metric, "model": FIGURE, "baseline": BASELINE,
                 "baseline_name": "client's own smoothed rate", "n_train": 14210, "n_test": 2871}
                for metric in ("roc_auc", "average_precision", "brier", "ece")
            ],
            "certificate": certificate,
        },
    }
    for risk, letter, task, certificate in (
        ("delay", "d", "late>15d", {}),
        ("dispute", "e", "disputed", {
            "threshold": 0.0312, "alpha": 0.05, "delta": 0.1, "cleared": 812, "bad": 24, "coverage": 0.41,
            "p_value": 0.0121, "valid_until": "2027-02-01", "data_digest": "9a" * 32,
            "alpha_money": 0.05, "money_cap": 25_000.0, "loss": 0.034, "segments": {}, "certified_apart": [],
            "rows": 1980, "p_count": 0.0044, "p_money": 0.0121,
        }),
        ("anomaly", "f", "disputed for a billing error", {}),
    )
]  # fmt: skip
