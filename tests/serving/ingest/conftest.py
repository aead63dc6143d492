"""The service's fixtures, and callers that may send records."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Scope
from tests.serving.kit import MACHINE, api_key, app, clearing, firm, log_in, machine, state

__all__ = ["app", "clearing", "firm", "historian", "log_in", "machine", "sender", "state"]
SENDING = (*MACHINE, Scope.RECORDS_READ, Scope.RECORDS_WRITE)


def client(app: FastAPI, engine: Engine, *scopes: Scope) -> TestClient:
    headers = {"Authorization": f"Bearer {api_key(engine, *scopes)}"}
    return TestClient(app, headers=headers, raise_server_exceptions=False)


@pytest.fixture
def sender(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """A machine that may send records."""
    with client(app, engine, *SENDING) as made:
        yield made


@pytest.fixture
def historian(app: FastAPI, engine: Engine) -> TestClient:
    """A machine that may also say that a record was known earlier."""
    return client(app, engine, *SENDING, Scope.RECORDS_BACKDATE)
