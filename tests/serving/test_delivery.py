"""HEAD wherever there is GET, ETag on documents, gzip above a size and never of a stream."""

import gzip
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.contract.document import operations
from serving.web.static import asset_url
from tests.serving.factories import clean, write

DOCUMENTS = ("/openapi.json", asset_url("app.css"), "/favicon.ico")


def test_head_answers_as_get_without_a_body(machine: TestClient, firm: Engine) -> None:
    for path in ("/healthz", "/openapi.json", "/v1/cases", "/v1/models", "/login"):
        asked, got = machine.head(path), machine.get(path)
        assert (asked.status_code, asked.content) == (got.status_code, b"") == (200, b""), path
        assert asked.headers["content-type"] == got.headers["content-type"]
        assert asked.headers.get("content-length") == got.headers.get("content-length")


def test_every_published_get_takes_head(machine: TestClient) -> None:
    document: dict[str, Any] = machine.get("/openapi.json").json()
    paths = [path for (method, path), _ in operations(document) if method == "get"]
    assert len(paths) > 30
    statuses = {path: machine.head(path.replace("{", "").replace("}", "")).status_code for path in paths}
    assert [path for path, status in statuses.items() if status == 405] == []


def test_head_follows_the_rights_of_get(machine: TestClient) -> None:
    assert machine.head("/v1/cases", headers={"Authorization": "Bearer none"}).status_code == 401


def test_head_is_refused_where_there_is_no_get(machine: TestClient) -> None:
    answer = machine.head("/v1/records")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert machine.delete("/v1/cases").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", DOCUMENTS)
def test_an_unchanged_document_is_not_sent_again(machine: TestClient, path: str) -> None:
    first = machine.get(path)
    tag = first.headers["etag"]
    again = machine.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert machine.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert machine.get(path, headers={"If-None-Match": "*"}).status_code == 304


def test_answers_above_a_size_are_compressed_for_those_who_take_it(machine: TestClient) -> None:
    plain = machine.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    with machine.stream("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join(packed.iter_raw())
    assert "content-encoding" not in plain.headers
    assert (packed.headers["content-encoding"], packed.headers["content-length"]) == ("gzip", str(len(raw)))
    assert gzip.decompress(raw) == plain.content
    assert "accept-encoding" in plain.headers["vary"].lower()
    refusing = machine.get("/openapi.json", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refusing.headers


def test_small_answers_and_streams_are_not_compressed(machine: TestClient, firm: Engine) -> None:
    write(firm, [one for number in range(2, 12) for one in clean(number)])
    assert "content-encoding" not in machine.get("/healthz").headers
    items = [{"invoice_id": f"INV-{number}"} for number in range(1, 11)]
    lines = machine.post("/v1/scores/batch", json={"items": items})
    assert "content-encoding" not in lines.headers
    assert len(lines.content) > 2_000
