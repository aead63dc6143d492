"""One thing that is looked at on every line or timesheet entry, judged against what was known before it."""

from dataclasses import dataclass, replace

import numpy as np

from features.asof import EventIndex, Window, pick
from features.matrix import FloatArray, IntArray
from features.recordset import History

# A history of this many values weighs as much as the wider group's.
SHRINKAGE = 3.0
# Expected ranges and pools look at the newest values only; a query's cost then does not grow with history.
NEWEST = 60
POOL = 200
_SCALE = 100_000
# Below this spread (log units) a difference is rounding, not behaviour.
SMALLEST_SPREAD = 0.02
_BLOCK_ROWS = 16_384


@dataclass(frozen=True)
class Observed:
    """A check over all record versions of one kind.

    Attributes:
        check: name of the check, e.g. ``rate``.
        kind: ``invoice_line`` or ``time_entry``.
        field: column that is judged.
        value: ``float64`` (n,), in the field's unit; NaN where the check does not apply.
        own, parent: ``int64`` (n,), codes of the entity and of the wider group it is compared with; -1 for none.
        low, high: ``float64`` (n,), expected range.
        score: ``float64`` (n,), how far off, 0 is as expected; NaN where nothing is known to compare with.
        other: ``int64`` (n,), row of another record that the finding is about; -1 for none.
    """

    check: str
    kind: str
    field: str
    value: FloatArray
    own: IntArray
    parent: IntArray
    low: FloatArray
    high: FloatArray
    score: FloatArray
    other: IntArray


def known_first(history: History, kind: str) -> IntArray:
    """For each version, when the first version of its thing became known, microseconds, ``int64`` (n,)."""

    def make() -> IntArray:
        entities = history.entities(kind)
        index = history.index_by(kind, entities)
        rows = index.before(entities, history.column(kind, "known_at") + 1).first_rows()
        return pick(history.column(kind, "known_at"), rows)

    return history.memo(("known first", kind), make)


def earlier(history: History, kind: str, keys: IntArray) -> tuple[EventIndex, Window]:
    """First versions by key, and for each version those known strictly before its thing was."""
    index = history.index_by(kind, np.where(history.first_versions(kind), keys, -1))
    return index, index.before(keys, known_first(history, kind))


def joint(*codes: IntArray) -> IntArray:
    """Codes of several keys together, ``int64`` (n,); -1 where any is missing."""
    table = np.stack(codes, axis=1)
    missing = np.any(table < 0, axis=1)
    dense = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return np.where(missing, -1, dense)


def against_history(history: History, base: Observed, *, above: bool = False) -> Observed:
    """Judge values by the entity's own median and spread, shrunk to the wider group's; the score counts in spreads.

    The median of the newest values of each is weighed n : ``SHRINKAGE``. Amounts and rates are compared by their
    logarithm; with ``above``, values are taken as they are and only too much is odd (hours).
    """
    measure = base.value if above else np.log(np.where(base.value > 0, base.value, np.nan))
    own, parent = (_usual(history, base.kind, keys, measure) for keys in (base.own, base.parent))
    weight = np.where(np.isnan(parent[0]), 1.0, own[2] / (own[2] + SHRINKAGE))
    center = _mixed(own[0], parent[0], weight)
    variance = _mixed(own[1] ** 2, parent[1] ** 2, np.where(np.isnan(parent[1]), 1.0, weight))
    spread = np.maximum(np.sqrt(variance), SMALLEST_SPREAD * (np.maximum(center, 1.0) if above else 1.0))
    off = (measure - center) / spread
    low, high = center - 2 * spread, center + 2 * spread
    if above:
        return replace(base, low=np.maximum(low, 0.0), high=high, score=np.maximum(off, 0.0))
    return replace(base, low=np.exp(low), high=np.exp(high), score=np.abs(off))


def _usual(history: History, kind: str, keys: IntArray, logs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Median, spread and number of the values known before each row."""
    index, window = earlier(history, kind, keys)
    sums = index.sums(logs, scale=_SCALE)
    newest = window.last(NEWEST)
    return _median(newest, logs), newest.std(sums), newest.values(sums)


def _median(window: Window, values: FloatArray) -> FloatArray:
    """Median of the newest values of each window, in blocks of rows, which bounds memory."""
    parts = [np.empty(0)]
    for start in range(0, len(window.start), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        part = Window(window.index, window.as_of[block], window.start[block], window.stop[block])
        parts.append(part.quantile(values, 0.5, last=NEWEST))
    return np.concatenate(parts)


def _mixed(own: FloatArray, parent: FloatArray, weight: FloatArray) -> FloatArray:
    """Own and the group's value mixed; one of them alone where the other is unknown."""
    both = weight * own + (1 - weight) * parent
    return np.where(np.isnan(own), parent, np.where(np.isnan(parent), own, both))


def pool_ranks(history: History, seen: Observed, rows: IntArray, keys: IntArray) -> tuple[FloatArray, FloatArray]:
    """Of the newest scores of each row's key known before it: how many there are, and how many are at least its own."""
    index, window = earlier(history, seen.kind, keys)
    chosen = Window(index, window.as_of[rows], window.start[rows], window.stop[rows]).last(POOL)
    query, row = chosen.pairs()
    scores = seen.score[row]
    present = ~np.isnan(scores)
    beyond = present & (scores >= seen.score[rows][query] - 1e-12)
    counts = [np.bincount(query, weights=mask, minlength=len(rows)) for mask in (present, beyond)]
    return counts[0].astype(np.float64), counts[1].astype(np.float64)
