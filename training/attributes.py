"""What an invoice is filed under, as known at its moment: keys to judge a model by, none of them a feature."""

import numpy as np

from features.context import Context, pick_text
from features.matrix import IntArray, TextArray
from features.recordset import History

Attributes = dict[str, TextArray]

# attribute → places (kind, column) in order of preference; ``invoice`` is the bill itself.
PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "region": (("project", "region"), ("legal_entity", "region"), ("legal_entity", "country")),
    "client_country": (("client", "country"),),
    "service_line": (("project", "service_line"),),
    "client_segment": (("client", "segment"),),
    "billing_method": (("invoice", "billing_method"), ("contract", "billing_method")),
}


def attributes_of(history: History, invoice_ids: TextArray, as_of: IntArray) -> Attributes:
    """Attribute → ``object`` (n,), ``None`` where nothing was known.

    The version in force strictly before ``as_of`` counts, by the same rule as every feature.

    Args:
        history: records.
        invoice_ids: ``object`` (n,).
        as_of: ``int64`` (n,), microseconds.
    """
    context = Context(history, invoice_ids, as_of)
    return {name: _first_known(context, places) for name, places in PLACES.items()}


def _first_known(context: Context, places: tuple[tuple[str, str], ...]) -> TextArray:
    found = np.full(len(context), None, dtype=object)
    for kind, column in places:
        rows = context.rows if kind == "invoice" else context.entity(kind)
        values = pick_text(context.history.column(kind, column), rows)
        for place in np.flatnonzero([value is None for value in found.tolist()]).tolist():
            found[place] = values[place]
    return found
