"""The triage study's firms: different sizes and last days, each with the truth about its invoices."""

import numpy as np

from cli.known_firms import known_firm
from cli.triage_firms import SIZES, simulate_firm


def test_preventable_risk_is_a_part_of_the_risk() -> None:
    firm = known_firm(invoices=300, months=12, seed=3)
    assert len(firm.risk) == len(firm.preventable) == len(firm.dataset)
    assert (firm.preventable <= firm.risk).all()
    assert 0.3 < firm.preventable.sum() / firm.risk.sum() < 1
    assert (firm.preventable < firm.risk).any()


def test_a_firm_is_named_by_its_size_and_last_day() -> None:
    name, firm = simulate_firm(0, 5)
    assert name.startswith(f"firm 1: {SIZES[0][0]:,} invoices to 2026-06-30")
    assert len(firm.dataset) > SIZES[0][0]
    assert np.isfinite(firm.risk).all()
