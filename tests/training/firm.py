"""One simulated firm for the tests of training: made once per process, small enough to be quick."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from features.history import History, with_records
from ledger.records import Record
from models.arrays import BoolArray, FloatArray
from simulator.firm import simulate_with_truth
from simulator.truth import Truth
from training.config import TrainingConfig
from training.dataset import Dataset, build_dataset
from training.train import Trained, train

CONFIG = TrainingConfig(bootstrap=50)
INVOICES, MONTHS, SEED = 1500, 18, 3


@dataclass(frozen=True)
class Firm:
    """A simulated firm: its records, each key once, and the truth about its invoices."""

    records: list[Record]
    truth: Truth


@cache
def firm() -> Firm:
    """The firm of most tests."""
    return simulated(INVOICES, MONTHS, SEED)


def simulated(invoices: int, months: int, seed: int) -> Firm:
    """A firm of another size; of records with the same key the first counts, as in a ledger."""
    simulation = simulate_with_truth(invoices=invoices, months=months, seed=seed)
    kept: dict[tuple[str, str, str, str], Record] = {}
    for batch in simulation.batches:
        for record in batch:
            kept.setdefault((record.kind, record.source, record.source_id, record.version), record)
    return Firm(list(kept.values()), simulation.truth)


@cache
def dataset() -> Dataset:
    """Its training set."""
    return dataset_of(firm().records)


def dataset_of(records: list[Record]) -> Dataset:
    """The training set of other records."""
    return build_dataset(with_records(History({}), records), dispute_window_days=CONFIG.dispute_window_days)


@cache
def trained() -> Trained:
    """Its three candidates."""
    return train(dataset(), CONFIG)


def injected(data: Dataset, truth: Truth) -> BoolArray:
    """Rows into which the simulator put a billing anomaly."""
    return np.array([bool(truth[invoice].anomalies) for invoice in data.matrix.invoice_ids.tolist()])


def true_dispute_probability(data: Dataset, truth: Truth) -> FloatArray:
    """What no ledger shows: the true chance of a dispute of each row."""
    return np.array([truth[invoice].dispute_probability for invoice in data.matrix.invoice_ids.tolist()])
