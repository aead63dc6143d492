"""One simulated history for all tests of the simulator, and handy views of it."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from simulator.desk import Desk
from simulator.draws import Draws
from simulator.firm import simulate_with_truth
from simulator.parameters import Parameters
from simulator.truth import Truth
from simulator.workdays import Workdays, at
from simulator.world import World
from tests.simulator.history import END, INVOICES, MONTHS, SEED, History


@pytest.fixture(scope="session")
def history() -> History:
    simulation = simulate_with_truth(invoices=INVOICES, months=MONTHS, seed=SEED, end=END)
    batches = list(simulation.batches)
    kinds: dict[str, list[Any]] = defaultdict(list)
    seen: set[tuple[str, str, str, str]] = set()
    for batch in batches:
        for record in batch:
            key = (record.kind, record.source, record.source_id, record.version)
            if key not in seen:
                seen.add(key)
                kinds[record.kind].append(record)
    return History(batches, kinds, simulation.truth)


@pytest.fixture
def world() -> World:
    """An empty world in which single parts can be tried."""
    days = Workdays("DE", date(2024, 1, 1), date(2027, 12, 31))
    return World(
        draws=Draws(3),
        parameters=Parameters(),
        desk=Desk(at(date(2026, 7, 1), 0.0)),
        truth=Truth(),
        start=date(2024, 7, 1),
        end=END,
        calendars=dict.fromkeys(("US", "GB", "DE", "FR", "SG", "CH", "ES"), days),
    )
