"""Fixtures around the shared MLflow store; MLflow takes seconds to import, which only tests that use it should pay."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ledger.settings import Settings

if TYPE_CHECKING:
    from training.registry import Registry


@pytest.fixture
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with three versions of the dispute model, the second of them challenger, and no champion."""
    from tests.training.store import reset, store

    settings = store(tmp_path_factory.getbasetemp() / "store")
    yield settings
    reset(settings)


@pytest.fixture
def registry(installation: Settings) -> "Registry":
    """Its registry."""
    from training.registry import Registry

    return Registry(installation)
