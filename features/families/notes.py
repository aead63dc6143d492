"""What people wrote: how many notes there are, how fresh, and how near they are to the words of each dispute cause."""

from functools import partial

import numpy as np

from features.anchors import ANCHOR_GROUPS
from features.asof import DAY_US, current
from features.context import Context
from features.current import Pairs
from features.feature import Feature
from features.matrix import FloatArray
from features.recordset import History

NOTE_WINDOW_DAYS = 180
_CAUSES = tuple(group for group in ANCHOR_GROUPS if group != "displeasure")

_note = partial(Feature, family="text", higher_is="worse", evidence=("note",))
_NO_NOTES = "no embedded note"
_SCOPE = "notes of the last 180 days on the invoice, and on its project or client when tied to no other invoice"

FEATURES: tuple[Feature, ...] = (
    _note("note_count", "count", "notes", f"Number of {_SCOPE}.", "invoice unknown",
          "{value} notes were written about this work (usual: {usual})"),
    _note("note_count_14d", "count", "notes", "Those of the last 14 days.", "invoice unknown",
          "{value} notes were written in the last two weeks (usual: {usual})"),
    _note("days_since_note", "number", "days", "Days since the newest of them.", "no note",
          "the last note was written {value} days ago (usual: {usual})", higher_is="either"),
    *(
        _note(f"note_similarity_{cause}", "number", "cosine", "Largest cosine similarity of any of them to sentences "
              f"about: {cause.replace('_', ' ')}.", _NO_NOTES,
              f"a note sounds like a problem with: {cause.replace('_', ' ')} (similarity {{value}}, usual {{usual}})")
        for cause in _CAUSES
    ),
    _note("note_displeasure", "number", "cosine", "Largest cosine similarity of any of them to sentences of an angry "
          "client.", _NO_NOTES, "a note sounds like an unhappy client (similarity {value}, usual {usual})"),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    notes = _notes(context)
    age = (context.as_of[notes.query] - context.history.column("note", "known_at")[notes.row]) / DAY_US
    return {
        "note_count": notes.count(),
        "note_count_14d": notes.where(age <= 14).count(),
        "days_since_note": -notes.largest(-age),
        **_similarities(context.history, notes),
    }


def _notes(context: Context) -> Pairs:
    """Notes in force in the scope, each once: three disjoint ways lead to them."""
    history = context.history
    free = history.codes("note", "invoice_id") < 0
    on_client = free & (history.codes("note", "project_id") < 0)
    since = context.as_of - NOTE_WINDOW_DAYS * DAY_US
    parts = []
    for name, mask, keys in (
        ("invoice_id", ~free, context.invoice_codes),
        ("project_id", free, context.key("project_id")),
        ("client_id", on_client, context.key("client_id")),
    ):
        codes = np.where(mask, history.codes("note", name), -1)
        index = history.memo(("notes by", name), partial(history.index_by, "note", codes))
        parts.append(index.before(keys, context.as_of, since=since).pairs())
    query, row = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    found = Pairs(len(context), query, row)
    return found.where(current(row, context.as_of[query], history.ends("note")))


def _similarities(history: History, notes: Pairs) -> dict[str, FloatArray]:
    names = [f"note_similarity_{group}" if group in _CAUSES else "note_displeasure" for group in ANCHOR_GROUPS]
    table = history.note_similarities()
    if table.shape[1] != len(names):
        return {name: np.full(notes.size, np.nan) for name in names}
    return {name: notes.largest(table[notes.row, column]) for column, name in enumerate(names)}
