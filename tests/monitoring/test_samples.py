"""The reference comes from the champions' folders, recent rows from the score log."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from features.catalogue import FEATURE_NAMES
from features.matrix import FeatureMatrix
from models.champions import POINTER, write_pointer
from models.reference import REFERENCE_FILE, REFERENCE_ROWS, write_reference
from monitoring.samples import read_reference, read_scores
from tests.monitoring.frames import NOW, WINDOW, sample, store_scores


def matrix(frame: pd.DataFrame) -> FeatureMatrix:
    rows = len(frame)
    ids = np.array([str(number) for number in range(rows)], dtype=object)
    values = frame[list(FEATURE_NAMES)].to_numpy()
    return FeatureMatrix(FEATURE_NAMES, ids, np.arange(rows, dtype=np.int64), values)


def champion(cache: Path, risk: str, frame: pd.DataFrame) -> dict[str, str]:
    predictions = {risk: frame[f"risk_{risk}"].to_numpy()}
    write_reference(cache / risk / "3", matrix(frame), predictions)
    return {"name": f"demo-{risk}", "version": "3", "folder": f"{risk}/3"}


def test_a_reference_is_read_back_with_every_champions_prediction(tmp_path: Path) -> None:
    frames = {"delay": sample(300, seed=1), "dispute": sample(200, seed=2)}
    write_pointer(tmp_path, {risk: champion(tmp_path, risk, frame) for risk, frame in frames.items()})
    found = read_reference(tmp_path)
    assert found is not None
    reference, named = found
    assert named == "reference sample of delay version 3, dispute version 3"
    np.testing.assert_array_equal(reference[list(FEATURE_NAMES)], frames["delay"][list(FEATURE_NAMES)])
    np.testing.assert_array_equal(reference["risk_dispute"].dropna(), frames["dispute"]["risk_dispute"])


def test_a_long_reference_is_thinned_evenly_over_time(tmp_path: Path) -> None:
    frame = sample(5_000, seed=1)
    kept = pd.read_parquet(write_reference(tmp_path, matrix(frame), {}))
    assert len(kept) == REFERENCE_ROWS
    np.testing.assert_array_equal(kept.iloc[[0, -1]], frame[list(FEATURE_NAMES)].iloc[[0, -1]])


def test_no_pointer_no_sample_and_a_damaged_one_are_no_reference(tmp_path: Path) -> None:
    assert read_reference(tmp_path) is None
    (tmp_path / POINTER).write_text("{")
    assert read_reference(tmp_path) is None
    write_pointer(tmp_path, {"delay": {"name": "m", "version": "1", "folder": "delay/1"}})
    assert read_reference(tmp_path) is None
    (tmp_path / "delay" / "1").mkdir(parents=True)
    (tmp_path / "delay" / "1" / REFERENCE_FILE).write_text("no table")
    assert read_reference(tmp_path) is None


def test_recent_scores_are_those_of_the_window_and_of_this_catalogue(connection: Connection) -> None:
    frame = sample(20, seed=3)
    store_scores(connection, frame, scored_at=NOW - timedelta(days=1))
    store_scores(connection, frame, scored_at=NOW - timedelta(days=40), prefix="old")
    store_scores(connection, frame, scored_at=NOW, prefix="later")
    store_scores(connection, frame, scored_at=NOW - timedelta(days=1), digest="other", prefix="foreign")
    read = read_scores(connection, WINDOW.start, WINDOW.end)
    assert list(read.columns) == list(frame.columns)
    ordered = [one.sort_values("risk_delay", ignore_index=True) for one in (read, frame)]
    pd.testing.assert_frame_equal(*ordered)


def test_an_invoice_scored_twice_counts_once_with_its_newest_score(connection: Connection) -> None:
    old, new = sample(20, seed=3), sample(20, seed=4)
    store_scores(connection, old, scored_at=NOW - timedelta(days=2))
    store_scores(connection, new, scored_at=NOW - timedelta(days=1))
    read = read_scores(connection, WINDOW.start, WINDOW.end)
    assert sorted(read["risk_delay"]) == sorted(new["risk_delay"])
    few = read_scores(connection, WINDOW.start, WINDOW.end, most=5)
    pd.testing.assert_frame_equal(few, read.head(5))


def test_no_scores_are_an_empty_frame_with_the_same_columns(connection: Connection) -> None:
    read = read_scores(connection, WINDOW.start, WINDOW.end)
    assert (len(read), list(read.columns)) == (0, list(sample(1, seed=1).columns))
