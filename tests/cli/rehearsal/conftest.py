"""A small simulated firm, and the same firm after a rehearsal: made once for each worker, copied or only read."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import Engine

from cli.rehearsal.weeks import Span, rehearse
from cli.simulations import noted
from ledger.database import Database
from serving.app import load_state
from serving.policy import Policy
from serving.rules import register_rules
from serving.state import ServingState
from simulator.firm import simulate_with_truth
from simulator.write import write_to_ledger

END = datetime(2026, 6, 30, tzinfo=UTC)
SPAN = Span(weeks=1, until=datetime(2026, 6, 3, 15, 20, tzinfo=UTC), seed=3, most=26)
ARGUMENTS = {"invoices": 260, "months": 5, "seed": 3, "end": END.date().isoformat()}
Copies = Callable[[str], AbstractContextManager[Engine]]


@pytest.fixture(scope="session")
def copies(admin_database: Database) -> Copies:
    """Gives an engine on a copy of a database, which vanishes afterwards."""
    admin = admin_database.conninfo()

    @contextmanager
    def copy(original: str) -> Iterator[Engine]:
        name = f"rehearsal_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY file_copy".encode())
        engine = Database(admin_database.url.set(database=name), embedded=True).engine()
        yield engine
        engine.dispose()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    return copy


@pytest.fixture(scope="session")
def simulated(copies: Copies, template: str) -> Iterator[str]:
    """Name of a database that holds a simulated firm."""
    with copies(template) as engine:
        simulation = simulate_with_truth(invoices=260, months=5, seed=3, end=END.date())
        with noted(engine, ARGUMENTS):
            write_to_ledger(engine, simulation.batches)
        engine.dispose()
        yield str(engine.url.database)


@pytest.fixture
def firm(copies: Copies, simulated: str) -> Iterator[ServingState]:
    """The service on a copy of the simulated firm, without models: every draft comes to a person."""
    with copies(simulated) as engine:
        yield state_of(engine)


@pytest.fixture(scope="session")
def rehearsed(copies: Copies, simulated: str) -> Iterator[ServingState]:
    """The firm after its rehearsal, to be looked at and not to be changed."""
    with copies(simulated) as engine:
        state = state_of(engine)
        rehearse(state, SPAN, embedded=True)
        yield state


def state_of(engine: Engine) -> ServingState:
    """The service's state on a database, its clock at the end of the weeks."""
    loaded = load_state(engine)
    # Of a small firm few invoices are large.
    policy = Policy.model_validate(loaded.policy.model_dump() | {"four_eyes_amount": "15000"})
    state = replace(loaded, clock=lambda: SPAN.until, policy=policy)
    with engine.begin() as connection:
        register_rules(connection, state)
    return state
