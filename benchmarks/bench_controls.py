"""Facts and controls of an invoice: alone on its slice, and in a block of 250, beside building its features."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import Engine

from features.build import build_features
from features.history import History, load_slice, microseconds
from features.moments import scoring_moments
from ledger.database import locate, stop_embedded
from ledger.migrate import migrate
from ledger.settings import Settings
from ledger.store import append
from serving.controls.evaluate import evaluate
from serving.controls.facts import facts_of
from serving.controls.known import Known
from serving.controls.load import load_controls
from simulator.firm import simulate

INVOICES, MONTHS, ALONE, BLOCK = 2_000, 12, 60, 250
ALONE_TARGET_MS, BLOCK_TARGET_MS = 0.5, 0.2
NOW = datetime(2026, 6, 30, tzinfo=UTC)
CONTROLS = load_controls()


def report(figure: str, value: float, **more: float | bool) -> None:
    """One JSON line."""
    print(json.dumps({"benchmark": "controls", "figure": figure, "value": value, "unit": "ms", **more}))


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def judged(history: History, invoice_ids: Sequence[str], as_of: int) -> None:
    """All facts that controls ask for, and all controls, of some invoices at one moment."""
    known = Known(history, as_of)
    for invoice_id in invoice_ids:
        evaluate(CONTROLS, facts_of(known, invoice_id))


def features(history: History, invoice_ids: Sequence[str], as_of: int) -> None:
    """What scoring does before it asks the controls."""
    build_features(history, np.array(invoice_ids, dtype=object), np.full(len(invoice_ids), as_of))


def alone(engine: Engine, invoice_ids: Sequence[str]) -> tuple[float, float]:
    """Median milliseconds of controls and of features, invoice by invoice, each on its own slice."""
    times, as_of = [], microseconds(NOW)
    for invoice_id in invoice_ids:
        with engine.connect() as connection:
            history = load_slice(connection, [invoice_id])
        before = timed(lambda history=history, one=invoice_id: features(history, [one], as_of))
        times.append((timed(lambda history=history, one=invoice_id: judged(history, [one], as_of)), before))
    controls, built = np.median(np.array(times), axis=0)
    return float(controls), float(built)


def in_block(engine: Engine, invoice_ids: Sequence[str]) -> tuple[float, float]:
    """Milliseconds per invoice of controls and of features, in one block."""
    as_of, times = microseconds(NOW), []
    for _ in range(5):
        with engine.connect() as connection:
            history = load_slice(connection, invoice_ids)
        before = timed(lambda history=history: features(history, invoice_ids, as_of))
        times.append((timed(lambda history=history: judged(history, invoice_ids, as_of)), before))
    controls, built = np.median(np.array(times), axis=0) / len(invoice_ids)
    return float(controls), float(built)


def shares(history: History) -> Counter[str]:
    """How many invoices each control fires on, each at the moment at which it was first scored."""
    fired: Counter[str] = Counter()
    ids, moments = scoring_moments(history)
    for invoice_id, as_of in zip(ids.tolist(), moments.tolist(), strict=True):
        hits = evaluate(CONTROLS, facts_of(Known(history, as_of), invoice_id))
        fired.update(hit.control_id for hit in hits)
        fired["any hard stop"] += any(hit.severity == "hard_stop" for hit in hits)
        fired["any review"] += any(hit.severity == "review" for hit in hits)
        fired["any"] += bool(hits)
    return fired


def main() -> None:
    """Simulate a small firm and measure."""
    with TemporaryDirectory() as home:
        settings = Settings(TRIAGE_HOME=str(Path(home) / "h"), TRIAGE_FIRM="bench")
        engine = locate(settings).engine()
        try:
            migrate(engine)
            with engine.begin() as connection:
                for batch in simulate(invoices=INVOICES, months=MONTHS, seed=7):
                    append(connection, batch)
            measure(engine)
        finally:
            engine.dispose()
            stop_embedded(settings)


def measure(engine: Engine) -> None:
    """Report what a score pays for its controls."""
    with engine.connect() as connection:
        chosen = connection.exec_driver_sql("SELECT DISTINCT invoice_id FROM invoice ORDER BY 1").scalars().all()
    alone(engine, chosen[:5])
    controls, built = alone(engine, chosen[:: len(chosen) // ALONE][:ALONE])
    met = controls <= ALONE_TARGET_MS
    report("one invoice", controls, features=built, ratio=controls / built, target=ALONE_TARGET_MS, met=met)
    controls, built = in_block(engine, chosen[:BLOCK])
    met = controls <= BLOCK_TARGET_MS
    report("invoice of a block", controls, features=built, ratio=controls / built, target=BLOCK_TARGET_MS, met=met)


if __name__ == "__main__":
    main()
