"""The service's fixtures for this folder, and a PostgreSQL that may be broken."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import TEST_HOME
from tests.faults.server import OwnPostgres
from tests.serving.kit import app, firm, log_in, machine, state

__all__ = ["app", "firm", "log_in", "machine", "state"]


@pytest.fixture
def postgres() -> Iterator[OwnPostgres]:
    """A server that may be crashed; its folder's path is short, because a socket lies in it."""
    folder = Path(tempfile.mkdtemp(prefix="faults", dir=TEST_HOME.parent))
    server = OwnPostgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def outside(postgres: OwnPostgres) -> Iterator[Engine]:
    """A look at the database from outside."""
    engine = postgres.database.engine()
    yield engine
    engine.dispose()
