"""Texts reach the addresses that take them, and a bad address neither raises nor leaks its password."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import orjson
import pytest
from structlog.testing import capture_logs

from serving.notify import send


class _Post(BaseHTTPRequestHandler):
    got: list[dict[str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append(orjson.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def post_box() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Where a message can be sent, and what came."""
    handler = type("Box", (_Post,), {"got": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"json://127.0.0.1:{server.server_port}/", handler.got  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_a_service_of_plain_text_gets_the_text(post_box: tuple[str, list[dict[str, str]]]) -> None:
    url, got = post_box
    assert send([url], "Week 46", "plain", "<p>rich</p>") == 1
    assert (got[0]["title"], got[0]["message"]) == ("Week 46", "plain")


def test_a_service_of_html_gets_the_page(post_box: tuple[str, list[dict[str, str]]]) -> None:
    url, got = post_box
    assert send([f"{url}?format=html"], "Week 46", "plain", "<p>rich</p>") == 1
    assert "rich" in got[0]["message"]
    assert send([f"{url}?format=html"], "Week 46", "plain") == 1
    assert "plain" in got[1]["message"]


def test_a_bad_address_is_not_counted_and_its_password_is_not_logged(
    post_box: tuple[str, list[dict[str, str]]],
) -> None:
    with capture_logs() as logged:
        assert send(["nonsense://user:hush@host", "json://user:hush@127.0.0.1:1/", post_box[0]], "T", "B") == 1
    assert len(logged) == 2
    assert "hush" not in str(logged)
