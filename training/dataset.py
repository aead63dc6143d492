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
    """

    matrix: FeatureMatrix
    labels: Labels
    observed_until: int
    told_at_settlement: bool
    dispute_window_days: int
    digest: str
    attributes: Attributes = field(default_factory=dict)
    history: History | None = field(default=None, repr=False)

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
        positives. So a row counts only from the moment at which it would also be known as a negative.
        """
        if self.told_at_settlement:
            return self.labels.dispute_known_at
        due = np.where(np.isfinite(self.labels.due_date), self.labels.due_date, self.as_of // DAY_US)
        window_end = (due + self.dispute_window_days + 1).astype(np.int64) * DAY_US
        matured = np.maximum(
            window_end, np.where(self.labels.dispute_known_at == NEVER, 0, self.labels.dispute_known_at)
        )
        return np.where((matured < self.observed_until) & np.isfinite(self.labels.disputed), matured, NEVER)


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
    return Dataset(matrix, labels, observed_until, told, dispute_window_days, digest, attributes, history)


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


def as_observed(dataset: Dataset, until: int) -> Labels:
    """The labels as they were known at an earlier moment ``until`` (microseconds): the embargo.

    Settlements and disputes that became known later are hidden, and open invoices are censored at that day, or where
    they were credited, written off or cancelled before it.
    """
    labels = dataset.labels
    settled = labels.delay_known_at < until
    reached = until / DAY_US - labels.due_date
    matured = dataset.dispute_matured_at() < until
    return replace(
        labels,
        days_late=np.where(settled, labels.days_late, np.nan),
        days_late_lower=np.where(settled, np.nan, np.floor(np.fmin(labels.days_late_lower, reached))),
        disputed=np.where(matured, labels.disputed, np.nan),
    )


def late_outcome(labels: Labels, *, after_days: float, until: int) -> FloatArray:
    """1.0 paid (or still open) more than ``after_days`` late, 0.0 paid by then, NaN undecided at ``until``.

    Where anything is undecided, only rows whose horizon has passed count, whatever their outcome: early payers must
    not be over-represented among the recent ones.
    """
    open_late = labels.days_late_lower > after_days
    known = np.isfinite(labels.days_late)
    outcome = np.where(known, labels.days_late > after_days, np.where(open_late, 1.0, np.nan))
    if np.isnan(outcome).any():
        passed = until / DAY_US - labels.due_date > after_days + 1
        outcome = np.where(passed, outcome, np.nan)
    return outcome.astype(np.float64)


def _digest(matrix: FeatureMatrix, labels: Labels) -> str:
    digest = hashlib.sha256(CATALOGUE_DIGEST.encode())
    for array in (matrix.as_of, matrix.values, labels.days_late, labels.disputed, labels.delay_known_at):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update("\n".join(map(str, matrix.invoice_ids)).encode())
    return digest.hexdigest()
