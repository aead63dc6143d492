"""Simulated firms with the true risk of every invoice: made here, since only the command line knows the simulator."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from features.history import History, with_records
from ledger.records import Record
from ledger.records.billing import NOT_PREVENTABLE
from models.arrays import FloatArray
from simulator.firm import DEFAULT_END, simulate_with_truth
from simulator.parameters import Parameters
from simulator.truth import InvoiceTruth
from training.dataset import Dataset, build_dataset

DISPUTE_WINDOW_DAYS = 90


@dataclass(frozen=True)
class KnownFirm:
    """A data set and what no ledger shows.

    Attributes:
        dataset: rows in order of time.
        risk: ``float64`` (n,), true probability of a dispute or credit note.
        preventable: ``float64`` (n,), of one for a cause that a reviewer could have mended before sending.
    """

    dataset: Dataset
    risk: FloatArray
    preventable: FloatArray


def known_firm(
    *, invoices: int, months: int, seed: int, end: date = DEFAULT_END, parameters: Parameters | None = None
) -> KnownFirm:
    """A firm as an import would have left it; the same arguments found the same firm."""
    simulation = simulate_with_truth(invoices=invoices, months=months, seed=seed, end=end, parameters=parameters)
    kept: dict[tuple[str, str, str, str], Record] = {}
    for batch in simulation.batches:
        for record in batch:  # of records with the same key the first counts, as in a ledger
            kept.setdefault((record.kind, record.source, record.source_id, record.version), record)
    dataset = build_dataset(with_records(History({}), list(kept.values())), dispute_window_days=DISPUTE_WINDOW_DAYS)
    truths = [simulation.truth[one] for one in dataset.matrix.invoice_ids.tolist()]
    risk = np.array([truth.dispute_probability for truth in truths])
    return KnownFirm(dataset, risk, risk * np.array([_preventable_share(truth) for truth in truths]))


def _preventable_share(truth: InvoiceTruth) -> float:
    """True P(a cause that could have been mended | dispute)."""
    return sum(share for cause, share in truth.cause_probabilities.items() if cause not in NOT_PREVENTABLE)
