"""A billing run, stored, against what the three bare models need for the same rows.

    python -m benchmarks.bench_run [INVOICES]

Two worker processes share the run, as `TRIAGE_RUN_WORKERS` has it; the bare models predict in one process, all rows at
once, with as many threads as they like.
"""

import subprocess
import sys
import time
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Engine, text

from benchmarks.bench_score import firm
from benchmarks.servers import TRIAGE, report
from features.build import build_features
from features.history import load_slice, microseconds
from features.matrix import FeatureMatrix
from models.champions import Champions
from models.scorer import Scorer
from serving.app import load_state
from serving.rules import register_rules
from serving.runs.service import Order, create_run
from serving.scoring.answering import Asker
from serving.settings import ServingSettings
from serving.state import ServingState

INVOICES, WORKERS, TARGET = 10_000, 2, 0.25


def invoices(engine: Engine, count: int) -> list[str]:
    """So many invoices of the simulated firm, a client's together."""
    query = """
        SELECT invoice_id FROM invoice WHERE source NOT LIKE 'bench%' GROUP BY invoice_id
        ORDER BY min(client_id), invoice_id LIMIT :count
    """
    with engine.connect() as connection:
        return list(connection.execute(text(query), {"count": count}).scalars())


def bare_seconds(engine: Engine, scorer: Scorer, ids: list[str], now: datetime) -> tuple[float, float]:
    """Seconds that the three models need for all rows, and that building the rows took."""
    with engine.connect() as connection:
        history = load_slice(connection, ids)
    start = time.perf_counter()
    matrix: FeatureMatrix = build_features(
        history, np.array(ids, dtype=object), np.full(len(ids), microseconds(now), dtype=np.int64)
    )
    built = time.perf_counter()
    for artifact in scorer.artifacts.values():
        model = artifact.model
        for name in ("curve", "probability", "p_value"):
            if hasattr(model, name):
                getattr(model, name)(matrix.values)
    return time.perf_counter() - built, built - start


def run_seconds(state: ServingState, ids: list[str], now: datetime) -> tuple[float, int]:
    """Seconds from the first block to the end of a run carried out by worker processes, and how many it scored."""
    with state.engine.begin() as connection:
        register_rules(connection, state)
        run_id = create_run(connection, state, Order(ids, now), asker=Asker("bench"))["run_id"]
    command = [*TRIAGE, "worker", "--once", "--queue", "runs", "--threads", "1"]
    workers = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(WORKERS)]
    for worker in workers:
        worker.wait()
    query = """
        SELECT extract(epoch FROM ended_at - started_at)::float8 AS seconds, state,
               (SELECT count(*) FROM score WHERE run_id = :run) AS scores
        FROM billing_run WHERE run_id = :run
    """
    with state.engine.connect() as connection:
        row = connection.execute(text(query), {"run": run_id}).one()
    assert row.state == "finished", row.state
    return row.seconds, row.scores


def main() -> None:
    """Print the two rates and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else INVOICES
    settings, engine = firm()
    champions = Champions(settings.model_cache)
    scorer = champions.current()
    assert isinstance(scorer, Scorer)
    ids, now = invoices(engine, count), datetime.now(UTC)
    bare, built = bare_seconds(engine, scorer, ids, now)
    state = load_state(engine, ServingSettings(), models=champions)
    seconds, scores = run_seconds(state, ids, now)
    report("run", "bare three-model batch predict", len(ids) / bare, "invoices/s")
    report("run", "features of the same rows", len(ids) / built, "invoices/s")
    report(
        "run", f"billing run, stored, {WORKERS} workers", scores / seconds, "invoices/s",
        to_bare=scores / seconds * bare / len(ids), target=TARGET, met=scores / seconds * bare / len(ids) >= TARGET,
    )  # fmt: skip


if __name__ == "__main__":
    main()
