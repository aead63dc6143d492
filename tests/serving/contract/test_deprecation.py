"""A route that will go says so in its answers, its refusals and the document; others say nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.contract.deprecation import deprecated
from serving.contract.document import openapi
from serving.problems import NotFound
from serving.state import ServingState

SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
SEE = "https://triage.example.com/docs/versioning"


@pytest.fixture
def old(state: ServingState) -> Iterator[TestClient]:
    """The application with a throw-away route that is deprecated."""
    app = create_app(state)

    @app.get("/v1/old/{name}")
    @deprecated(since=SINCE, until=UNTIL, see=SEE)
    def read_old(name: str) -> dict[str, str]:
        if name == "none":
            raise NotFound("there is none")
        return {"name": name}

    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(("name", "status"), [("one", 200), ("none", 404)])
def test_every_answer_of_a_deprecated_route_says_since_when_and_until_when(
    old: TestClient, name: str, status: int
) -> None:
    answer = old.get(f"/v1/old/{name}")
    assert answer.status_code == status
    assert answer.headers["deprecation"] == "@1772323200"
    assert answer.headers["sunset"] == "Mon, 01 Mar 2027 00:00:00 GMT"
    assert answer.headers["link"] == f'<{SEE}>; rel="deprecation"; type="text/html"'


def test_other_routes_say_nothing(old: TestClient) -> None:
    assert not {"deprecation", "sunset", "link"} & set(old.get("/healthz").headers)


def test_the_document_marks_it_and_its_headers(old: TestClient) -> None:
    app = old.app
    assert isinstance(app, FastAPI)
    paths = openapi(app)["paths"]
    operation = paths["/v1/old/{name}"]["get"]
    assert operation["deprecated"] is True
    assert {"Deprecation", "Sunset", "Link"} <= operation["responses"]["200"]["headers"].keys()
    assert "deprecated" not in paths["/healthz"]["get"]


def test_nobody_gets_less_notice_than_a_year() -> None:
    with pytest.raises(ValueError, match="at least 365 days"):
        deprecated(since=SINCE, until=SINCE + timedelta(days=364), see=SEE)
