"""Simulated and real records never share a firm, and a killed simulation is finished instead of begun anew."""

import pytest
from sqlalchemy import Engine

from cli.simulations import latest, noted, refuse_import_into_simulated, refuse_simulation_into_real
from ledger.errors import PlainError
from ledger.store import append
from tests.features.builders import make

ARGUMENTS = {"invoices": 200, "months": 6, "seed": 7, "end": "2026-06-30"}


def test_real_records_do_not_go_where_simulated_ones_are(engine: Engine) -> None:
    refuse_import_into_simulated(engine, "demo")
    with noted(engine, ARGUMENTS):
        pass
    with pytest.raises(PlainError, match="import with --firm NAME"):
        refuse_import_into_simulated(engine, "demo")


def test_simulated_records_do_not_go_where_real_ones_are(engine: Engine) -> None:
    refuse_simulation_into_real(engine, "acme")
    with engine.begin() as connection:
        append(connection, [make("invoice")])
    with pytest.raises(PlainError, match="'acme' holds records of its own"):
        refuse_simulation_into_real(engine, "acme")


def test_a_killed_simulation_is_remembered_as_unfinished(engine: Engine) -> None:
    assert latest(engine) is None
    with pytest.raises(KeyboardInterrupt), noted(engine, ARGUMENTS):
        raise KeyboardInterrupt
    found = latest(engine)
    assert found is not None
    assert (found.arguments, found.finished) == (ARGUMENTS, False)
    with noted(engine, ARGUMENTS):
        pass
    again = latest(engine)
    assert again is not None
    assert again.finished
