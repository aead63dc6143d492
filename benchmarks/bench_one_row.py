"""How long the features of one invoice take on ledgers of growing size: slice and build, p50 and p95."""

import json
import sys
import time

import numpy as np
from sqlalchemy import Connection, text

from benchmarks.filler import fill
from features.build import build_features
from features.history import History, load_slice
from ledger.database import locate
from ledger.migrate import migrate
from ledger.settings import Settings

TARGET_MS = 8.0
REPEATS = 60


def report(figure: str, value: float, **more: float | bool) -> None:
    """One JSON line."""
    print(json.dumps({"benchmark": "one row", "figure": figure, "value": value, "unit": "ms", **more}))


def one_row(connection: Connection, invoices: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the slice and of the build, for invoices spread over the later half of the ledger."""
    numbers = np.linspace(invoices // 2, invoices - 1, REPEATS).astype(int).tolist()
    wanted = [(f"i{number}", np.array([_moment(connection, f"i{number}")], dtype=np.int64)) for number in numbers]
    for invoice_id, moment in wanted:
        score(connection, invoice_id, moment)  # a serving connection lives long: its statements are prepared
    times = [score(connection, invoice_id, moment) for invoice_id, moment in wanted]
    return [first for first, _ in times], [second for _, second in times]


def _moment(connection: Connection, invoice_id: str) -> int:
    query = text("SELECT (extract(epoch FROM min(known_at)) * 1000000)::bigint + 1 FROM invoice WHERE invoice_id = :id")
    return int(connection.execute(query, {"id": invoice_id}).scalar_one())


def score(connection: Connection, invoice_id: str, moment: np.ndarray) -> tuple[float, float]:
    """Milliseconds of the slice and of the build of one invoice."""
    start = time.perf_counter()
    history: History = load_slice(connection, [invoice_id])
    middle = time.perf_counter()
    build_features(history, np.array([invoice_id], dtype=object), moment)
    return (middle - start) * 1000, (time.perf_counter() - middle) * 1000


def main() -> None:
    """Print a line per size; needs a database that may be thrown away (``TRIAGE_FIRM=bench``)."""
    base = None
    for invoices in [int(argument) for argument in sys.argv[1:]] or [20_000, 200_000]:
        engine = locate(Settings().for_firm(f"bench_{invoices}")).engine()
        migrate(engine)
        with engine.connect() as connection:
            start = time.perf_counter()
            if not connection.execute(text("SELECT EXISTS (SELECT FROM invoice)")).scalar_one():
                fill(connection, invoices)
            connection.commit()
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
            loaded = time.perf_counter() - start
        with engine.connect() as connection:
            slices, builds = one_row(connection, invoices)
        both = np.array(slices) + np.array(builds)
        p50 = float(np.median(both))
        base = base or p50
        report(
            f"slice and build of one invoice, ledger of {invoices} invoices", p50, p95=float(np.quantile(both, 0.95)),
            slice=float(np.median(slices)), build=float(np.median(builds)), to_smallest=p50 / base,
            target=TARGET_MS, met=p50 <= TARGET_MS, seconds_to_load=loaded,
        )  # fmt: skip


if __name__ == "__main__":
    main()
