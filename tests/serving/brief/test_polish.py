"""A rewording is believed only when it tells the paragraph's facts and no others."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import orjson
import pytest
from pydantic import SecretStr

from serving.brief import polish as polishing
from serving.brief.polish import Endpoint, fault_of, polish
from serving.brief.writing import Brief, Paragraph, Section

WRITTEN = Paragraph(
    "8 cases came in over 7,000 EUR. Acme waits since 26 Jan 2026: too few to say whether that is a change.",
    names=("Acme",),
)
GOOD = "Since 26 Jan 2026 Acme waits: too few to say whether that is a change. 8 cases over 7,000 EUR came in."


def test_the_same_facts_in_other_words_are_taken() -> None:
    assert fault_of(WRITTEN, GOOD) is None


@pytest.mark.parametrize(("text", "fault"), [
    (GOOD.replace("8 cases", "9 cases"), "other numbers"),
    (GOOD.replace("8 cases", "Cases"), "other numbers"),
    (GOOD.replace("26 Jan", "27 Jan"), "other numbers"),
    (GOOD.replace("8 cases", "8 cases, 8 in all,"), "other numbers"),
    (GOOD.replace("Jan", "Feb"), "other names or codes"),
    (GOOD.replace("EUR", "USD"), "other names or codes"),
    (GOOD.replace("Acme", "Bolt"), "other names"),
    (GOOD.replace("waits", "waits with Bolt"), "other names or codes"),
    (GOOD + " All is well.", "more sentences"),
    (GOOD.replace("came in", "came in, twice as many"), "a number in words"),
    (GOOD.replace("came in", "rose"), "a direction or cause"),
    (GOOD.replace("Acme waits", "Acme waits no longer"), "a denial added or lost"),
    (GOOD.replace("8 cases", "8 [cases](x)"), "a link"),
    ("", "empty or too long"),
    (GOOD * 4, "empty or too long"),
])  # fmt: skip
def test_what_was_lost_added_or_turned_round_is_refused(text: str, fault: str) -> None:
    assert fault_of(WRITTEN, text) == fault


class _Chat(BaseHTTPRequestHandler):
    answer: Callable[[str], bytes]
    asked: list[dict[str, str]]

    def do_POST(self) -> None:
        sent = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append({"path": self.path, "key": self.headers.get("authorization", ""), "model": sent["model"]})
        body = type(self).answer(sent["messages"][1]["content"])
        self.send_response(200 if body else 500)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Chat = Callable[[Callable[[str], bytes]], tuple[Endpoint, list[dict[str, str]]]]


@pytest.fixture
def chat() -> Iterator[Chat]:
    """Starts an endpoint that answers as told."""
    running: list[HTTPServer] = []

    def start(answer: Callable[[str], bytes]) -> tuple[Endpoint, list[dict[str, str]]]:
        handler = type("Chat", (_Chat,), {"answer": staticmethod(answer), "asked": []})
        server = HTTPServer(("127.0.0.1", 0), handler)
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "m", SecretStr("hush")), handler.asked  # type: ignore[attr-defined]

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def completion(text: str) -> bytes:
    return orjson.dumps({"choices": [{"message": {"content": text}}]})


def brief(*paragraphs: Paragraph) -> Brief:
    return Brief("2026-W05", "Week", "now", (Section("What", paragraphs),))


def test_a_faithful_endpoint_rewords_and_gets_the_key(chat: Chat) -> None:
    endpoint, asked = chat(lambda _: completion(f" {GOOD}\n"))
    found = polish(brief(WRITTEN), endpoint)
    assert found.polished
    assert found.sections[0].paragraphs[0].text == GOOD
    assert asked == [{"path": "/v1/chat/completions", "key": "Bearer hush", "model": "m"}]


@pytest.mark.parametrize("answer", [
    lambda text: completion(text.replace("8", "80")),
    lambda text: completion(text.replace("7,000 EUR", "much")),
    lambda _: b"{",
    lambda _: b"[]",
    lambda _: orjson.dumps({"choices": [{"message": {"content": None}}]}),
])  # fmt: skip
def test_an_endpoint_that_invents_drops_or_babbles_is_not_believed(chat: Chat, answer: Callable[[str], bytes]) -> None:
    found = polish(brief(WRITTEN), chat(answer)[0])
    assert not found.polished
    assert found == brief(WRITTEN)


def test_an_endpoint_that_fails_is_asked_once_for_a_brief(chat: Chat) -> None:
    endpoint, asked = chat(lambda _: b"")
    assert polish(brief(WRITTEN, WRITTEN, WRITTEN), endpoint) == brief(WRITTEN, WRITTEN, WRITTEN)
    assert len(asked) == 1


def test_an_endpoint_that_never_answers_delays_nothing_for_long(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polishing, "SECONDS", 0.05)
    over = threading.Event()
    endpoint, asked = chat(lambda _: completion("") if over.wait(5) else b"")
    found = polish(brief(WRITTEN, WRITTEN), endpoint)
    over.set()
    assert not found.polished
    assert len(asked) == 1


def test_without_an_endpoint_the_template_stands() -> None:
    assert polish(brief(WRITTEN), None) == brief(WRITTEN)
