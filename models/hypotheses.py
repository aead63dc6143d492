"""What the ledger would say if some levers were pulled: the same records, and versions known just before a moment."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from features.endings import ENDING, endings
from features.lineage import INLINE_RECORD_ID
from features.reach import REACH
from features.recordset import History
from ledger.read import Columns
from models.levers.lever import Change, Lever

Versions = dict[tuple[str, str], tuple[int, dict[str, Any]]]


def with_levers(history: History, levers: Sequence[Lever], as_of: int) -> History:
    """The history in which the levers were pulled in the microsecond before ``as_of``; the given one stays as it is.

    Changes of the same record become one version. Where lines change their amount, the invoice's total and tax follow.
    """
    versions = _merged([change for lever in levers for change in lever.changes])
    _follow_lines(history, versions)
    columns: dict[str, Columns] = {}
    for kind in sorted({kind for kind, _ in versions}):
        mine = [version for (of, _), version in versions.items() if of == kind]
        columns[kind] = _appended(history.columns(kind), mine, as_of)
    if ENDING not in history.kinds:
        columns[ENDING] = endings(history)  # nothing of ours settles or disputes an invoice
    return history.appended(columns)


def as_changes(history: History, levers: Sequence[Lever]) -> tuple[Change, ...]:
    """The versions that :func:`with_levers` adds: what somebody would have to write for its answer to come true."""
    versions = _merged([change for lever in levers for change in lever.changes])
    _follow_lines(history, versions)
    return tuple(
        Change(kind, row, int(history.column(kind, "record_id")[row]), entity_id, columns)
        for (kind, entity_id), (row, columns) in versions.items()
    )


def _merged(changes: Sequence[Change]) -> Versions:
    versions: Versions = {}
    for change in changes:
        _, columns = versions.setdefault((change.kind, _identity(change)), (change.row, {}))
        columns.update(change.columns)
    return versions


def _identity(change: Change) -> str:
    """The thing of which the new version is one: a change may start another thing from a copy."""
    return str(change.columns.get(REACH[change.kind].entity[0], change.entity_id))


def _follow_lines(history: History, versions: Versions) -> None:
    lines = [version for (kind, _), version in versions.items() if kind == "invoice_line" and "amount" in version[1]]
    if not lines:
        return  # levers on lines always touch the invoice as well
    amounts = history.column("invoice_line", "amount")
    added = sum((_exact(columns["amount"]) - _exact(amounts[row]) for row, columns in lines), Decimal(0))
    invoice_id = str(history.column("invoice_line", "invoice_id")[lines[0][0]])
    row, columns = versions["invoice", invoice_id]
    before, tax = (history.column("invoice", name)[row] for name in ("amount", "tax_amount"))
    total = _exact(columns.get("amount", before)) + added
    columns["amount"] = float(total)
    if before and not np.isnan(tax):
        columns["tax_amount"] = float((_exact(tax) * total / _exact(before)).quantize(Decimal("0.01")))


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _appended(columns: Columns, versions: Sequence[tuple[int, dict[str, Any]]], as_of: int) -> Columns:
    """The columns and one more row per version, copied from the row that it supersedes."""
    rows = np.array([row for row, _ in versions], dtype=np.int64)
    first = max(int(columns["record_id"].max(initial=0)) + 1, INLINE_RECORD_ID)
    appended: Columns = {}
    for name, column in columns.items():
        more = column[rows]
        for place, (_, changed) in enumerate(versions):
            if name in changed:
                more[place] = changed[name]
        appended[name] = np.concatenate([column, more])
    size = len(columns["record_id"])
    appended["record_id"][size:] = first + np.arange(len(versions))
    appended["known_at"][size:] = as_of - 1
    # Among versions known in the same microsecond the later event counts.
    appended["event_at"][size:] = np.maximum(columns["event_at"][rows], as_of - 1)
    return appended
