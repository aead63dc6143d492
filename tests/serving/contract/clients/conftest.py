"""The tools, installed once per run, and a running service with a key for the generated clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from serving.state import ServingState
from tests.serving.contract.clients.tools import generator_jar, node_tools, python_tools
from tests.serving.kit import MACHINE, api_key, clearing, firm, state
from tests.serving.running import running

__all__ = ["clearing", "firm", "state"]


@dataclass(frozen=True)
class Service:
    """Where the service listens, and a key for it."""

    url: str
    key: str


@pytest.fixture
def service(clearing: ServingState, firm: Engine) -> Iterator[Service]:
    """A running service that knows INV-1."""
    with running(clearing) as url:
        yield Service(url, api_key(firm, *MACHINE))


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands of the Python tools."""
    return python_tools(tmp_path_factory.mktemp("python") / "tools")


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the node tools."""
    return node_tools(tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="session")
def jar(python: Path) -> Path:
    """openapi-generator."""
    return generator_jar(python)
