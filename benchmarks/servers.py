"""Servers under test and the one client that asks them all: the same machine, the same run, the same code."""

import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from ledger.database import locate
from ledger.migrate import migrate
from ledger.settings import Settings

CONNECTIONS = 16
TRIAGE = [sys.executable, "-c", "from cli.main import main; main()"]
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


@dataclass(frozen=True)
class Question:
    """What is asked of a server, in turn."""

    port: int
    path: str
    bodies: Sequence[bytes]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answered:
    """Milliseconds on one connection, and requests per second on sixteen."""

    p50: float
    p99: float
    rate: float


def simulated_firm(name: str, *, invoices: int, months: int) -> tuple[Settings, Engine]:
    """A simulated, trained firm of a benchmark's own, made by its first run."""
    os.environ["TRIAGE_FIRM"] = name
    settings = Settings()
    engine = locate(settings).engine()
    migrate(engine)
    if not (settings.model_cache / "champions.json").exists():
        made = ["--invoices", str(invoices), "--months", str(months)]
        for command in (["simulate", *made], ["train"]):
            subprocess.run([*TRIAGE, *command], check=True, stdout=subprocess.DEVNULL)
    return settings, engine


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, path: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process in a group of its own, from its first answer on ``path`` until the end of the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{' '.join(command)} does not answer")
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def timed(question: Question, bodies: Sequence[bytes]) -> list[float]:
    """Milliseconds of each request, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", question.port, timeout=60)
    took = []
    for body in bodies:
        start = time.perf_counter()
        connection.request("POST", question.path, body, question.headers)
        response = connection.getresponse()
        answer = response.read()
        took.append(1000 * (time.perf_counter() - start))
        assert response.status == 200, answer
    connection.close()
    return took


def measure(question: Question, *, requests: int) -> Answered:
    """Ask warm: p50 and p99 on one connection, then requests per second on sixteen."""
    bodies = [question.bodies[place % len(question.bodies)] for place in range(requests)]
    timed(question, bodies[: max(len(bodies) // 8, 20)])
    took = timed(question, bodies)
    shares = [bodies[start::CONNECTIONS] for start in range(CONNECTIONS)]
    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda share: timed(question, share), shares))
    rate = len(bodies) / (time.perf_counter() - start)
    return Answered(statistics.median(took), sorted(took)[int(0.99 * len(took))], rate)


def resident_megabytes(process: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def demo_key(settings: Settings) -> str:
    """The demo API key that the server's first start wrote down."""
    text = (settings.home / f"demo-logins-{settings.firm}.txt").read_text(encoding="utf-8")
    found = re.search(r"API key: (\S+)", text)
    assert found is not None
    return found[1]


def report(benchmark: str, figure: str, value: float, unit: str, **more: float | bool | str | None) -> None:
    """One JSON line."""
    line = {"benchmark": benchmark, "figure": figure, "value": round(value, 4), "unit": unit}
    print(json.dumps(line | {name: round(v, 3) if isinstance(v, float) else v for name, v in more.items()}), flush=True)
