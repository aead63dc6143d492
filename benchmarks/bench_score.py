"""One score over HTTP against an empty endpoint and MLflow's own server of one bare model, on growing ledgers.

    python -m benchmarks.bench_score [SIZE ...]

The firm (20,000 simulated invoices, its own models) stays the same while other clients' records fill the ledger up to
each size. Asked are invoices that are ready (worked out before anybody asks, see docs/api.md), and, with a moment of
their own, the same invoices worked out on the spot.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
from sqlalchemy import Connection, Engine, text

from benchmarks.filler import fill
from benchmarks.servers import (
    EMPTY,
    TRIAGE,
    Answered,
    Question,
    demo_key,
    free_port,
    measure,
    report,
    resident_megabytes,
    served,
    simulated_firm,
)
from features.build import build_features
from features.catalogue import FEATURE_NAMES
from features.history import load_slice, microseconds
from ledger.settings import Settings
from models.champions import Champions
from serving.app import load_state
from serving.scoring.prepared import prepare, prepare_remedies
from serving.settings import ServingSettings
from serving.state import ServingState

FIRM, INVOICES, MONTHS, READY, REQUESTS = "bench_score", 20_000, 24, 400, 800
CLEARED_TARGET, REVIEWED_TARGET, MLFLOW_RATE_TARGET = 10.0, 25.0, 8.0
CLEARED, REVIEWED, ON_THE_SPOT = "cleared", "to review", "to review, worked out on the spot"


def grow(engine: Engine, size: int) -> None:
    """Fill the ledger up to ``size`` invoices with those of other clients."""
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(DISTINCT invoice_id) FROM invoice")).scalar_one()
        if size - count >= 1_000:
            fill(connection, size - count, mark=f"f{size}")
        connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def newest(connection: Connection) -> list[str]:
    """Invoices of the simulated firm, newest first."""
    query = (
        "SELECT invoice_id FROM invoice WHERE source NOT LIKE 'bench%' GROUP BY 1 ORDER BY max(known_at) DESC LIMIT :n"
    )
    return list(connection.execute(text(query), {"n": READY}).scalars())


def make_ready(state: ServingState) -> list[str]:
    """Have the newest invoices ready; their ids."""
    with state.engine.begin() as connection:
        ids = newest(connection)
    for start in range(0, len(ids), 200):
        with state.engine.begin() as connection:
            prepare(connection, state, ids[start : start + 200])
    while prepare_remedies(state, limit=100):
        pass
    return ids


def by_route(port: int, headers: dict[str, str], ids: list[str]) -> dict[str, list[str]]:
    """The ids by whether they are cleared."""
    found: dict[str, list[str]] = {CLEARED: [], REVIEWED: []}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
        for invoice_id in ids:
            answer = client.post("/v1/scores", json={"invoice_id": invoice_id}).raise_for_status().json()
            found[CLEARED if answer["route"] == "auto_clear" else REVIEWED].append(invoice_id)
    return found


def questions(port: int, headers: dict[str, str], routes: dict[str, list[str]]) -> dict[str, Question]:
    """The three questions to a scorer."""
    now = datetime.now(UTC).isoformat()
    asked = {name: [{"invoice_id": one} for one in ids] for name, ids in routes.items() if ids}
    asked[ON_THE_SPOT] = [{"invoice_id": one, "as_of": now} for one in routes[REVIEWED]]
    return {
        name: Question(port, "/v1/scores", [json.dumps(body).encode() for body in bodies], headers)
        for name, bodies in asked.items()
    }


@contextmanager
def mlflow_server(settings: Settings, engine: Engine) -> Iterator[Question]:
    """MLflow's own server of the delay model alone, and rows of features to send it."""
    uri = f"models:/{FIRM}-invoice-delay@champion"
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", uri, "--env-manager", "local", "-p", str(port)]
    os.environ["MLFLOW_TRACKING_URI"] = settings.tracking_uri
    # It starts uvicorn by name, from whatever environment is on the path.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with engine.connect() as connection:
        ids = newest(connection)[:50]
        history = load_slice(connection, ids)
    moments = np.full(len(ids), microseconds(datetime.now(UTC)), dtype=np.int64)
    values = build_features(history, np.array(ids, dtype=object), moments).values
    rows = [[None if np.isnan(value) else value for value in row] for row in values.tolist()]
    frames = [{"dataframe_split": {"columns": list(FEATURE_NAMES), "data": [row]}} for row in rows]
    with served(command, port, "/ping"):
        yield Question(port, "/invocations", [json.dumps(frame).encode() for frame in frames], _JSON)
    del os.environ["MLFLOW_TRACKING_URI"]


_JSON = {"Content-Type": "application/json"}


def empty_endpoint() -> Answered:
    """The floor: the same server, client and framework, and nothing done."""
    port = free_port()
    with served([sys.executable, "-c", EMPTY, str(port)], port, "/openapi.json"):
        return measure(Question(port, "/v1/scores", [b'{"invoice_id": "X"}'], _JSON), requests=4 * REQUESTS)


def tell(size: int, name: str, ours: Answered, floor: Answered, bare: Answered) -> None:
    """The figures of one question, as ratios to the floor and to the bare model."""
    target = {CLEARED: CLEARED_TARGET, REVIEWED: REVIEWED_TARGET}.get(name)
    ratio, rate_ratio = ours.p50 / floor.p50, ours.rate / bare.rate
    where = f"ledger of {size:,}, {name}"
    report(
        "score", f"{where}: p50", ours.p50, "ms", p99=ours.p99, to_empty=ratio, target=target,
        met=None if target is None else ratio <= target, to_mlflow=ours.p50 / bare.p50,
    )  # fmt: skip
    report(
        "score", f"{where}: 16 connections", ours.rate, "requests/s", to_mlflow=rate_ratio,
        target=MLFLOW_RATE_TARGET if target else None, met=rate_ratio >= MLFLOW_RATE_TARGET if target else None,
    )  # fmt: skip


def main() -> None:
    """Every size after the other; the floor and the bare model once."""
    settings, engine = simulated_firm(FIRM, invoices=INVOICES, months=MONTHS)
    floor = empty_endpoint()
    with mlflow_server(settings, engine) as question:
        bare = measure(question, requests=REQUESTS // 4)
    for name, answered in (("empty endpoint", floor), ("mlflow models serve, delay model alone", bare)):
        report("score", f"{name}: p50", answered.p50, "ms", p99=answered.p99)
        report("score", f"{name}: 16 connections", answered.rate, "requests/s")
    for size in [int(argument) for argument in sys.argv[1:]] or [20_000, 100_000]:
        grow(engine, size)
        state = load_state(engine, ServingSettings(), models=Champions(settings.model_cache))
        ids, port = make_ready(state), free_port()
        with served([*TRIAGE, "serve", "--no-worker", "--port", str(port)], port, "/readyz") as process:
            headers = _JSON | {"Authorization": f"Bearer {demo_key(settings)}"}
            for name, asked in questions(port, headers, by_route(port, headers, ids)).items():
                few = REQUESTS // 4 if name == ON_THE_SPOT else REQUESTS
                tell(size, name, measure(asked, requests=few), floor, bare)
            report("score", f"ledger of {size:,}: resident memory of the scorer", resident_megabytes(process.pid), "MB",
                   target=400.0, met=resident_megabytes(process.pid) <= 400)  # fmt: skip


if __name__ == "__main__":
    main()
