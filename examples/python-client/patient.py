"""Send a request until it is answered: with the same Idempotency-Key a repetition can do no harm."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
from triage_client.types import Response

LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
LONGEST_WAIT = 60.0  # seconds


def patiently(
    send: Callable[[], Response[Any]], *, attempts: int = 5, sleep: Callable[[float], None] = time.sleep
) -> Response[Any]:
    """The answer of ``send``, tried again while the service is busy, down or out of reach; the last answer otherwise.

    Waits as long as ``Retry-After`` asks, else 1, 2, 4 … seconds. Raises ``httpx.TransportError`` when no attempt
    got an answer.
    """
    for attempt in range(attempts):
        last = attempt == attempts - 1
        wait = min(2.0**attempt, LONGEST_WAIT)
        try:
            answer = send()
        except httpx.TransportError:
            if last:
                raise
        else:
            if answer.status_code not in LATER or last:
                return answer
            wait = min(float(answer.headers.get("Retry-After", wait)), LONGEST_WAIT)
        sleep(wait)
    raise AssertionError("unreachable")
