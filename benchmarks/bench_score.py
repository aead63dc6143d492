"""The one-row score path, end to end over HTTP, against an empty FastAPI endpoint under the same server and client."""

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ledger.database import locate
from ledger.settings import Settings

INVOICES, MONTHS, REQUESTS = 4_000, 18, 300
# An empty endpoint, served as the real one is.
EMPTY = """
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.post("/v1/scores")
async def empty() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""
TRIAGE = [sys.executable, "-c", "from cli.main import main; main()"]


def report(figure: str, value: float, unit: str, *, against: float | None = None, target: float | None = None) -> None:
    """One JSON line; ``target`` bounds the ratio from above."""
    ratio = None if against is None else value / against
    met = None if target is None or ratio is None else ratio <= target
    line = {"benchmark": "score", "figure": figure, "value": value, "unit": unit, "against": against}
    print(json.dumps({**line, "ratio": ratio, "target": target, "met": met}))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, path: str) -> Iterator[None]:
    """A server process, from its first answer on ``path`` until the end of the block."""
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                call(port, "GET", path, None, {})
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(20)


def call(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    """One request on a connection of its own; the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def timed(port: int, bodies: list[bytes], headers: dict[str, str]) -> list[float]:
    """Milliseconds of each request, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", "/v1/scores", body, headers)
        response = connection.getresponse()
        response.read()
        took.append(1000 * (time.perf_counter() - start))
        assert response.status == 200, response.status
    connection.close()
    return took


def throughput(port: int, bodies: list[bytes], headers: dict[str, str], *, connections: int = 16) -> float:
    """Requests per second over ``connections`` connections."""
    shares = [bodies[start::connections] for start in range(connections)]
    start = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda share: timed(port, share, headers), shares))
    return len(bodies) / (time.perf_counter() - start)


def measure(port: int, bodies: list[bytes], headers: dict[str, str]) -> tuple[float, float, float]:
    """p50 and p99 in milliseconds on one connection, requests per second on sixteen."""
    timed(port, bodies[:30], headers)  # warm up
    took = timed(port, bodies, headers)
    return statistics.median(took), sorted(took)[int(0.99 * len(took))], throughput(port, bodies, headers)


def prepare() -> list[str]:
    """A simulated, trained firm of its own; invoice ids to score."""
    os.environ["TRIAGE_FIRM"] = "bench"
    settings = Settings()
    uri = locate(settings).conninfo()
    if not (settings.model_cache / "champions.json").exists():
        arguments = ["--invoices", str(INVOICES), "--months", str(MONTHS), "--end", "2026-06-30"]
        for command in (["simulate", *arguments], ["train"]):
            subprocess.run([*TRIAGE, *command], check=True, stdout=subprocess.DEVNULL)
    with psycopg.connect(uri) as connection:
        query = "SELECT invoice_id FROM invoice WHERE status = 'draft' ORDER BY known_at DESC LIMIT %s"
        return [row[0] for row in connection.execute(query, [REQUESTS]).fetchall()]


def demo_key() -> str:
    """The demo API key that the server's first start wrote down."""
    text = Path(Settings().home / "demo-logins-bench.txt").read_text(encoding="utf-8")
    found = re.search(r"API key: (\S+)", text)
    assert found is not None
    return found[1]


def main() -> None:
    """Both servers, one after the other, same client."""
    bodies = [json.dumps({"invoice_id": invoice_id}).encode() for invoice_id in prepare()]
    port = free_port()
    with served([sys.executable, "-c", EMPTY], port, "/openapi.json"):
        empty = measure(port, bodies, {"Content-Type": "application/json"})
    port = free_port()
    with served([*TRIAGE, "serve", "--port"], port, "/readyz"):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {demo_key()}"}
        ours = measure(port, bodies, headers)
    report("empty endpoint p50", empty[0], "ms")
    report("empty endpoint rate, 16 connections", empty[2], "requests/s")
    report(
        "one score p50 (ledger, features, models, reasons, controls, durable)",
        ours[0],
        "ms",
        against=empty[0],
        target=25,
    )
    report("one score p99", ours[1], "ms", against=empty[1])
    report("score rate, 16 connections", ours[2], "requests/s", against=empty[2])


if __name__ == "__main__":
    main()
