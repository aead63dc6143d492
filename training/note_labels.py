"""Notes whose cause became known afterwards: what the note classifier learns from, as of any moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from sqlalchemy import Connection

from ledger.read import Columns, read_columns
from models.arrays import BoolArray, IntArray

# kind → its column that names the cause; a dispute's own record speaks for notes on that dispute, too.
CAUSE_COLUMNS = {"dispute": "cause", "credit_note": "cause", "outcome": "cause", "review_decision": "reason_code"}
_NOTE_COLUMNS = ("record_id", "known_at", "invoice_id", "dispute_id", "text")
READ: dict[str, tuple[str, ...]] = {
    **{kind: ("record_id", "known_at", "invoice_id", column) for kind, column in CAUSE_COLUMNS.items()},
    "dispute": ("record_id", "known_at", "invoice_id", "cause", "dispute_id"),
    "note": _NOTE_COLUMNS,
}

Key = tuple[str, str]


@dataclass(frozen=True)
class LabelledNotes:
    """Notes with the cause that became known later; rows in order of ``known_at``.

    Attributes:
        texts: n texts.
        causes: values of ``ledger.records.billing.Cause``.
        groups: the invoice or dispute that each is about.
        known_at, labelled_at: ``int64`` (n,), microseconds: when the note was known, and when its cause was.
    """

    texts: list[str]
    causes: list[str]
    groups: list[str]
    known_at: IntArray
    labelled_at: IntArray

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, mask: BoolArray) -> "LabelledNotes":
        """A selection of the notes."""
        rows = np.flatnonzero(mask)
        texts, causes, groups = ([column[row] for row in rows] for column in (self.texts, self.causes, self.groups))
        return LabelledNotes(texts, causes, groups, self.known_at[rows], self.labelled_at[rows])


def read_note_records(connection: Connection) -> dict[str, Columns]:
    """Every note, and every record that names a cause."""
    return {kind: read_columns(connection, kind, columns) for kind, columns in READ.items()}


def labelled_notes(records: Mapping[str, Columns], until: int) -> LabelledNotes:
    """Notes with the newest cause known before ``until`` (microseconds), if the note was known before that.

    What is written once the cause has been named repeats it: such notes teach nothing and are left out. A dispute's
    first guess that was corrected later counts as corrected; before the correction it counts as guessed.

    Args:
        records: what ``read_note_records`` gave.
        until: only records known before it count.
    """
    causes, note = _newest_causes(records, until), records["note"]
    rows = zip(*(note[name].tolist() for name in _NOTE_COLUMNS), strict=True)
    found = []
    for record_id, known_at, invoice, dispute, text in rows:
        key = ("dispute", dispute) if ("dispute", dispute) in causes else ("invoice", invoice)
        labelled_at, cause = causes.get(key, (until, ""))
        if known_at < labelled_at < until:
            found.append((known_at, record_id, labelled_at, text, cause, invoice or dispute))
    found.sort()
    return LabelledNotes(
        texts=[row[3] for row in found],
        causes=[row[4] for row in found],
        groups=[row[5] for row in found],
        known_at=np.array([row[0] for row in found], dtype=np.int64),
        labelled_at=np.array([row[2] for row in found], dtype=np.int64),
    )


def _newest_causes(records: Mapping[str, Columns], until: int) -> dict[Key, tuple[int, str]]:
    """Invoice or dispute → when its newest cause became known, and which it is."""
    told = sorted(chain.from_iterable(_told(kind, records[kind], until) for kind in CAUSE_COLUMNS))
    return {key: (known_at, cause) for known_at, _, key, cause in told}


def _told(kind: str, columns: Columns, until: int) -> list[tuple[int, int, Key, str]]:
    rows = zip(
        columns["known_at"].tolist(),
        columns["record_id"].tolist(),
        columns[CAUSE_COLUMNS[kind]].tolist(),
        columns["invoice_id"].tolist(),
        columns.get("dispute_id", columns["invoice_id"]).tolist(),
        strict=True,
    )
    told = []
    for known_at, record_id, cause, invoice, dispute in rows:
        if cause is not None and known_at < until:
            told.append((known_at, record_id, ("invoice", invoice), cause))
            if kind == "dispute":
                told.append((known_at, record_id, ("dispute", dispute), cause))
    return told
