"""The anomaly study: one row per set, metric and rival, and a summary of mean ranks."""

from pathlib import Path

import numpy as np
import pytest

from training.suites import anomaly
from training.suites.row import Row

pytest.importorskip("pyod")


def _write(folder: Path, name: str, rows: int, odd: int) -> None:
    rng = np.random.default_rng(1)
    X = np.vstack([rng.normal(size=(rows - odd, 4)), rng.normal(size=(odd, 4)) * 6])
    np.savez(folder / f"{name}.npz", X=X, y=np.repeat([0, 1], [rows - odd, odd]))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder = tmp_path_factory.mktemp("study") / "adbench"
    folder.mkdir()
    _write(folder, "easy", 200, 30)
    _write(folder, "too_few", 100, 3)
    told: list[str] = []
    found = list(anomaly.run(folder.parent, seed=1, step=told.append))
    assert told == ["Anomaly sets: 1 of 2", "Anomaly sets: 2 of 2"]
    return found


def test_each_metric_meets_each_of_seven_rivals(rows: list[Row]) -> None:
    assert len(rows) == 2 * 7
    assert {row.metric for row in rows} == {"roc_auc", "average_precision"}
    assert {(row.n_train, row.n_test) for row in rows} == {(140, 60)}


def test_a_set_with_too_few_anomalies_is_skipped(rows: list[Row]) -> None:
    assert {row.dataset for row in rows} == {"easy"}


def test_easy_outliers_are_found_and_the_interval_holds_the_figure(rows: list[Row]) -> None:
    for row in rows:
        assert row.low - 1e-9 <= row.value <= row.high + 1e-9
        assert row.value > 0.7


def test_the_summary_ranks_the_better_detector_first() -> None:
    def row(dataset: str, metric: str, ours: float, rival: float) -> Row:
        return Row(dataset, "outliers", anomaly.OURS, metric, ours, ours, ours, "kNN", rival, 70, 30)

    made = [row(name, metric, 0.9, 0.6) for name in ("one", "two") for metric in ("roc_auc", "average_precision")]
    said = anomaly.summary(made)
    assert said.headings[0] == "detector"
    assert said.lines[0] == (anomaly.OURS, "0.900", "1.00", "0.900", "1.00")
    assert said.lines[1] == ("kNN", "0.600", "2.00", "0.600", "2.00")
    assert "2 sets" in said.title


@pytest.mark.parametrize("rows_in_total", [12_000])
def test_large_sets_are_thinned_and_scaled_to_the_training_range(rows_in_total: int) -> None:
    X = np.random.default_rng(2).normal(size=(rows_in_total, 2)) * 50
    split = anomaly._split(X, np.repeat([0.0, 1.0], [rows_in_total - 600, 600]), 1)
    assert (len(split.train), len(split.test)) == (7_000, 3_000)
    assert (split.train.min(), split.train.max()) == (0.0, 1.0)
    assert split.outcome.sum() == 150
