"""The detector beside PyOD's on public anomaly sets (ADBench, Han et al. 2022): unsupervised fit, three splits each."""

import os
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.model_selection import train_test_split
from sklearn.utils.parallel import Parallel, delayed

from models.arrays import FloatArray
from models.detectors.ensemble import EnsembleDetector
from training.metrics import METRICS, RANKING, measure
from training.suites.row import Row, Step
from training.suites.summary import Summary

OURS = "detector ensemble"
LARGEST = 10_000
SPLITS = 3
TEST_SHARE = 0.3
RESAMPLES = 100


@dataclass(frozen=True)
class Split:
    """One stratified 70/30 split, scaled to the training range."""

    train: FloatArray
    test: FloatArray
    outcome: FloatArray


def run(data: Path, *, seed: int, step: Step) -> Iterator[Row]:
    """Rows of every ``*.npz`` (arrays ``X``, ``y``) in ``data/adbench``, or in ``data`` itself; means over the splits.

    A set whose rarer class is too small to be split is skipped.
    """
    folder = data / "adbench" if (data / "adbench").is_dir() else data
    files = sorted(folder.glob("*.npz"))
    workers = Parallel(n_jobs=min(2, os.cpu_count() or 1, max(1, len(files))), return_as="generator")
    for place, rows in enumerate(workers(delayed(_study)(file, seed) for file in files), start=1):
        step(f"Anomaly sets: {place} of {len(files)}")
        yield from rows


def summary(rows: Sequence[Row]) -> Summary:
    """Mean figure and mean rank (1 is best) of every detector over all sets, by metric."""
    names = [OURS, *dict.fromkeys(row.baseline for row in rows)]
    columns = []
    for metric in RANKING:
        table = _figures([row for row in rows if row.metric == metric], names)
        ranks = np.array([rankdata(-line) for line in table])
        columns += [[f"{mean:.3f}" for mean in table.mean(axis=0)], [f"{rank:.2f}" for rank in ranks.mean(axis=0)]]
    return Summary(
        title=f"Mean over {len({row.dataset for row in rows})} sets, and mean rank among {len(names)} detectors",
        headings=("detector", *(f"{what}{metric}" for metric in RANKING for what in ("", "rank by "))),
        lines=tuple(zip(names, *columns, strict=True)),
    )


def _figures(rows: Sequence[Row], names: list[str]) -> FloatArray:
    """One line per set, one column per detector."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        found[row.dataset] |= {OURS: row.value, row.baseline: row.baseline_value}
    return np.array([[figures[name] for name in names] for figures in found.values()])


def _study(file: Path, seed: int) -> list[Row]:
    """Every metric beside every baseline on one set; nothing where it cannot be split."""
    with np.load(file) as arrays:
        X, y = arrays["X"].astype(np.float64), arrays["y"].ravel().astype(np.float64)
    if min(y.sum(), len(y) - y.sum()) < 2 / TEST_SHARE:
        return []
    splits = [_split(X, y, seed + number) for number in range(SPLITS)]
    theirs = {name: [_plain(split, _fit(make, split)) for split in splits] for name, make in _rivals(seed).items()}
    ours = [_measured(split, seed + number) for number, split in enumerate(splits)]
    rows = []
    for place, metric in enumerate(RANKING):
        value, low, high = np.mean([one[place] for one in ours], axis=0).tolist()
        for name, figures in theirs.items():
            rival = float(np.mean([one[place] for one in figures]))
            sizes = (len(splits[0].train), len(splits[0].test))
            rows.append(Row(file.stem, "outliers", OURS, metric, value, low, high, name, rival, *sizes))
    return rows


def _split(X: FloatArray, y: FloatArray, seed: int) -> Split:
    rows = np.arange(len(X))
    if len(rows) > LARGEST:
        rows, _ = train_test_split(rows, train_size=LARGEST, stratify=y, random_state=seed)
    before, after = train_test_split(rows, test_size=TEST_SHARE, stratify=y[rows], random_state=seed)
    low, high = X[before].min(axis=0), X[before].max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    return Split((X[before] - low) / width, (X[after] - low) / width, y[after])


def _measured(split: Split, seed: int) -> list[tuple[float, float, float]]:
    """Our value, low and high by each metric of ``RANKING``."""
    abnormality = -EnsembleDetector(seed=seed).fit(split.train).score_samples(split.test)
    found = measure(split.outcome, abnormality, metrics=RANKING, resamples=RESAMPLES, seed=seed)
    return [(found[name].value, found[name].low, found[name].high) for name in RANKING]


def _plain(split: Split, abnormality: FloatArray) -> list[float]:
    return [METRICS[name](split.outcome, abnormality) for name in RANKING]


def _rivals(seed: int) -> dict[str, Callable[[], Any]]:
    """PyOD's detectors with their own defaults."""
    from pyod.models.copod import COPOD
    from pyod.models.ecod import ECOD
    from pyod.models.hbos import HBOS
    from pyod.models.iforest import IForest
    from pyod.models.knn import KNN
    from pyod.models.lof import LOF
    from pyod.models.pca import PCA

    return {
        "IsolationForest": lambda: IForest(random_state=seed),
        "ECOD": ECOD,
        "HBOS": HBOS,
        "COPOD": COPOD,
        "kNN": KNN,
        "LOF": LOF,
        "PCA": lambda: PCA(random_state=seed),
    }


def _fit(make: Callable[[], Any], split: Split) -> FloatArray:
    with warnings.catch_warnings():  # what PyOD says of duplicate rows concerns PyOD
        warnings.simplefilter("ignore")
        abnormality: FloatArray = np.nan_to_num(make().fit(split.train).decision_function(split.test))
        return abnormality
