"""How the firm's invoices end these days, whoever the client: the climate in which a new client is met."""

from functools import partial

import numpy as np

from features.asof import EventIndex, Sums
from features.context import Context
from features.endings import FIRM_WINDOW, endings
from features.feature import Feature
from features.matrix import FloatArray, IntArray
from features.recordset import History

_firm = partial(Feature, family="firm", higher_is="worse", evidence=("invoice",))
_NOTHING = "nothing of the kind known before the invoice"

FEATURES: tuple[Feature, ...] = (
    _firm("firm_late_rate", "number", "share", f"Share of late ones among the firm's last {FIRM_WINDOW} settlements "
          "known before the invoice, of all clients.", _NOTHING,
          "of all our invoices {value} were paid late of late (usual: {usual})"),
    _firm("firm_days_late", "number", "days", "Mean days late of these settlements.", _NOTHING,
          "all clients together lately pay {value} days late (usual: {usual})"),
    _firm("firm_objection_share", "number", "share", f"Share of disputes and credit notes among the firm's last "
          f"{FIRM_WINDOW} settlements, disputes and credit notes known before the invoice.", _NOTHING,
          "of all our invoices {value} were objected to of late (usual: {usual})",
          evidence=("invoice", "dispute", "credit_note")),
)  # fmt: skip


def _settled(history: History) -> tuple[EventIndex, Sums, Sums]:
    """Settlements of the firm, whether they were late, and by how many days."""

    def make() -> tuple[EventIndex, Sums, Sums]:
        columns = endings(history)
        days_late = columns["days_late"]
        keys = np.where(columns["objection"] == 1, -1, 0)
        index = _index(history, keys)
        late = np.where(np.isnan(days_late), np.nan, days_late > 0)
        return index, index.sums(late, scale=1), index.sums(days_late, scale=1)

    return history.memo("firm settlements", make)


def _all(history: History) -> tuple[EventIndex, Sums]:
    """Settlements, disputes and credit notes of the firm, and which of them are objections."""

    def make() -> tuple[EventIndex, Sums]:
        objection = endings(history)["objection"]
        index = _index(history, np.zeros(len(objection), dtype=np.int64))
        return index, index.sums(objection, scale=1)

    return history.memo("firm endings", make)


def _index(history: History, keys: IntArray) -> EventIndex:
    columns = endings(history)
    return EventIndex.build(keys, columns["known_at"], event_at=columns["event_at"], record_id=columns["record_id"])


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    everything = np.zeros(len(context), dtype=np.int64)
    index, late, days_late = _settled(context.history)
    settled = index.before(everything, context.before).last(FIRM_WINDOW)
    ended, objections = _all(context.history)
    return {
        "firm_late_rate": settled.mean(late),
        "firm_days_late": settled.mean(days_late),
        "firm_objection_share": ended.before(everything, context.before).last(FIRM_WINDOW).mean(objections),
    }
