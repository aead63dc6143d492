"""The receiver that docs/callbacks.md shows takes what we sign, once, and refuses everything else."""

import re
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from serving.callbacks.events import EventType
from serving.callbacks.urls import parse_url
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks import conftest as fixtures
from tests.serving.callbacks.kit import ask, decide_case, deliver, fill, reviewer, sent
from tests.serving.callbacks.receiver import Receiver
from tests.serving.kit import clearing
from tests.serving.kit import state as plain_state

PAGE = Path(__file__).parents[2] / "docs" / "callbacks.md"
state, receiver, endpoint = fixtures.state, fixtures.receiver, fixtures.endpoint
__all__ = ["clearing", "endpoint", "plain_state", "receiver", "state"]


@pytest.fixture
def example() -> Any:
    """The class on the page, with a memory of what it resumed."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    resumed: list[str] = []
    members = {
        "resume": lambda _, process, data: resumed.append(f"{process} {data['decision']['action']}"),
        "log_request": lambda *_: None,
        "resumed": resumed,
        "seen": set(),
    }
    return type("Tested", (names["Receiver"],), members)


def test_the_receiver_of_the_page_resumes_once_and_refuses_forgeries(
    state: ServingState, receiver: Receiver, endpoint: tuple[Row, str], example: Any
) -> None:
    fill(state.engine)
    decide_case(ask(state, receiver.url), reviewer(state.engine))
    deliver(state, sent(state)[0])
    [got] = receiver.got
    example.secret = endpoint[1]
    with ThreadingHTTPServer(("127.0.0.1", 0), example) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        place = f"http://127.0.0.1:{server.server_address[1]}/"
        answers = [httpx.post(place, content=got.body, headers=got.headers).status_code for _ in range(2)]
        answers.append(httpx.post(place, content=got.body.replace("hold", "gold"), headers=got.headers).status_code)
        server.shutdown()
    assert answers == [204, 204, 401]
    assert example.resumed == ["flow-7 hold"]


def test_every_type_on_the_page_is_sent_and_every_type_sent_is_on_the_page() -> None:
    told = set(re.findall(r"`(triage\.[a-z.]+\.v1)`", PAGE.read_text(encoding="utf-8")))
    assert told == {kind.value for kind in EventType}


def test_the_urls_on_the_page_could_be_called() -> None:
    for text in re.findall(r"https://flows\.example\.com[\w/]*", PAGE.read_text(encoding="utf-8")):
        assert parse_url(text).host == "flows.example.com"
