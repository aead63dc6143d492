"""The one-row path's second look: earlier lines of an invoice's client and other entries of the people on it."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from features.reach import read_columns_of
from features.recordset import History
from ledger.read import read_columns


def with_line_history(
    connection: Connection, history: History, invoice_ids: Sequence[str], *, snapshot: str | None = None
) -> History:
    """The slice of some invoices, widened by what their lines are judged against.

    Reads the lines of the invoices' clients and the timesheet entries of the people and projects on them: two
    look-ups by index, whose cost grows with those histories and not with the ledger. Records of the slice that are
    not in the ledger (an inline document's) stay.

    Args:
        connection: an open connection.
        history: as of ``load_slice``.
        invoice_ids: the invoices that will be judged.
        snapshot: text of a ``pg_snapshot``: read only what that transaction could see, as the slice was read.
    """
    mine = np.isin(history.column("invoice", "invoice_id").astype(str), list(invoice_ids))
    lines = np.isin(history.column("invoice_line", "invoice_id").astype(str), list(invoice_ids))
    clients = _texts(history.column("invoice", "client_id")[mine])
    projects = _texts(history.column("invoice", "project_id")[mine])
    people = _texts(history.column("invoice_line", "resource_id")[lines])
    ways = {
        "invoice_line": {"client_id": clients, "invoice_id": list(invoice_ids)},
        "time_entry": {"project_id": projects, "resource_id": people},
    }
    columns = dict(history.kinds)
    for kind, where in ways.items():
        read = read_columns(connection, kind, read_columns_of(kind), where=where, snapshot=snapshot)
        fresh = ~np.isin(history.column(kind, "record_id"), read["record_id"])
        kept = history.columns(kind)
        columns[kind] = {name: np.concatenate([read[name], kept[name][fresh]]) for name in read}
    return History(columns, history.similarities)


def _texts(column: object) -> list[str]:
    return sorted({text for text in np.asarray(column, dtype=object).tolist() if text})
