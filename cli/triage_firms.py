"""The triage study's firms: small to large, each ending on another day."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cli.guarantee import with_time_left
from cli.known_firms import KnownFirm, known_firm
from simulator.firm import DEFAULT_END
from training.suites import triage
from training.suites.row import Row, Step
from training.suites.summary import Summary

# (invoices, months) of one firm after the other, over and over.
SIZES = ((3_000, 24), (6_000, 30), (10_000, 36), (6_000, 24), (20_000, 36))
# Firms end on days of their own: neither weekday nor distance to the end of the month is shared.
DAYS_APART = 17


def run(*, firms: int, seed: int, step: Step) -> Iterator[Row]:
    """The study's rows."""
    return triage.run(simulate_firm, firms=firms, seed=seed, step=with_time_left(step, firms))


def summary(rows: Sequence[Row]) -> Summary:
    """The study's table."""
    return triage.summary(rows)


def simulate_firm(number: int, seed: int) -> tuple[str, KnownFirm]:
    """Firm ``number`` of the study with its name."""
    invoices, months = SIZES[number % len(SIZES)]
    end = DEFAULT_END - timedelta(days=DAYS_APART * number)
    firm = known_firm(invoices=invoices, months=months, seed=seed + number, end=end)
    return f"firm {number + 1}: {invoices:,} invoices to {end:%Y-%m-%d}", firm
