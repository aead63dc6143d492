"""What notes and descriptions say about the invoice."""

import math

import numpy as np
import pytest

from features.anchors import ANCHOR_GROUPS
from features.build import build_features
from features.history import History, text_digest, with_records
from tests.features.builders import feature, make, us
from tests.spec.client_past import MINE
from tests.spec.spec_tables import check, records_of, specified

NOTES = records_of(
    "note",
    """
    known | note_id | invoice_id | project_id
       99 | 1       | i          | p
       90 | 2       |            | p
       99 | 3       | other      | p
       70 | 4       |            |
    """,
)


@specified(note_count=3, note_count_14d=2, days_since_note=2)
def test_notes_of_other_invoices_are_left_out(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *NOTES, at=101)


SIMILAR = {
    "note_similarity_rate": 0.0, "note_similarity_hours_not_approved": 0.05, "note_similarity_milestone_not_accepted":
    0.1, "note_similarity_change_order": 0.15, "note_similarity_scope_quality": 0.2, "note_similarity_po_reference":
    0.25, "note_similarity_tax_entity": 0.3, "note_similarity_duplicate": 0.35, "note_similarity_amount_currency": 0.4,
    "note_displeasure": 0.45,
}  # fmt: skip


@specified(**SIMILAR)
def test_a_note_is_as_near_to_a_cause_as_its_embedding(name: str, expected: float) -> None:
    near = {text_digest("hello"): np.arange(len(ANCHOR_GROUPS)) / 20}
    history = with_records(History({}), [MINE, *NOTES], similarities=near)
    row = build_features(history, np.array(["i"], dtype=object), np.array([us(101)]))
    assert row.column(name)[0] == pytest.approx(expected)


def test_a_note_without_embedding_says_nothing() -> None:
    assert math.isnan(feature("note_similarity_rate", MINE, *NOTES, at=101))


DESCRIBED = records_of(
    "invoice",
    """
    known | invoice_id | version | status  | due_date | settled_on | description
       10 | a          | 1       | issued  |       20 |            | Office rent May
       50 | a          | 2       | settled |       20 |         50 | Office rent May
       10 | b          | 1       | issued  |       60 |            | Travel
       50 | b          | 2       | settled |       60 |         50 | Travel
       90 | d          | 1       | issued  |      120 |            | rent, OFFICE 12 (June)
    """,
)


@specified(description_words=3, description_matches=1, description_late_rate=(2 + 5 * 3 / 7) / (2 + 5))
def test_how_invoices_in_the_same_words_were_paid(name: str, expected: float | None) -> None:
    """Two words are shared with the late invoice a; the client's late rate is (1 + 2) / (2 + 5)."""
    mine = make("invoice", known=100, description="Office rent June 2024")
    check(name, expected, mine, *DESCRIBED, at=101)


@specified(description_words=0, description_matches=None, description_late_rate=None)
def test_numbers_are_no_words(name: str, expected: float | None) -> None:
    check(name, expected, make("invoice", known=100, description="12 / 45"), *DESCRIBED, at=101)
