"""Findings on single lines and timesheet entries: conformal p-values, false alarms held over a run, plain sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from features.lines.judge import Judged, judge
from features.matrix import IntArray
from features.recordset import History
from models.arrays import BoolArray, FloatArray
from models.sentences import sentence

# Scores kept per check of the firm's own calibration, evenly by rank with the largest ones all.
_KEPT, _LARGEST = 2_000, 500
SHRINKAGE = 20.0
# Checks with one exact expectation. Off it is a fact and no guess: told wherever the entity has no habit of it.
# Each with the score up to which it is still as expected: a tenth of a percent, or four spreads of a flat fee.
EXACT = {
    "agreed_rate": 0.001,
    "arithmetic": 0.001,
    "repeated_line": 0.0,
    "role": 0.0,
    "weekend": 0.0,
    "flat_amount": 4.0,
}
DEFAULT_LEVEL = 0.1


@dataclass(frozen=True)
class Finding:
    """One line or timesheet entry that is unlike its own history.

    Attributes:
        level: ``line`` or ``timesheet``.
        check: what was looked at, e.g. ``agreed_rate``.
        kind, record_id: the record: ledger kind and id of the thing.
        field: column that is unusual.
        value: its value; a share or a yes (1.0) where the check says so.
        expected_low, expected_high: the expected range, in the same unit.
        p_value: conformal p-value in (0, 1] against the entity's own history, shrunk to the client's and the firm's.
        sentence: the same in words.
    """

    level: str
    check: str
    kind: str
    record_id: str
    field: str
    value: float
    expected_low: float
    expected_high: float
    p_value: float
    sentence: str


@dataclass(frozen=True)
class FirmScores:
    """How far off lines and entries ordinarily are in this firm: what short histories are shrunk to.

    Attributes:
        scores: check → growing scores, thinned.
        counts: check → how many stand behind each, ``float64``.
    """

    scores: Mapping[str, FloatArray] = field(default_factory=dict)
    counts: Mapping[str, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Mapping[str, FloatArray]) -> "FirmScores":
        """Keep the scores of ``features.lines.judge.first_scores``, thinned below the largest."""
        thinned = {check: _thin(np.sort(scores)) for check, scores in found.items() if len(scores)}
        return cls({check: one[0] for check, one in thinned.items()}, {check: one[1] for check, one in thinned.items()})

    def beyond(self, check: str, scores: FloatArray) -> tuple[float, FloatArray]:
        """How many scores there are, and how many are at least each of ``scores``, ``float64`` (m,)."""
        if check not in self.scores:
            return 0.0, np.zeros(len(scores))
        tail = np.concatenate([np.cumsum(self.counts[check][::-1])[::-1], [0.0]])
        return float(tail[0]), tail[np.searchsorted(self.scores[check], scores - 1e-12, side="left")]

    def to_dict(self) -> dict[str, Any]:
        """The scores as JSON values."""
        return {check: [self.scores[check].tolist(), self.counts[check].tolist()] for check in self.scores}

    @classmethod
    def from_dict(cls, state: Mapping[str, Any]) -> "FirmScores":
        """The scores whose ``to_dict`` gave ``state``."""
        return cls(*({check: np.array(parts[place]) for check, parts in state.items()} for place in (0, 1)))


def _thin(scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Some of the scores, each with the number for which it stands (itself and those just below it)."""
    if len(scores) <= _KEPT:
        return scores, np.ones(len(scores))
    middle = np.linspace(0, len(scores) - 1 - _LARGEST, _KEPT - _LARGEST).astype(np.int64)
    places = np.unique(np.concatenate([middle, np.arange(len(scores) - _LARGEST, len(scores))]))
    return scores[places], np.diff(np.concatenate([[-1], places])).astype(np.float64)


def p_values(judged: Judged, firm: FirmScores) -> FloatArray:
    """Conformal p-values of one check's rows, in (0, 1], ``float64`` (m,).

    Scores are distances in the entity's own spread, so that the whole firm's may calibrate them (without the firm's,
    the wider group's do): P(p <= u) <= u marginally. The share of the wider group's and then of the entity's own
    earlier scores at least as large, shrunk to that p-value as if it were ``SHRINKAGE`` observations, may only raise
    it: what an entity often does is no finding, and the marginal promise stays.
    """
    total, beyond = firm.beyond(judged.check, judged.score)
    start = (1.0 + beyond) / (1.0 + total) if total else (1.0 + judged.parent_beyond) / (1.0 + judged.parent)
    found = np.asarray(start, dtype=np.float64)
    for number, larger in ((judged.parent, judged.parent_beyond), (judged.own, judged.own_beyond)):
        found = np.maximum(found, (larger + SHRINKAGE * found) / (number + SHRINKAGE))
    return np.minimum(found, 1.0)


def benjamini_hochberg(p_values: FloatArray, level: float) -> BoolArray:
    """Which hypotheses to reject so that the expected share of false ones is at most ``level``, ``bool`` (m,).

    Benjamini & Hochberg 1995; valid for independent or positively dependent p-values, which conformal p-values
    with one calibration set are (Bates et al. 2023).

    Raises ``ValueError`` for a level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}")
    order = np.argsort(p_values, kind="stable")
    below = np.flatnonzero(p_values[order] <= level * np.arange(1, len(order) + 1) / max(len(order), 1))
    rejected = np.zeros(len(p_values), dtype=bool)
    if len(below):
        rejected[order[: below[-1] + 1]] = True
    return rejected


def find_line_anomalies(
    history: History,
    invoice_ids: Sequence[str],
    as_of: IntArray,
    *,
    firm: FirmScores | None = None,
    level: float = DEFAULT_LEVEL,
) -> list[tuple[Finding, ...]]:
    """Findings of each invoice, most unusual first: one billing run, in which each check's false alarms are held.

    Args:
        history: the whole ledger, or a slice through ``features.lines.loading.with_line_history``.
        invoice_ids: the invoices of the run.
        as_of: ``int64`` (n,), their moments, microseconds.
        firm: the firm's own calibration, carried by the anomaly model.
        level: expected share of false findings among those of a check over the run; for a check with an exact
            expectation, how often it may be missed before that is a habit.
    """
    found: list[list[Finding]] = [[] for _ in invoice_ids]
    for one in judge(history, invoice_ids, as_of):
        found_p = p_values(one, firm or FirmScores())
        for place in np.flatnonzero(worth_telling(one, found_p, level)).tolist():
            found[int(one.query[place])].append(_finding(history, one, place, float(found_p[place])))
    return [tuple(sorted(one, key=lambda finding: (finding.p_value, finding.record_id))) for one in found]


def worth_telling(judged: Judged, p_value: FloatArray, level: float) -> BoolArray:
    """Which rows of one check become findings, ``bool`` (m,): by Benjamini-Hochberg, or exact and rare enough."""
    small = p_value <= level if judged.check in EXACT else benjamini_hochberg(p_value, level)
    told: BoolArray = small & (judged.score > EXACT.get(judged.check, 0.0))
    return told


def _finding(history: History, judged: Judged, place: int, p_value: float) -> Finding:
    return Finding(
        level="line" if judged.kind == "invoice_line" else "timesheet",
        check=judged.check,
        kind=judged.kind,
        record_id=judged.record_id[place],
        field=judged.field,
        value=float(judged.value[place]),
        expected_low=float(judged.low[place]),
        expected_high=float(judged.high[place]),
        p_value=p_value,
        sentence=sentence(history, judged, place),
    )
