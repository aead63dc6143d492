"""How long boards take over firms of growing size, in process, as ratios to the smallest and to counting the invoices.

    python -m benchmarks.bench_boards [INVOICES ...]

Each page is added up anew, because its moment moves on, and shown again. Counting the invoices is the floor: what a
board takes beyond it is the work of adding up, whatever the machine.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

import structlog
from sqlalchemy import Engine

from benchmarks.bench_case import firm
from serving.boards.board import board, kpi_named, overview
from serving.boards.lately import lately
from serving.boards.nudging import month_end, rank
from serving.boards.query import ScopeQuery, step_for
from serving.boards.readiness import billing_readiness
from serving.queue.sight import everything
from serving.state import ServingState

TARGET = 12.0  # ten times the invoices: hardly more than ten times the time
REPEATS = 5
_FLOOR = "SELECT count(DISTINCT invoice_id) FROM invoice"


def taken(engine: Engine, what: Callable[..., object]) -> float:
    """Median milliseconds of something in a transaction of its own; the first one warms up."""
    times = []
    for _ in range(REPEATS + 1):
        with engine.begin() as connection:
            start = time.perf_counter()
            what(connection)
            times.append((time.perf_counter() - start) * 1000)
    return median(times[1:])


def measure(state: ServingState) -> dict[str, float]:
    """Median milliseconds of each board."""
    now = datetime.now(UTC)
    scope = ScopeQuery().scope(now)
    step, one = step_for(scope), kpi_named("dso")
    boards: dict[str, Callable[..., object]] = {
        "count invoices": lambda connection: connection.exec_driver_sql(_FLOOR).scalar_one(),
        "boards": lambda connection: overview(connection, scope, step),
        "one figure": lambda connection: board(connection, one, scope, step=step, by_dimension=None, split=None),
        "readiness": lambda connection: billing_readiness(connection, scope, everything()),
        "whom to ask": lambda connection: rank(connection, None, now, month_end(now.date()), most=60),
        "boards again": lambda connection: lately(
            connection, state, "boards", now, lambda: overview(connection, scope, step)
        ),
    }
    return {name: taken(state.engine, what) for name, what in boards.items()}


def main() -> None:
    """A line per size and board; makes databases that may be thrown away."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    base: dict[str, float] = {}
    for invoices in [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]:
        found = measure(firm(invoices)[0])
        for name, value in found.items():
            ratio = value / base.setdefault(name, value)
            told = {"invoices": invoices, "to_smallest": round(ratio, 2), "target": TARGET, "met": ratio <= TARGET,
                    "to_floor": round(value / found["count invoices"], 1)}  # fmt: skip
            print(json.dumps({"benchmark": "boards", "figure": name, "value": round(value, 1), "unit": "ms", **told}))


if __name__ == "__main__":
    main()
