"""Training all three models, against the bare LightGBM fits that it contains, timed in the same run."""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import lightgbm as lgb
import numpy as np

from features.history import History, with_records
from ledger.records import Record
from simulator.firm import simulate
from training.config import TrainingConfig
from training.dataset import Dataset, build_dataset
from training.train import train

# The target: everything around the trees costs at most half as much again.
TARGET = 1.5
SIMULATED, MONTHS, SEED = 3_000, 24, 5


def grown(dataset: Dataset, rows: int) -> Dataset:
    """The data set drawn with replacement up to ``rows`` rows, in order of time; feature values jittered so that trees
    find as many cut points as in real data.
    """
    rng = np.random.default_rng(SEED)
    drawn = dataset.rows(np.sort(rng.integers(0, len(dataset), rows)))
    values = drawn.matrix.values * (1 + 1e-6 * rng.standard_normal(drawn.matrix.values.shape))
    return replace(drawn, matrix=replace(drawn.matrix, values=values), history=None)


def simulated() -> Dataset:
    """A small simulated firm's data set."""
    kept: dict[tuple[str, str, str, str], Record] = {}
    for batch in simulate(invoices=SIMULATED, months=MONTHS, seed=SEED):
        for record in batch:
            kept.setdefault((record.kind, record.source, record.source_id, record.version), record)
    return build_dataset(with_records(History({}), list(kept.values())), dispute_window_days=90)


@contextmanager
def timed_trees() -> Iterator[list[float]]:
    """Seconds of each ``lightgbm.train`` (with the making of its binned data) while the block runs."""
    spent: list[float] = []
    bare = lgb.train

    def timed(parameters: dict[str, Any], data: lgb.Dataset, **more: Any) -> lgb.Booster:
        started = time.perf_counter()
        booster = bare(parameters, data, **more)
        spent.append(time.perf_counter() - started)
        return booster

    lgb.train = timed
    try:
        yield spent
    finally:
        lgb.train = bare


def main() -> None:
    """Print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    dataset = grown(simulated(), rows)
    with timed_trees() as spent:
        started = time.perf_counter()
        trained = train(dataset, TrainingConfig(bootstrap=50))
        total = time.perf_counter() - started
    ratio = total / sum(spent)
    print(
        json.dumps(
            {
                "figure": f"training {len(trained.candidates)} models on {rows:,} invoices",
                "value": round(total, 1),
                "unit": "s",
                "against": round(sum(spent), 1),
                "of": f"{len(spent)} bare LightGBM fits",
                "ratio": round(ratio, 2),
                "target": TARGET,
                "met": ratio <= TARGET,
            }
        )
    )


if __name__ == "__main__":
    main()
