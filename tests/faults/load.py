"""Callers who do not stop: machines that score, and a reviewer who decides; they keep every answer."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.server import Service, until

CONTRACT = "application/problem+json"
Step = Callable[["Callers", httpx.Client], None]


@dataclass
class Callers:
    """Threads that call until told to stop.

    Attributes:
        scored: score ids that were acknowledged, by the Idempotency-Key they were asked with.
        unkeyed: score ids that were acknowledged to callers without a key.
        decided: case ids whose decision was acknowledged.
        odd: answers outside the contract.
    """

    service: Service
    statuses: Counter[int] = field(default_factory=Counter)
    scored: dict[str, str] = field(default_factory=dict)
    unkeyed: list[str] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, client: httpx.Client, step: Step) -> None:
        """Another caller, who repeats a step."""
        self.threads.append(threading.Thread(target=self._run, args=(client, step)))
        self.threads[-1].start()

    def _run(self, client: httpx.Client, step: Step) -> None:
        with closing(client):
            while not self.ending.is_set():
                step(self, client)

    def stop(self) -> None:
        """Let everybody finish the step in hand."""
        self.ending.set()
        for thread in self.threads:
            thread.join(60)

    def send(self, client: httpx.Client, path: str, body: Any, *, allowed: set[int], key: str = "") -> httpx.Response:
        """Send a request and hold its answer to the contract."""
        answer = client.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
        self.statuses[answer.status_code] += 1
        fine = answer.status_code in allowed
        if answer.status_code == 503:
            fine = answer.headers["content-type"] == CONTRACT and int(answer.headers["retry-after"]) > 0
        if not fine or "x-content-type-options" not in answer.headers:
            self.odd.append(f"{path}: {answer.status_code} {answer.text}")
        return answer

    def persist(self, client: httpx.Client, path: str, body: Any, *, allowed: set[int]) -> httpx.Response:
        """Send a request under one key until it is carried out, as a workflow engine would."""
        key = str(uuid.uuid4())
        while True:
            answer = self.send(client, path, body, allowed=allowed, key=key)
            if answer.status_code != 503:
                return answer
            self.ending.wait(0.02)

    def more(self, status: int, number: int) -> None:
        """Wait until so many more answers had a status."""
        before = self.statuses[status]
        until(lambda: self.statuses[status] >= before + number)


def score_with_key(callers: Callers, client: httpx.Client) -> None:
    """Score an invoice, retrying under one key."""
    answer = callers.persist(client, "/v1/scores", {"invoice_id": "INV-1"}, allowed={200})
    callers.scored[str(uuid.uuid4())] = answer.json()["score_id"]


def score_without_key(callers: Callers, client: httpx.Client) -> None:
    """Score an invoice, never twice."""
    answer = callers.send(client, "/v1/scores", {"invoice_id": "INV-2"}, allowed={200})
    if answer.status_code == 200:
        callers.unkeyed.append(answer.json()["score_id"])
    else:
        callers.ending.wait(0.02)


def decide_next(callers: Callers, client: httpx.Client) -> None:
    """Claim the next case and decide it, each retried under one key."""
    taken = callers.persist(client, "/v1/cases/next", None, allowed={200, 204})
    if taken.status_code == 204:
        callers.ending.wait(0.05)
        return
    case = taken.json()
    body = {"action": "hold", "fence": case["fence"], "reason_code": "other"}
    decided = callers.persist(client, f"/v1/cases/{case['case_id']}/decision", body, allowed={200})
    if decided.status_code == 200:
        callers.decided.append(case["case_id"])
