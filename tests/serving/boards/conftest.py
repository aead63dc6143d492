"""Fixtures of the boards' tests."""

import pytest
from sqlalchemy import Connection

from tests.serving.boards.kit import Firm, firm_in


@pytest.fixture
def books(connection: Connection) -> Firm:
    """The small firm, to be written into."""
    return firm_in(connection)
