"""What the models say of an invoice as it is, and as it would be after some levers: the trial behind every remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.build import build_features
from features.endings import ENDING, endings
from features.lineage import INLINE_RECORD_ID
from features.matrix import FeatureMatrix
from features.recordset import History
from models.curves import mean_days
from models.hypotheses import with_levers
from models.levers.lever import Lever
from models.levers.view import InvoiceView
from models.release import ReleaseClock
from models.scorer import Scorer

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Outlook:
    """What the models say of an invoice in one state of the ledger.

    Attributes:
        dispute: P(disputed or credited), in [0, 1]; ``None`` without a model.
        late: P(late) as the delay model counts it; ``None`` without a model.
        anomaly: conformal p-value of the bill; ``None`` without a model.
        cash_days: days from the moment until the money is expected: to be sent (where a clock tells), due, and late;
            ``None`` without a delay model or due date.
        amount: net total, in ``currency``.
        clearable: the models would let it through without a person.
    """

    dispute: float | None
    late: float | None
    anomaly: float | None
    cash_days: float | None
    amount: float
    currency: str
    clearable: bool


@dataclass(frozen=True)
class Remedy:
    """Levers to pull together, and what that brings.

    Attributes:
        levers: what to do, the least effort first; each with owner, effort and source records.
        before, after: the invoice as it is, and once all of them are done.
    """

    levers: tuple[Lever, ...]
    before: Outlook
    after: Outlook

    @property
    def minutes(self) -> int:
        """Usual effort of all levers."""
        return sum(lever.minutes for lever in self.levers)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What to do, in the words of finance."""
        return tuple(lever.sentence for lever in self.levers)

    @property
    def clears(self) -> bool:
        """Whether the models would then let it through; controls and policy may still hold it."""
        return self.after.clearable

    @property
    def days_earlier(self) -> float | None:
        """Days by which the money is expected earlier; negative when later; ``None`` when unknown."""
        if self.before.cash_days is None or self.after.cash_days is None:
            return None
        return self.before.cash_days - self.after.cash_days


@dataclass(frozen=True)
class _Due:
    """What the scorer asks about the one row."""

    due_on: tuple[date | None]
    unsent_since: tuple[date | None] = (None,)  # the trial reads the release clock itself


class Trial:
    """One invoice at one moment, scored under any set of levers; each set is scored once."""

    def __init__(self, history: History, invoice_id: str, as_of: int, scorer: Scorer) -> None:
        self.history = narrowed(history, invoice_id, as_of)
        self._invoice_id = invoice_id
        self._as_of = as_of
        self._scorer = scorer
        self._known: dict[tuple[str, ...], Remedy] = {}
        self.now = self._outlook(self.history)

    def remedy(self, levers: Sequence[Lever]) -> Remedy:
        """The levers and what they bring together."""
        ordered = tuple(sorted(levers, key=lambda lever: (lever.minutes, lever.code, lever.sentence)))
        key = tuple(lever.sentence for lever in ordered)
        if key not in self._known:
            after = self._outlook(with_levers(self.history, ordered, self._as_of))
            self._known[key] = Remedy(ordered, self.now, after)
        return self._known[key]

    def _outlook(self, history: History) -> Outlook:
        view = InvoiceView(history, self._invoice_id, self._as_of)
        due = view.header("due_date")
        row = build_features(history, np.array([self._invoice_id], dtype=object), np.array([self._as_of]))
        due_on = None if due is None else date.fromordinal(_EPOCH_ORDINAL + due)
        (one,) = self._scorer.assess(row, _Due((due_on,)), explain=False)
        late = one.delay.expected_days_late
        cash_days = None if due is None or late is None else due - view.today + late + self._to_send(view, row)
        return Outlook(
            dispute=one.dispute.probability,
            late=one.delay.probability_late,
            anomaly=one.anomaly.p_value,
            cash_days=cash_days,
            amount=float(view.header("amount") or 0.0),
            currency=str(view.header("currency")),
            clearable=one.clearable,
        )

    def _to_send(self, view: InvoiceView, row: FeatureMatrix) -> float:
        """Days until it is expected to be sent; none where no clock tells."""
        artifact, billable = self._scorer.artifacts.get("delay"), view.header("billable_on")
        clock = getattr(artifact and artifact.model, "release", None)
        if clock is None or billable is None or not view.unsent:
            return 0.0
        return days_to_send(clock, row, float(view.today - billable))


def days_to_send(clock: ReleaseClock, row: FeatureMatrix, waited: float) -> float:
    """Mean days that an invoice still waits whose work was billable ``waited`` days ago."""
    # The day of the moment itself is still to come.
    curve = clock.curve(row.values, np.array([waited - 1]))
    return max(0.0, float(mean_days(curve, clock.hazards.centers_)[0]) - waited)


def narrowed(history: History, invoice_id: str, as_of: int) -> History:
    """Just the records that can count for an invoice; a slice is one already, and comes back as it is."""
    if ENDING in history.kinds:
        return history
    reached = history.lineage(invoice_id, as_of)
    columns = {ENDING: endings(history)}
    for kind, table in history.kinds.items():
        inline = table["record_id"] >= INLINE_RECORD_ID
        chosen = inline | np.isin(table["record_id"], np.array(reached.get(kind, ()), dtype=np.int64))
        columns[kind] = {name: column[chosen] for name, column in table.items()}
    return History(columns, history.similarities)
