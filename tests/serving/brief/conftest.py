"""A firm with a week to tell of."""

import pytest
from sqlalchemy import Engine

from tests.serving.boards.kit import firm_in

WEEK = "2026-W05"  # 26 January to 1 February 2026


@pytest.fixture
def week(engine: Engine) -> Engine:
    """Seven cases in the week and one before it, one of them decided, a dispute, and somebody who is waited for."""
    with engine.begin() as connection:
        firm = firm_in(connection)
        for number in range(1, 8):
            firm.case(f"K{number}", f"INV-{number}", f"2026-01-2{6 + number % 3}")
        firm.case("K8", "INV-8", "2026-01-20", "2026-01-22")
        firm.case("K9", "INV-9", "2026-01-26", "2026-01-28")
        firm.decision("K9", "hold", "2026-01-28", reason_code="rate")
        firm.invoice("INV-1", 5000, issued_on="2026-01-02")
        firm.dispute("D1", "INV-1", "2026-01-27", amount="300", currency="EUR")
        firm.approval("A1", "PM1", "2026-01-10")
        firm.approval("A2", "PM1", "2026-01-12")
    return engine
