"""The guarantee study on the command line: firms with known risks, another world, and how long it will take."""

import numpy as np

from cli.guarantee import simulate_firm, upset_world, with_time_left
from simulator.parameters import Parameters


def test_a_simulated_firm_knows_the_true_risk_of_each_of_its_rows() -> None:
    firm = simulate_firm(4, False)
    assert len(firm.risk) == len(firm.dataset) > 1_800
    assert ((firm.risk >= 0) & (firm.risk < 1)).all()
    disputed = firm.dataset.labels.disputed
    known = np.isfinite(disputed)
    assert firm.risk[known & (disputed == 1)].mean() > 2 * firm.risk[known & (disputed == 0)].mean()


def test_the_upset_world_has_more_disputes_of_every_cause_and_the_same_payments() -> None:
    usual, upset = Parameters(), upset_world()
    assert all(upset.hazards.base[cause] == 3 * level for cause, level in usual.hazards.base.items())
    assert upset.defects.trouble_starts > usual.defects.trouble_starts
    assert upset.payments == usual.payments


def test_each_firm_says_how_long_the_others_will_take() -> None:
    said: list[str] = []
    moments = iter([0.0, 60.0, 120.0])
    tell = with_time_left(said.append, 3, clock=lambda: next(moments))
    tell("Firm 1 of 3")
    tell("Firm 2 of 3")
    assert said == ["Firm 1 of 3, about 2 minutes left", "Firm 2 of 3, about 1 minutes left"]
