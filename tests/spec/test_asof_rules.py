"""The point-in-time rules, as tables of records and what is seen at a moment (days count from 2024-01-01)."""

import math

import pytest

from tests.features.builders import feature, make
from tests.spec.spec_tables import records_of

VERSIONS = """
    known | event | amount
        5 |     5 |    100
        9 |     9 |   1000
"""


@pytest.mark.parametrize(
    ("at", "expected"),
    [(5, None), (5.1, 101), (9, 101), (9.1, 1001)],
    ids=["known now is not known before", "known", "a later version at its own moment", "the later version"],
)
def test_a_record_counts_from_just_after_it_became_known(at: float, expected: float | None) -> None:
    found = feature("log_amount", *records_of("invoice", VERSIONS), at=at)
    assert math.isnan(found) if expected is None else found == pytest.approx(math.log10(expected))


def test_a_backdated_record_counts_when_known_not_when_it_happened() -> None:
    table = """
        known | event | invoice_id | amount
            2 |     2 | i          |     10
           30 |     1 | i          |    999
    """
    assert feature("log_amount", *records_of("invoice", table), at=20) == pytest.approx(math.log10(11))


def test_ties_go_to_the_later_event() -> None:
    table = """
        known | event | version | amount
            2 |     2 | b       |     10
            2 |     1 | c       |    999
    """
    assert feature("log_amount", *records_of("invoice", table), at=20) == pytest.approx(math.log10(11))


def test_a_late_delivery_of_an_old_version_is_the_newest_knowledge() -> None:
    table = """
        known | event | status
            1 |     1 | issued
            3 |     3 | settled
            8 |     2 | issued
    """
    own = make("invoice", known=2, invoice_id="mine")
    records = records_of("invoice", table)
    assert feature("open_count", own, *records, at=5, invoice="mine") == 0
    assert feature("open_count", own, *records, at=9, invoice="mine") == 1
