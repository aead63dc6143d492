"""The service under abuse: sockets that trickle, and more callers than it can serve, who ask again at once.

    python -m benchmarks.bench_abuse [SECONDS]

One JSON line per figure: the share of a machine's requests that are answered while 110 sockets hold back their bodies,
then, for 16, 64 and 256 connections that ask for scores worked out on the spot, scores per second (goodput), refusals
per second and what ``/healthz`` takes meanwhile. Callers do not wait after a refusal, as badly written ones do not.
"""

import asyncio
import json
import socket
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

import httpx
from sqlalchemy import Engine, text

from benchmarks.servers import TRIAGE, demo_key, free_port, report, served, simulated_firm

FIRM, INVOICES, MONTHS, ASKED = "bench_abuse", 3_000, 12, 400
SLOW, CONNECTIONS, SECONDS = 110, (16, 64, 256), 8.0


def newest(engine: Engine) -> list[str]:
    """Invoices to ask for, newest first."""
    query = text(
        "SELECT invoice_id FROM invoice GROUP BY 1 HAVING max(known_at) < now() ORDER BY max(known_at) DESC LIMIT :n"
    )
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
        return list(connection.execute(query, {"n": ASKED}).scalars())


def slow_sockets(port: int, key: str, invoice_id: str) -> float:
    """Share of a known caller's requests that are answered while strangers hold back what they announced."""
    head = b"POST /v1/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with ExitStack() as held:
        for _ in range(SLOW):
            held.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(head)
        time.sleep(1)
        with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
            place, body = f"http://127.0.0.1:{port}/v1/scores", {"invoice_id": invoice_id}
            answers = [client.post(place, json=body).status_code for _ in range(20)]
    return answers.count(200) / len(answers)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """One request on an open connection; the answer's status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def call(port: int, requests: list[bytes], until: float, seen: Counter[int]) -> None:
    """Ask one after the other; a connection that was closed is opened again."""
    place = 0
    while time.monotonic() < until:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while time.monotonic() < until:
                    seen[await ask(reader, writer, requests[place % len(requests)])] += 1
                    place += 1
            finally:
                writer.close()


async def probe(port: int, until: float, took: list[float]) -> None:
    """Look at the process ten times a second, each time on a connection of its own, as a balancer does."""
    while time.monotonic() < until:
        begun = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await ask(reader, writer, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        writer.close()
        took.append(1_000 * (time.perf_counter() - begun))
        await asyncio.sleep(0.1)


async def load(port: int, requests: list[bytes], connections: int, seconds: float) -> tuple[Counter[int], list[float]]:
    """Statuses, and milliseconds of the probes."""
    seen, took, until = Counter[int](), list[float](), time.monotonic() + seconds
    shares = [requests[start % len(requests) :] + requests[: start % len(requests)] for start in range(connections)]
    await asyncio.gather(probe(port, until, took), *(call(port, share, until, seen) for share in shares))
    return seen, took


def requests_of(ids: list[str], key: str) -> list[bytes]:
    """A request per invoice, with a moment of its own so that nothing is ready."""
    now, made = datetime.now(UTC).isoformat(), []
    for invoice_id in ids:
        body = json.dumps({"invoice_id": invoice_id, "as_of": now}).encode()
        made.append(
            b"POST /v1/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (key.encode(), len(body), body)
        )
    return made


def main() -> None:
    """Slow sockets first, then each load."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    settings, engine = simulated_firm(FIRM, invoices=INVOICES, months=MONTHS)
    ids, port, good = newest(engine), free_port(), {}
    with served([*TRIAGE, "serve", "--no-worker", "--port", str(port)], port, "/readyz"):
        key = demo_key(settings)
        requests = requests_of(ids, key)
        asyncio.run(load(port, requests, 4, 3.0))  # warm
        report("abuse", f"{SLOW} slow sockets: requests answered", slow_sockets(port, key, ids[0]), "share", target=1.0)
        for connections in CONNECTIONS:
            seen, took = asyncio.run(load(port, requests, connections, seconds))
            good[connections] = seen[200] / seconds
            where = f"{connections} connections"
            report("abuse", f"{where}: goodput", good[connections], "scores/s", refused=seen[429] / seconds,
                   other=float(sum(seen.values()) - seen[200] - seen[429]))  # fmt: skip
            took.sort()
            report("abuse", f"{where}: healthz p99", took[int(0.99 * (len(took) - 1))], "ms", most=took[-1])
    ratio = good[256] / good[64]
    report("abuse", "goodput at 256 to that at 64", ratio, "ratio", target=2 / 3, met=ratio >= 2 / 3)


if __name__ == "__main__":
    main()
