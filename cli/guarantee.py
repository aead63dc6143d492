"""The guarantee study's firms: simulated here, since only the command line knows both the simulator and the models."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cli.known_firms import known_firm
from simulator.parameters import Parameters
from training.suites import guarantee
from training.suites.guarantee_trial import Known
from training.suites.row import Row, Step
from training.suites.summary import Summary

INVOICES, MONTHS = 2000, 26


def run(*, firms: int, seed: int, step: Step) -> Iterator[Row]:
    """The study's rows."""
    return guarantee.run(simulate_firm, firms=firms, seed=seed, step=with_time_left(step, firms))


def summary(rows: Sequence[Row]) -> Summary:
    """The study's table."""
    return guarantee.summary(rows)


def simulate_firm(seed: int, upset: bool) -> Known:  # noqa: FBT001 - the study's own interface
    """A firm of about 2,150 invoices over 26 months with the true risk of each; the same seed founds the same firm."""
    firm = known_firm(invoices=INVOICES, months=MONTHS, seed=seed, parameters=upset_world() if upset else None)
    return Known(firm.dataset, firm.risk)


def upset_world() -> Parameters:
    """A regime change: clients object three times as often without any visible defect, and unseen trouble is common."""
    usual = Parameters()
    hazards = replace(usual.hazards, base={cause: 3 * level for cause, level in usual.hazards.base.items()})
    return replace(usual, hazards=hazards, defects=replace(usual.defects, trouble_starts=0.06))


def with_time_left(step: Step, firms: int, *, clock: Callable[[], float] = time.monotonic) -> Step:
    """The step, with the minutes left by the pace so far; told once per firm."""
    started, told = clock(), [0]

    def tell(sentence: str) -> None:
        told[0] += 1
        left = (clock() - started) / told[0] * max(0, firms - told[0])
        step(f"{sentence}, about {left / 60:.0f} minutes left" if left else sentence)

    return tell
