"""Every line and timesheet entry of invoices, judged by each check: what a p-value and a sentence need."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.lines.checks import ENTRY, LINE, all_checks, entries_of, lines_of
from features.lines.observed import Observed, pool_ranks
from features.matrix import FloatArray, IntArray
from features.recordset import History

_IDENTITY = {LINE: "line_id", ENTRY: "time_entry_id"}


@dataclass(frozen=True)
class Judged:
    """One check's verdicts on the rows of some invoices.

    Attributes:
        check, kind, field: as in :class:`Observed`.
        query: ``int64`` (m,), which of the invoices.
        row: ``int64`` (m,), row of the kind in the history.
        record_id: ids of the lines or entries.
        value, low, high, score: ``float64`` (m,).
        own, own_beyond, parent, parent_beyond: ``float64`` (m,), earlier scores of the entity and of the wider group:
            how many, and how many of them at least as large.
        other_id: id of the other line that the check found; ``None`` elsewhere.
    """

    check: str
    kind: str
    field: str
    query: IntArray
    row: IntArray
    record_id: list[str]
    value: FloatArray
    low: FloatArray
    high: FloatArray
    score: FloatArray
    own: FloatArray
    own_beyond: FloatArray
    parent: FloatArray
    parent_beyond: FloatArray
    other_id: list[str | None]


def judge(history: History, invoice_ids: Sequence[str], as_of: IntArray) -> list[Judged]:
    """Every check over the lines and entries in force on the invoices, each at its moment (``int64`` microseconds).

    A row is compared only with what was known strictly before it was: records known between the row and ``as_of``
    change which version is in force, not what was to be expected. What cannot be compared with anything is left out.
    """
    ids = list(invoice_ids)
    found = {LINE: lines_of(history, ids, as_of), ENTRY: entries_of(history, ids, as_of)}
    return [_judged(history, seen, *found[seen.kind]) for seen in all_checks(history)]


def _judged(history: History, seen: Observed, query: IntArray, row: IntArray) -> Judged:
    known = np.isfinite(seen.score[row])
    query, row = query[known], row[known]
    names = history.column(seen.kind, _IDENTITY[seen.kind])
    own, own_beyond = pool_ranks(history, seen, row, seen.own)
    parent, parent_beyond = pool_ranks(history, seen, row, seen.parent)
    return Judged(
        seen.check,
        seen.kind,
        seen.field,
        query,
        row,
        names[row].tolist(),
        seen.value[row],
        seen.low[row],
        seen.high[row],
        seen.score[row],
        own,
        own_beyond,
        parent,
        parent_beyond,
        [names[at] if at >= 0 else None for at in seen.other[row].tolist()],
    )


def first_scores(history: History, until: int) -> dict[str, FloatArray]:
    """Per check, the scores of all things first known before ``until`` (microseconds): a firm's ordinary spread."""
    found = {}
    for seen in all_checks(history):
        chosen = history.first_versions(seen.kind) & (history.column(seen.kind, "known_at") < until)
        scores = seen.score[chosen]
        found[seen.check] = np.sort(scores[np.isfinite(scores)])
    return found
