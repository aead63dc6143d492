"""From records to the feature matrix: one code path for one invoice and for a million."""

import numpy as np

from features.catalogue import FAMILIES, FEATURE_NAMES
from features.context import Context
from features.matrix import FeatureMatrix, FloatArray, IntArray, TextArray
from features.recordset import History

# Bounds the memory of invoice x record pairs; results do not depend on it.
BLOCK_ROWS = 16_384


def build_features(history: History, invoice_ids: TextArray, as_of: IntArray) -> FeatureMatrix:
    """Every catalogue feature of each invoice at its moment.

    The same call serves one row on its slice and the whole ledger, and gives the same bytes. An invoice that was not
    known before its moment has NaN in every feature that needs it.

    Args:
        history: records, of the whole ledger or of a slice that covers these invoices.
        invoice_ids: ``object`` (n,).
        as_of: ``int64`` (n,), microseconds since 1970 UTC.
    """
    if len(invoice_ids) != len(as_of):
        raise ValueError(f"{len(invoice_ids)} invoices but {len(as_of)} moments")
    values = np.empty((len(as_of), len(FEATURE_NAMES)), dtype=np.float64)
    for start in range(0, len(as_of), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        values[block] = _build_block(Context(history, invoice_ids[block], as_of[block]))
    return FeatureMatrix(FEATURE_NAMES, invoice_ids, as_of, values)


def _build_block(context: Context) -> FloatArray:
    columns: dict[str, FloatArray] = {}
    for family in FAMILIES:
        columns.update(family.compute(context))
    if set(columns) != set(FEATURE_NAMES):
        raise ValueError(f"computed and declared features differ: {sorted(set(columns) ^ set(FEATURE_NAMES))}")
    table = np.stack([columns[name] for name in FEATURE_NAMES], axis=1)
    table[context.rows < 0] = np.nan
    # Negative zero and zero are the same number: keep one of them, so that bytes agree.
    return table + 0.0
