"""The training set: every invoice at its scoring moment, features as known then, outcomes as known by a later day."""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np

from features.asof import DAY_US, NEVER
from features.build import build_features
from features.catalogue import CATALOGUE, CATALOGUE_DIGEST
from features.labels import Labels, build_labels
from features.matrix import FeatureMatrix
from features.moments import scoring_moments
from features.recordset import History
from ledger.errors import PlainError
from models.arrays import BoolArray, FloatArray, IntArray
from training.attributes import Attributes, attributes_of

# Settlements booked within so many days of the money are what the watch waits for.
BOOKED_SHARE = 0.95


@dataclass(frozen=True)
class Dataset:
    """Rows in order of their scoring moments.

    Attributes:
        matrix: features of (invoice, moment), (n, k).
        labels: outcomes as known at ``observed_until``.
        observed_until: microseconds; just after the newest record of the ledger.
        told_at_settlement: the source tells of disputes only when an invoice is settled.
        dispute_window_days: days after due until silence means no dispute.
        digest: SHA-256 over features, outcomes and moments.
        attributes: what each invoice was filed under at its moment, to judge models by; no model sees them.
        history: the records behind the rows; ``None`` for rows that were made otherwise.
        booking_days: days by which 95 % of the settlements are booked; for as long an unpaid invoice may be a paid one.
    """

    matrix: FeatureMatrix
    labels: Labels
    observed_until: int
    told_at_settlement: bool
    dispute_window_days: int
    digest: str
    attributes: Attributes = field(default_factory=dict)
    history: History | None = field(default=None, repr=False)
    booking_days: int = 0

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def as_of(self) -> IntArray:
        """Scoring moments, microseconds, growing."""
        return self.matrix.as_of

    def rows(self, index: BoolArray | IntArray) -> "Dataset":
        """A selection of rows."""
        attributes = {name: column[index] for name, column in self.attributes.items()}
        return replace(self, matrix=self.matrix.rows(index), labels=select(self.labels, index), attributes=attributes)

    def without(self, *families: str) -> "Dataset":
        """The same rows with the features of some families unknown: what a model would be worth without them.

        Raises ``PlainError`` for a family that the catalogue does not have.
        """
        known = {feature.family for feature in CATALOGUE}
        if unknown := sorted(set(families) - known):
            raise PlainError(f"no feature family {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        hidden = np.array([feature.family in families for feature in CATALOGUE])
        values = np.where(hidden, np.nan, self.matrix.values)
        return replace(self, matrix=replace(self.matrix, values=values))

    def dispute_matured_at(self) -> IntArray:
        """When each dispute label became certain **whatever its value** (microseconds; ``NEVER`` if not yet).

        Positives are known early and negatives late; a training set of all that is known on a day would hold too many
        positives. So a row counts only from the moment at which it would also be known as a negative. That moment is
        counted from the newest due day: an invoice sent late is silent for longer, and would else be missing among the
        clean ones alone. A dispute after the window is one only from then on.
        """
        if self.told_at_settlement:
            return self.labels.dispute_known_at
        matures_at = self.labels.dispute_matures_at
        return np.where((matures_at < self.observed_until) & np.isfinite(self.labels.disputed), matures_at, NEVER)

    def watched_for(self, until: int) -> FloatArray:
        """Days from the newest due day to ``until`` (microseconds), ``float64`` (n,); -inf where no day is known."""
        matures_at = self.labels.dispute_matures_at
        days = (until - matures_at) // DAY_US + 1 + self.dispute_window_days
        return np.where(matures_at == NEVER, -np.inf, days.astype(np.float64))


def select(labels: Labels, index: BoolArray | IntArray) -> Labels:
    """A selection of label rows."""
    return Labels(**{name: column[index] for name, column in vars(labels).items()})


def build_dataset(history: History, *, dispute_window_days: int) -> Dataset:
    """Features and labels of every invoice in a history, at its scoring moment.

    Raises ``ValueError`` when the history holds no invoice.
    """
    invoice_ids, as_of = scoring_moments(history)
    if not len(invoice_ids):
        raise ValueError("the ledger holds no invoice: import or simulate first")
    order = np.lexsort((invoice_ids.astype(str), as_of))
    invoice_ids, as_of = invoice_ids[order], as_of[order]
    observed_until = newest_known_at(history) + 1
    told = disputes_told_at_settlement(history)
    matrix = build_features(history, invoice_ids, as_of)
    labels = build_labels(
        history,
        invoice_ids,
        as_of,
        observed_until=observed_until,
        dispute_window_days=dispute_window_days,
        told_at_settlement=told,
    )
    digest, attributes = _digest(matrix, labels), attributes_of(history, invoice_ids, as_of)
    return Dataset(
        matrix,
        labels,
        observed_until,
        told,
        dispute_window_days,
        digest,
        attributes,
        history,
        booking_days=booking_days(labels),
    )


def newest_known_at(history: History) -> int:
    """The newest ``known_at`` of the invoices' records, microseconds."""
    return int(history.column("invoice", "known_at").max())


def disputes_told_at_settlement(history: History) -> bool:
    """Whether every dispute became known at the very moment its invoice was known to be settled.

    Some exports flag disputes only on settled invoices; then silence before the settlement says nothing.
    """
    disputed = history.codes("dispute", "invoice_id")
    if not len(disputed):
        return False
    invoices, statuses = history.codes("invoice", "invoice_id"), history.column("invoice", "status")
    settled = statuses == "settled"
    when = dict(zip(invoices[settled].tolist(), history.column("invoice", "known_at")[settled].tolist(), strict=True))
    known = history.column("dispute", "known_at").tolist()
    return all(when.get(invoice) == moment for invoice, moment in zip(disputed.tolist(), known, strict=True))


def booking_days(labels: Labels) -> int:
    """Days from a settlement until 95 of 100 are known to the ledger; 0 without one."""
    settled = np.isfinite(labels.days_late)
    if not settled.any():
        return 0
    took = labels.delay_known_at[settled] // DAY_US - (labels.due_date + labels.days_late)[settled]
    return max(0, int(np.quantile(took, BOOKED_SHARE)))


def as_observed(dataset: Dataset, until: int) -> Labels:
    """The labels as they were known at an earlier moment ``until`` (microseconds): the embargo.

    Settlements and disputes that became known later are hidden. Lateness is watched only as far as the bookkeeping had
    caught up, ``booking_days`` before ``until``: an invoice still open on that day is censored there, whether or not
    its settlement was booked since. Otherwise those paid but not booked would look late, and they are the newest ones.
    Invoices that were credited, written off or cancelled are censored where that happened.
    """
    labels = dataset.labels
    reached = _watched_until(dataset, until) - labels.due_date
    settled = (labels.delay_known_at < until) & ~(labels.days_late > reached)
    # An invoice that was settled later, or booked later, was seen to be open until the end of the watch.
    bound = np.where(np.isnan(labels.days_late_lower), reached, np.fmin(labels.days_late_lower, reached))
    matured = dataset.dispute_matured_at() < until
    return replace(
        labels,
        days_late=np.where(settled, labels.days_late, np.nan),
        days_late_lower=np.where(settled, np.nan, np.floor(bound)),
        disputed=np.where(matured, (labels.disputed == 1) & (labels.dispute_known_at < until), np.nan),
    )


def late_outcome(dataset: Dataset, *, after_days: float, until: int) -> FloatArray:
    """1.0 paid (or still open) more than ``after_days`` late, 0.0 paid by then, NaN undecided, as known at ``until``.

    Only rows whose horizon had passed by the end of the watch count, whatever their outcome: early payers must not be
    over-represented among the recent ones. Where every row is decided there is nothing to over-represent.
    """
    labels = as_observed(dataset, until)
    open_late = labels.days_late_lower > after_days
    known = np.isfinite(labels.days_late)
    outcome = np.where(known, labels.days_late > after_days, np.where(open_late, 1.0, np.nan))
    if np.isnan(outcome).any():
        passed = _watched_until(dataset, until) - labels.due_date > after_days + 1
        outcome = np.where(passed, outcome, np.nan)
    return outcome.astype(np.float64)


def _watched_until(dataset: Dataset, until: int) -> float:
    """Days since 1970 until which settlements are complete but for one in twenty."""
    return until / DAY_US - dataset.booking_days


def _digest(matrix: FeatureMatrix, labels: Labels) -> str:
    digest = hashlib.sha256(CATALOGUE_DIGEST.encode())
    for array in (matrix.as_of, matrix.values, labels.days_late, labels.disputed, labels.delay_known_at):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update("\n".join(map(str, matrix.invoice_ids)).encode())
    return digest.hexdigest()
