"""How long features take: the whole catalogue in bulk, a few of them against pandas, and one row on its slice."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from features.asof import take
from features.build import build_features
from features.catalogue import FEATURE_NAMES
from features.history import History, load_history, load_slice
from features.moments import scoring_moments
from features.reach import read_columns_of
from ledger.database import locate
from ledger.migrate import migrate
from ledger.read import NO_MOMENT, Columns, to_columns
from ledger.records import Invoice
from ledger.settings import Settings
from ledger.store import append

DAY_US = 86_400_000_000
EPOCH_DAY = 18_262  # 2020-01-01
REPEATS = 20


def report(figure: str, value: float, unit: str, *, against: float | None = None, target: float | None = None) -> None:
    """One JSON line."""
    ratio = None if against is None else value / against
    met = None if target is None else value <= target
    line = {"benchmark": "features", "figure": figure, "value": value, "unit": unit, "against": against}
    print(json.dumps({**line, "ratio": ratio, "target": target, "met": met}))


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


def bulk(invoices: int) -> None:
    """The full catalogue, and the payment family against the same few features in pandas."""
    history = simulated(invoices)
    moments = scoring_moments(history)
    target = 30.0 if invoices == 100_000 else None
    name = f"{len(FEATURE_NAMES)} features of {invoices} invoices"
    report(name, seconds(lambda: build_features(history, *moments)), "s", target=target)
    fresh = History(dict(history.kinds))
    ours = seconds(lambda: with_asof(fresh))
    theirs = seconds(lambda: with_pandas(history.columns("invoice")))
    report(f"5 payment features of {invoices} invoices, against pandas", ours, "s", against=theirs, target=theirs)


def with_asof(history: History) -> list[Any]:
    """Five payment features, ids encoded and indexes built included: count, late rate, mean, spread, last days late."""
    columns = history.columns("invoice")
    paid = history.equals("invoice", "status", "settled")
    late = np.where(paid, (columns["settled_on"] - columns["due_date"]).astype(np.float64), np.nan)
    index = history.index_by("invoice", np.where(paid, history.codes("invoice", "client_id"), -1))
    window = index.before(history.codes("invoice", "client_id")[~paid], columns["known_at"][~paid])
    days, above = index.sums(late, scale=1), index.sums((late > 0).astype(np.float64), scale=1)
    return [window.count(), window.mean(above), window.mean(days), window.std(days), take(late, window.latest_rows())]


def with_pandas(columns: Columns) -> pd.DataFrame:
    """Five payment features by groupby and merge_asof: count, late rate, mean, spread and last days late."""
    frame = pd.DataFrame(
        {name: columns[name] for name in ("client_id", "known_at", "status", "settled_on", "due_date")}
    )
    paid = frame[frame["status"] == "settled"].sort_values("known_at", kind="stable")
    paid = paid.assign(days_late=(paid["settled_on"] - paid["due_date"]).astype(float))
    groups = paid.groupby("client_id")["days_late"]
    paid = paid.assign(number=groups.cumcount() + 1.0, mean=groups.cumsum())
    paid["std"] = groups.expanding().std().droplevel(0)
    paid["late"] = (paid["days_late"] > 0).groupby(paid["client_id"]).cumsum()
    wanted = frame[frame["status"] == "issued"].sort_values("known_at", kind="stable")[["client_id", "known_at"]]
    kept = paid[["client_id", "known_at", "number", "mean", "std", "late", "days_late"]]
    return pd.merge_asof(wanted, kept, on="known_at", by="client_id", allow_exact_matches=False)


def invoices_of(clients: int, each: int) -> list[Invoice]:
    """Small invoices for the one-row path: issued and settled versions."""
    start, rows = datetime(2024, 1, 1, tzinfo=UTC), []
    for number in range(clients * each):
        day = start + timedelta(days=number // clients * 7)
        for version, wait, status in (("1", 0, "issued"), ("2", 35, "settled")):
            known = day + timedelta(days=wait)
            rows.append(
                Invoice(
                    source="bench", source_id=f"b{number}", version=version, event_at=known, known_at=known,
                    invoice_id=f"b{number}", client_id=f"c{number % clients}", status=status, currency="EUR",
                    amount=100 + number % 900, invoice_date=day.date(), due_date=(day + timedelta(days=30)).date(),
                )
            )  # fmt: skip
    return rows


def one_row(connection: Connection, clients: int) -> float:
    """Median milliseconds to read the slice of one invoice and build its features."""
    append(connection, invoices_of(clients, 60))
    connection.exec_driver_sql("ANALYZE")
    history = load_history(connection)
    invoice_ids, moments = scoring_moments(history)

    def score(place: int) -> None:
        chosen = invoice_ids[place : place + 1]
        build_features(load_slice(connection, chosen.tolist()), chosen, moments[place : place + 1])

    places = np.linspace(len(moments) // 2, len(moments) - 1, REPEATS).astype(int).tolist()
    for place in places:
        score(place)  # a serving connection lives long: its statements are prepared
    times = [seconds(lambda place=place: score(place)) for place in places]
    return float(np.median(times) * 1000)


def main() -> None:
    """Print every figure; needs a database that may be thrown away (``TRIAGE_FIRM=bench``)."""
    for size in [int(argument) for argument in sys.argv[1:]] or [10_000, 100_000]:
        bulk(size)
    engine = locate(Settings().for_firm("bench")).engine()
    migrate(engine)
    figures = {}
    for clients in (20, 500):
        with engine.connect() as connection:
            figures[clients] = one_row(connection, clients)
            connection.rollback()
    report("one row, slice and build, ledger of 1,200 invoices", figures[20], "ms", target=10.0)
    report("one row, slice and build, ledger of 30,000 invoices", figures[500], "ms", against=figures[20], target=10.0)


if __name__ == "__main__":
    main()
