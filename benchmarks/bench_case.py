"""How long the case page takes at a client with a long history, in process, as ratios to the shortest.

    python -m benchmarks.bench_case [INVOICES ...]

Opened for the first time (remedies, odd lines and similar cases are worked out), for the first time after a worker has
worked them out, and again.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

import structlog
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from benchmarks.bench_queue import PASSWORD, reviewer
from features.catalogue import CATALOGUE_DIGEST
from ledger.database import locate
from ledger.migrate import migrate
from ledger.settings import Settings
from ledger.store import append
from models.artifact import Artifact
from models.scorer import Scorer
from serving.app import create_app, load_state
from serving.auth.scopes import Role
from serving.rules import register_rules
from serving.scoring.ahead import explain_ahead
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.state import ServingState
from tests.models.fitted import anomaly_model, delay_model, dispute_model
from tests.serving.factories import client, contract, entity, invoice, line, project, rate_card, time_entry

TARGET = 2.0
REPEATS = 15
OPEN = 20
_ENVELOPE = "source, source_id, version, event_at, known_at, digest"
_DAY = "timestamptz '2023-01-01 00:00Z' + make_interval(hours => n * 23000 / {invoices})"
_PAST = {
    "invoice": (
        (
            "invoice_id, client_id, project_id, legal_entity_id, contract_id, status, currency, amount, invoice_date, "
            "due_date, settled_on, intercompany"
        ),
        (
            "'P' || n, 'C1', 'P1', 'E1', 'K1', 'settled', 'EUR', 100 + n % 900, ({day})::date, ({day})::date + 30, "
            "({day})::date + 25 + n % 20, false"
        ),
    ),
    "invoice_line": (
        "line_id, invoice_id, client_id, project_id, line_number, line_kind, quantity, unit_rate, amount, currency",
        "'PL' || n, 'P' || n, 'C1', 'P1', 1, 'time', 8, 50, 400, 'EUR'",
    ),
    "payment": (
        "payment_id, invoice_id, client_id, amount, currency, paid_on",
        "'PAY' || n, 'P' || n, 'C1', 100 + n % 900, 'EUR', ({day})::date + 25 + n % 20",
    ),
    "approval": (
        (
            "approval_id, subject_kind, subject_id, project_id, client_id, approver_id, approver_role, requested_at, "
            "decided_at, decision"
        ),
        (
            "'PA' || n, 'invoice', 'P' || n, 'P1', 'C1', 'PM1', 'project_manager', {day}, {day} + interval '3 days', "
            "'approved'"
        ),
    ),
}


def past(engine: Engine, invoices: int) -> None:
    """So many settled invoices of one client, written by the server itself."""
    day = _DAY.format(invoices=invoices)
    with engine.begin() as connection:
        for kind, (columns, values) in _PAST.items():
            made = f"'bench', '{kind}' || n, '1', {day}, {day} + interval '4 days', 'd', {values.format(day=day)}"
            statement = (
                f"INSERT INTO {kind} ({_ENVELOPE}, {columns}) SELECT {made} FROM generate_series(1, {invoices}) n"
            )
            connection.exec_driver_sql(statement.replace("%", "%%"))


def speaking(state: ServingState) -> ServingState:
    """The state with small models that were fitted for the tests."""
    models = {"delay": delay_model(), "dispute": dispute_model({}), "anomaly": anomaly_model()}
    artifacts = {risk: Artifact(model, f"digest of {risk}", CATALOGUE_DIGEST, {}) for risk, model in models.items()}
    return replace(state, models=FixedModels(Scorer(artifacts)))


def firm(invoices: int) -> tuple[ServingState, list[str]]:
    """A firm whose one client has so many settled invoices, and twenty drafts with their cases."""
    engine = locate(Settings().for_firm(f"bench_case_{invoices}_{time.time_ns()}")).engine()
    migrate(engine)
    state = speaking(load_state(engine))
    drafts = [record for n in range(1, OPEN + 1) for record in (invoice(n), line(n, unit_rate="240", amount="2400"))]
    with engine.begin() as connection:
        register_rules(connection, state)
        sheet = time_entry(time_entry_id="T9", status="submitted")
        append(connection, [client(), entity(), contract(), project(), rate_card(), sheet, *drafts])
    past(engine, invoices)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    score_run(state, [f"INV-{n}" for n in range(1, OPEN + 1)], as_of=datetime.now(UTC))
    with engine.connect() as connection:
        cases = connection.exec_driver_sql("SELECT case_id FROM review_case ORDER BY case_id").scalars().all()
    return state, list(cases)


@contextmanager
def logged_in(state: ServingState) -> Iterator[TestClient]:
    """A manager's browser."""
    reviewer(state.engine, "mona", Role.MANAGER)
    with TestClient(create_app(state), headers={"accept": "text/html"}) as browser:
        browser.post("/login", data={"login": "mona", "password": PASSWORD})
        yield browser


def opened(browser: TestClient, case_id: str) -> float:
    """Milliseconds of one page."""
    start = time.perf_counter()
    answer = browser.get(f"/cases/{case_id}")
    assert answer.status_code == 200, answer.text[:500]
    return (time.perf_counter() - start) * 1000


def measure(invoices: int) -> dict[str, float]:
    """Median milliseconds, first and again; the first five pages warm the process up."""
    state, cases = firm(invoices)
    with logged_in(state) as browser:
        for case_id in cases[:5]:
            opened(browser, case_id)
        first = [opened(browser, case_id) for case_id in cases[5:12]]
        explain_ahead(state, limit=OPEN)
        ahead = [opened(browser, case_id) for case_id in cases[12:]]
        again = [opened(browser, cases[-1]) for _ in range(REPEATS)]
    return {"first": median(first), "first, worked out ahead": median(ahead), "again": median(again)}


def report(figure: str, value: float, **more: float | bool | int) -> None:
    """One JSON line."""
    print(json.dumps({"benchmark": "case page", "figure": figure, "value": value, "unit": "ms", **more}))


def main() -> None:
    """A line per size and way; makes databases that may be thrown away."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    base: dict[str, float] = {}
    for invoices in [int(argument) for argument in sys.argv[1:]] or [1_000, 10_000]:
        for name, value in measure(invoices).items():
            ratio = value / base.setdefault(name, value)
            report(name, round(value, 1), invoices=invoices, to_smallest=round(ratio, 2), target=TARGET,
                   met=ratio <= TARGET)  # fmt: skip


if __name__ == "__main__":
    main()
