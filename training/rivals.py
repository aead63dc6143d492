"""Plain models that ours must beat, fitted on the same rows with the labels known at the same cut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from features.catalogue import FEATURE_NAMES
from models.arrays import FloatArray, IntArray
from models.hazards import EDGES

# What a data scientist would write down in an hour: the client's record, the amount, terms and the calendar.
HANDFUL = (
    "log_amount", "terms_days", "paid_count", "late_rate_0", "late_rate_30", "days_late_mean", "days_late_median",
    "days_late_std", "days_late_last3", "days_to_pay_mean", "days_since_settlement", "open_count", "overdue_count",
    "dispute_rate", "dispute_count", "due_month", "due_weekday", "invoice_weekday", "backdated_days",
    "sent_electronically",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """One binary task as it was known at the cut.

    Attributes:
        train, outcome: rows before the cut whose outcome was known then, ``float64`` (n, k) and (n,).
        test: rows after it, ``float64`` (m, k).
        seed: of random draws.
    """

    train: FloatArray
    outcome: FloatArray
    test: FloatArray
    seed: int


def logistic(known: Known) -> FloatArray:
    """Ridge logistic regression on medians-filled, standardised features."""
    model = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.1, max_iter=2000),
    )
    model.fit(known.train, known.outcome)
    return np.asarray(model.predict_proba(known.test)[:, 1], dtype=np.float64)


def plain_lightgbm(known: Known) -> FloatArray:
    """LightGBM as most people run it."""
    model = lgb.LGBMClassifier(
        n_estimators=200, num_leaves=15, learning_rate=0.05, random_state=known.seed, n_jobs=2, verbose=-1,
        # Its figures are stored with our model: the same data must give the same digits.
        deterministic=True, force_row_wise=True,
    )  # fmt: skip
    model.fit(known.train, known.outcome)
    booster = model.booster_
    return np.asarray(booster.predict(known.test, num_threads=2), dtype=np.float64)


def handful(X: FloatArray) -> FloatArray:
    """The columns of ``HANDFUL`` that the catalogue has, ``float64`` (n, h)."""
    return X[:, [FEATURE_NAMES.index(name) for name in HANDFUL if name in FEATURE_NAMES]]


def binary_rivals(known: Known, rate: str) -> dict[str, Callable[[], FloatArray]]:
    """Name → its probabilities for the test rows, fitted when called.

    Args:
        known: the task.
        rate: feature that holds the client's own smoothed rate.
    """
    few = Known(handful(known.train), known.outcome, handful(known.test), known.seed)
    return {
        "client's own rate": lambda: known.test[:, FEATURE_NAMES.index(rate)],
        "logistic regression": lambda: logistic(known),
        "LightGBM": lambda: plain_lightgbm(known),
        "LightGBM, a handful of features": lambda: plain_lightgbm(few),
    }


def kaplan_meier(days: FloatArray, open_for: FloatArray, segments: IntArray, asked: IntArray) -> FloatArray:
    """Curves by segment (Kaplan & Meier 1958); a segment below 20 waits, or never seen, gets everybody's curve.

    Args:
        days, open_for: ``float64`` (n,), ended waits (NaN while open) and censoring bounds.
        segments: ``int64`` (n,), segment of each training row.
        asked: ``int64`` (m,), segments of the test rows.

    Returns:
        ``float64`` (m, len(EDGES)).
    """
    from lifelines import KaplanMeierFitter

    ended = np.isfinite(days)
    waits = np.where(ended, days, open_for)

    def curve(rows: FloatArray) -> FloatArray:
        fitted = KaplanMeierFitter().fit(waits[rows] - EDGES[0] + 400, ended[rows])
        return np.asarray(fitted.predict(EDGES - EDGES[0] + 400), dtype=np.float64)

    usable = np.isfinite(waits)
    everybody = curve(usable)
    by_segment: Mapping[int, FloatArray] = {
        int(segment): curve(usable & (segments == segment))
        for segment in np.unique(asked)
        if (usable & (segments == segment)).sum() >= 20
    }
    return np.array([by_segment.get(int(segment), everybody) for segment in asked])


def cox(X: FloatArray, days: FloatArray, open_for: FloatArray, asked: FloatArray) -> FloatArray:
    """Cox regression with a ridge penalty on the handful of features (Cox 1972), curves (m, len(EDGES))."""
    import pandas as pd
    from lifelines import CoxPHFitter

    ended = np.isfinite(days)
    waits = np.where(ended, days, open_for)
    usable = np.isfinite(waits)
    prepare = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    design = np.clip(prepare.fit_transform(handful(X[usable])), -5, 5)
    varied = design.std(axis=0) > 1e-9
    frame = pd.DataFrame(design[:, varied]).add_prefix("x")
    frame["wait"], frame["ended"] = waits[usable] - EDGES[0] + 400, ended[usable]
    fitted = CoxPHFitter(penalizer=0.1).fit(frame, "wait", "ended")
    tested = pd.DataFrame(np.clip(prepare.transform(handful(asked)), -5, 5)[:, varied]).add_prefix("x")
    curves = fitted.predict_survival_function(tested, times=EDGES - EDGES[0] + 400)
    return np.asarray(curves.to_numpy().T, dtype=np.float64)


def median_regression(X: FloatArray, days: FloatArray, asked: FloatArray, *, seed: int) -> FloatArray:
    """LightGBM on the absolute error: the median of days, ``float64`` (m,); rows without an outcome are left out."""
    known = np.isfinite(days)
    model = lgb.LGBMRegressor(
        objective="l1", n_estimators=300, num_leaves=15, learning_rate=0.05, random_state=seed, n_jobs=2, verbose=-1
    )
    model.fit(X[known], days[known])
    return np.asarray(model.booster_.predict(asked, num_threads=2), dtype=np.float64)
