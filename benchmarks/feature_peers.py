"""The same fifteen point-in-time features three times: our as-of indexes, pandas and DuckDB."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from features.asof import DAY_US, EventIndex, take
from features.matrix import FloatArray, IntArray, TextArray
from features.recordset import History

START_US = 18_262 * DAY_US  # 2020-01-01
NAMES = (
    "paid_count", "late_share_0", "late_share_15", "late_share_30", "days_late_mean", "days_late_std",
    "days_late_last", "days_to_pay_mean", "days_since_settlement", "prior_invoices", "amount_mean", "amount_std",
    "days_since_invoice", "prior_project_invoices", "days_since_project_invoice",
)  # fmt: skip
Peer = Callable[["Bills"], dict[str, FloatArray]]


@dataclass(frozen=True)
class Bills:
    """Invoices in the order in which they became known, and their settlements; no two moments are equal.

    Attributes:
        client, project: ``object`` (n,), text ids.
        known_at, paid_at: ``int64`` (n,), microseconds.
        amount, days_late, days_to_pay: ``float64`` (n,), whole numbers.
    """

    client: TextArray
    project: TextArray
    known_at: IntArray
    paid_at: IntArray
    amount: FloatArray
    days_late: FloatArray
    days_to_pay: FloatArray


def bills(invoices: int, *, seed: int = 7) -> Bills:
    """Invoices of invoices / 50 clients with two or three projects each, over three years."""
    rng = np.random.default_rng(seed)
    project = rng.integers(0, max(invoices // 20, 1), invoices)
    names = np.array([f"p{number:07d}" for number in range(invoices)], dtype=object)
    clients = np.array([f"c{number:07d}" for number in range(invoices)], dtype=object)
    day = np.sort(rng.integers(0, 1000, invoices))
    pay = rng.integers(5, 90, invoices)
    # Microseconds keep moments apart, so that no engine has to break a tie.
    known_at = START_US + day * DAY_US + 2 * np.arange(invoices)
    return Bills(
        clients[project % max(invoices // 50, 1)],
        names[project],
        known_at,
        known_at + pay * DAY_US + 1,
        np.round(rng.lognormal(6, 1, invoices)),
        (pay - 30).astype(np.float64),
        pay.astype(np.float64),
    )


def with_asof(table: Bills) -> dict[str, FloatArray]:
    """By our indexes, ids encoded and indexes built included."""
    history = History({})
    client, project = history.encode(table.client.tolist()), history.encode(table.project.tolist())
    paid = EventIndex.build(client, table.paid_at)
    billed, on_project = EventIndex.build(client, table.known_at), EventIndex.build(project, table.known_at)
    settled, earlier = paid.before(client, table.known_at), billed.before(client, table.known_at)
    same = on_project.before(project, table.known_at)
    late, amounts = paid.sums(table.days_late, scale=1), billed.sums(table.amount, scale=1)

    def since(moments: IntArray, rows: IntArray) -> FloatArray:
        return (table.known_at - take(moments.astype(np.float64), rows)) / DAY_US

    def share(days: int) -> FloatArray:
        return settled.mean(paid.sums((table.days_late > days).astype(np.float64), scale=1))

    columns = (
        settled.count(), share(0), share(15), share(30), settled.mean(late), settled.std(late),
        take(table.days_late, settled.latest_rows()), settled.mean(paid.sums(table.days_to_pay, scale=1)),
        since(table.paid_at, settled.latest_rows()), earlier.count(), earlier.mean(amounts), earlier.std(amounts),
        since(table.known_at, earlier.latest_rows()), same.count(), since(table.known_at, same.latest_rows()),
    )  # fmt: skip
    return dict(zip(NAMES, columns, strict=True))


def with_pandas(table: Bills) -> dict[str, FloatArray]:
    """By groupby, expanding statistics and merge_asof."""
    frame = pd.DataFrame(vars(table))
    asked = frame[["client", "project", "known_at"]]
    paid = frame.sort_values("paid_at", kind="stable").rename(columns={"days_late": "late"})
    for days in (0, 15, 30):
        paid[f"above_{days}"] = (paid["late"] > days).astype(float)
    number = paid.groupby("client").cumcount() + 1.0
    sums = paid.groupby("client")[["above_0", "above_15", "above_30", "late", "days_to_pay"]].cumsum()
    told = sums.div(number, axis=0).assign(
        client=paid["client"], paid_at=paid["paid_at"], number=number, last=paid["late"],
        std=paid.groupby("client")["late"].expanding().std().droplevel(0),
    )  # fmt: skip
    settled = _as_of(asked, told, by="client", moment="paid_at")
    count = frame.groupby("client").cumcount() + 1.0
    amounts = pd.DataFrame(
        {
            "client": frame["client"], "moment": frame["known_at"], "number": count,
            "mean": frame.groupby("client")["amount"].cumsum() / count,
            "std": frame.groupby("client")["amount"].expanding().std().droplevel(0),
        }
    )  # fmt: skip
    earlier = _as_of(asked, amounts, by="client", moment="moment")
    on_project = pd.DataFrame(
        {
            "project": frame["project"], "moment": frame["known_at"],
            "number": frame.groupby("project").cumcount() + 1.0,
        }
    )  # fmt: skip
    same = _as_of(asked, on_project, by="project", moment="moment")
    known_at = frame["known_at"]
    columns = (
        settled["number"].fillna(0), settled["above_0"], settled["above_15"], settled["above_30"], settled["late"],
        settled["std"], settled["last"], settled["days_to_pay"], (known_at - settled["paid_at"]) / DAY_US,
        earlier["number"].fillna(0), earlier["mean"], earlier["std"], (known_at - earlier["moment"]) / DAY_US,
        same["number"].fillna(0), (known_at - same["moment"]) / DAY_US,
    )  # fmt: skip
    return {name: column.to_numpy(np.float64) for name, column in zip(NAMES, columns, strict=True)}


def _as_of(asked: pd.DataFrame, told: pd.DataFrame, *, by: str, moment: str) -> pd.DataFrame:
    return pd.merge_asof(
        asked[[by, "known_at"]], told, left_on="known_at", right_on=moment, by=by, allow_exact_matches=False
    )


_DUCKDB = """
WITH paid AS (
    SELECT client, paid_at, days_late AS last, count(*) OVER w AS number, avg((days_late > 0)::int) OVER w AS above_0,
        avg((days_late > 15)::int) OVER w AS above_15, avg((days_late > 30)::int) OVER w AS above_30,
        avg(days_late) OVER w AS late, stddev_samp(days_late) OVER w AS std, avg(days_to_pay) OVER w AS to_pay
    FROM bills WINDOW w AS (PARTITION BY client ORDER BY paid_at ROWS UNBOUNDED PRECEDING)
), billed AS (
    SELECT client, known_at, count(*) OVER w AS number, avg(amount) OVER w AS mean, stddev_samp(amount) OVER w AS std
    FROM bills WINDOW w AS (PARTITION BY client ORDER BY known_at ROWS UNBOUNDED PRECEDING)
), worked AS (
    SELECT project, known_at, count(*) OVER w AS number
    FROM bills WINDOW w AS (PARTITION BY project ORDER BY known_at ROWS UNBOUNDED PRECEDING)
)
SELECT coalesce(paid.number, 0)::double, above_0, above_15, above_30, paid.late, paid.std, paid.last, to_pay,
    (asked.known_at - paid.paid_at) / 86400000000.0, coalesce(billed.number, 0)::double, billed.mean, billed.std,
    (asked.known_at - billed.known_at) / 86400000000.0, coalesce(worked.number, 0)::double,
    (asked.known_at - worked.known_at) / 86400000000.0
FROM bills AS asked
ASOF LEFT JOIN paid ON asked.client = paid.client AND asked.known_at > paid.paid_at
ASOF LEFT JOIN billed ON asked.client = billed.client AND asked.known_at > billed.known_at
ASOF LEFT JOIN worked ON asked.project = worked.project AND asked.known_at > worked.known_at
ORDER BY asked.known_at
"""


def with_duckdb(table: Bills) -> dict[str, FloatArray]:
    """By running window aggregates and ASOF joins."""
    with duckdb.connect() as connection:
        connection.register("bills", pd.DataFrame(vars(table)))
        columns = connection.execute(_DUCKDB).fetchnumpy().values()
    filled = (np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan) for column in columns)
    return dict(zip(NAMES, filled, strict=True))


PEERS: dict[str, Peer] = {"ours": with_asof, "pandas": with_pandas, "duckdb": with_duckdb}
