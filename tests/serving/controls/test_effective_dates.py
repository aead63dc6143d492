"""A control counts on its days only."""

from datetime import date

import pytest

from tests.serving import factories as make
from tests.serving.controls.firm import V2, hits
from tests.serving.controls.kit import changed

HELD = make.client(**V2, credit_hold=True)
DAYS = {
    (None, None): True,
    (date(2026, 2, 10), date(2026, 2, 10)): True,
    (date(2026, 2, 11), None): False,
    (None, date(2026, 2, 9)): False,
}


@pytest.mark.parametrize("days", DAYS, ids=str)
def test_a_control_counts_from_its_first_to_its_last_day(days: tuple[date | None, date | None]) -> None:
    first, last = (None if day is None else day.isoformat() for day in days)
    controls = changed("credit_hold", effective_from=first, effective_to=last)
    assert ("credit_hold" in hits(HELD, controls=controls)) is DAYS[days]
