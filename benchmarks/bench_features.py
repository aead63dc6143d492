"""How long features take and how much memory: the whole catalogue, and fifteen of them against pandas and DuckDB."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.feature_peers import NAMES, PEERS, bills
from features.build import build_features
from features.catalogue import FEATURE_NAMES
from features.history import History
from features.moments import scoring_moments
from features.reach import read_columns_of
from ledger.read import NO_MOMENT, Columns, to_columns

DAY_US = 86_400_000_000
EPOCH_DAY = 18_262  # 2020-01-01


def report(
    figure: str, value: float, unit: str, *, against: float | None = None, target: float | None = None, **more: float
) -> None:
    """One JSON line."""
    ratio = None if against is None else value / against
    met = None if target is None else value <= target
    line = {"benchmark": "features", "figure": figure, "value": value, "unit": unit, "against": against}
    print(json.dumps({**line, "ratio": ratio, "target": target, "met": met, **more}))


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ids(prefix: str, numbers: Any) -> Any:
    """Text ids of numbers."""
    return np.array([f"{prefix}{number:07d}" for number in numbers.tolist()], dtype=object)


def filled(kind: str, known_day: Any, **columns: Any) -> Columns:
    """Columns of a kind; what is not given is absent."""
    rows = len(known_day)
    known_at = ((EPOCH_DAY + known_day) * DAY_US).astype(np.int64)
    given: Columns = {"record_id": np.arange(rows), "known_at": known_at, "event_at": known_at, **columns}
    out: Columns = {}
    for name in read_columns_of(kind):
        empty = to_columns(kind, (name,), ())[name].dtype
        blank = {"O": None, "i": NO_MOMENT, "f": np.nan}[empty.kind]
        out[name] = given[name] if name in given else np.full(rows, blank, dtype=empty)
    return out


def constant(text: str, rows: int) -> Any:
    """The same text in every row."""
    return np.full(rows, text, dtype=object)


def simulated(invoices: int, seed: int = 7) -> History:
    """Invoices of invoices / 50 clients with their payments, lines, time, approvals and notes over three years."""
    rng = np.random.default_rng(seed)
    number = np.arange(invoices)
    project = rng.integers(0, invoices // 20, invoices)
    client = project % (invoices // 50)
    day = rng.integers(0, 1000, invoices)
    amount = np.round(rng.lognormal(8, 1, invoices), 2)
    paid = day + 30 + rng.integers(-5, 40, invoices)
    return History(
        {
            "invoice": _invoices(number, client, project, day=day, paid=paid, amount=amount),
            "client": filled("client", np.zeros(invoices // 50), client_id=ids("c", np.arange(invoices // 50))),
            "project": _projects(invoices // 20, rng),
            "invoice_line": _lines(np.repeat(number, 4), np.repeat(day, 4), np.repeat(amount / 4, 4)),
            "time_entry": _times(np.repeat(project, 5), np.repeat(day, 5) - rng.integers(0, 30, invoices * 5)),
            "approval": _approvals(np.repeat(project, 2), np.repeat(day, 2) - rng.integers(0, 30, invoices * 2), rng),
            "note": _notes(project, day),
        }
    )


def _invoices(number: Any, client: Any, project: Any, *, day: Any, paid: Any, amount: Any) -> Columns:
    rows = len(number)
    twice = {
        "invoice_id": ids("i", number), "client_id": ids("c", client), "project_id": ids("p", project),
        "contract_id": ids("k", project), "currency": constant("EUR", rows), "amount": amount,
        "invoice_date": EPOCH_DAY + day, "due_date": EPOCH_DAY + day + 30, "period_start": EPOCH_DAY + day - 30,
        "period_end": EPOCH_DAY + day,
    }  # fmt: skip
    columns = {name: np.concatenate([values, values]) for name, values in twice.items()}
    status = np.concatenate([constant("issued", rows), constant("settled", rows)])
    settled = np.concatenate([np.full(rows, NO_MOMENT), EPOCH_DAY + paid])
    return filled("invoice", np.concatenate([day, paid]), **columns, status=status, settled_on=settled)


def _projects(rows: int, rng: Any) -> Columns:
    manager = ids("r", rng.integers(0, max(rows // 10, 1), rows))
    names = {"project_id": ids("p", np.arange(rows)), "manager_id": manager, "status": constant("open", rows)}
    return filled("project", np.zeros(rows), **names, planned_hours=np.full(rows, 1000.0))


def _lines(invoice: Any, day: Any, amount: Any) -> Columns:
    rows = len(invoice)
    numbers = {"quantity": np.full(rows, 8.0), "unit_rate": amount / 8, "amount": amount}
    names = {"invoice_id": ids("i", invoice), "line_id": ids("l", np.arange(rows)), "line_kind": constant("time", rows)}
    return filled("invoice_line", day, **names, **numbers)


def _times(project: Any, day: Any) -> Columns:
    rows = len(project)
    names = {"project_id": ids("p", project), "time_entry_id": ids("t", np.arange(rows))}
    numbers = {"hours": np.full(rows, 8.0), "billable": np.ones(rows), "worked_on": EPOCH_DAY + day}
    return filled("time_entry", day, **names, **numbers, status=constant("approved", rows))


def _approvals(project: Any, day: Any, rng: Any) -> Columns:
    rows = len(project)
    asked = ((EPOCH_DAY + day) * DAY_US).astype(np.int64)
    wait = rng.integers(0, 15, rows)
    decided = asked + wait * DAY_US
    approver = ids("r", project % max(len(project) // 400, 1))
    names = {"approval_id": ids("a", np.arange(rows)), "project_id": ids("p", project), "approver_id": approver}
    both = {name: np.concatenate([values, values]) for name, values in {**names, "requested_at": asked}.items()}
    answered = np.concatenate([np.full(rows, NO_MOMENT), decided])
    return filled("approval", np.concatenate([day, day + wait]), **both, decided_at=answered)


def _notes(project: Any, day: Any) -> Columns:
    rows = len(project) // 3
    texts = np.array([f"note {number}" for number in range(rows)], dtype=object)
    names = {"note_id": ids("n", np.arange(rows)), "project_id": ids("p", project[:rows]), "text": texts}
    return filled("note", day[:rows], **names)


def alone(what: str, invoices: int) -> None:
    """Time and peak memory of one engine (or of nothing but its data), printed for the process that asked."""
    peak_of_data, took = _catalogue(invoices) if what == "catalogue" else _peer(what, invoices)
    print(json.dumps({"seconds": took, "data_mb": peak_of_data, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _catalogue(invoices: int) -> tuple[float, float]:
    history = simulated(invoices)
    moments = scoring_moments(history)
    data = _peak_mb()
    return data, seconds(lambda: build_features(history, *moments))


def _peer(name: str, invoices: int) -> tuple[float, float]:
    table = bills(invoices)
    data = _peak_mb()
    return data, seconds(lambda: PEERS[name](table))


def measure(what: str, invoices: int) -> dict[str, float]:
    """The same in a process of its own, so that no engine inherits another's memory."""
    command = [sys.executable, "-m", "benchmarks.bench_features", "--alone", what, str(invoices)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def compare(invoices: int, *, per_row: float | None) -> float:
    """The whole catalogue and fifteen features in three engines; returns microseconds a row of the catalogue."""
    whole = measure("catalogue", invoices)
    micros = whole["seconds"] / invoices * 1e6
    memory = {"peak_mb": whole["peak_mb"], "data_mb": whole["data_mb"]}
    name = f"{len(FEATURE_NAMES)} features of {invoices} invoices"
    report(name, whole["seconds"], "s", target=30.0 if invoices == 100_000 else None, **memory)
    # Linear: a row costs no more than half as much again when there are ten times as many.
    report(f"{name}, a row", micros, "us", against=per_row, target=per_row and 1.5 * per_row)
    ours = measure("ours", invoices)
    for peer in ("pandas", "duckdb"):
        theirs = measure(peer, invoices)
        more = {"peak_mb": ours["peak_mb"], "peak_mb_against": theirs["peak_mb"]}
        name = f"{len(NAMES)} features of {invoices} invoices, against {peer}"
        report(name, ours["seconds"], "s", against=theirs["seconds"], target=theirs["seconds"], **more)
    return micros


def main() -> None:
    """Print every figure: ``bench_features.py [sizes]``; 1000000 takes some minutes."""
    if sys.argv[1:2] == ["--alone"]:
        alone(sys.argv[2], int(sys.argv[3]))
        return
    per_row: float | None = None
    for invoices in [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]:
        per_row = compare(invoices, per_row=per_row)


if __name__ == "__main__":
    main()
