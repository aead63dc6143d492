"""The moments at which invoices are scored for training: as soon as each one is known."""

import numpy as np

from features.matrix import IntArray, TextArray
from features.recordset import History


def scoring_moments(history: History) -> tuple[TextArray, IntArray]:
    """One moment per invoice: one microsecond after its first version became known.

    Returns:
        invoice ids, ``object`` (n,), ordered by moment, then id; moments, ``int64`` (n,) microseconds since 1970 UTC.
    """
    first = history.first_versions("invoice")
    ids: TextArray = history.column("invoice", "invoice_id")[first]
    moments: IntArray = history.column("invoice", "known_at")[first] + 1
    by_id = np.argsort(ids, kind="stable")
    order = by_id[np.argsort(moments[by_id], kind="stable")]
    return ids[order], moments[order]
