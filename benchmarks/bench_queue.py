"""How long the queue page and "take next" take over queues of growing size, in process, as ratios to the smallest."""

import json
import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import structlog
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text

from ledger.database import locate
from ledger.migrate import migrate
from ledger.settings import Settings
from serving.app import create_app, load_state
from serving.auth import service as auth
from serving.auth.principal import Principal
from serving.auth.scopes import Role, scopes_of
from serving.queue import service
from serving.rules import register_rules
from serving.state import ServingState

TARGET = 2.0
REPEATS = 15
PASSWORD = "correct horse battery"  # of a database that is thrown away
PAGES = {
    "all open cases": "?order=priority",
    "by amount": "?order=amount",
    "by due": "?order=due",
    "one client": "?client=c3",
    "one legal entity": "?entity=E1",
    "one team": "?team=T1",
    "one control": "?control=po_missing",
    "one route and an amount": "?route=hold&above=9000",
    "overdue": "?due=over",
    "assigned to nobody": "?assigned=nobody",
    "snoozed": "?snoozed=1",
    "search for an invoice": "?q=i777",
    "search for nothing there": "?q=nowhere",
}
_ENVELOPE = "source, source_id, version, event_at, known_at, digest"
_MADE = "'bench', '{kind}' || n, '1', now() - interval '9 days', now() - interval '9 days', 'd'"
_LOAD = (
    ("legal_entity", "legal_entity_id, name, country, currency", "'E' || n, 'Company ' || n, 'DE', 'EUR'", "4"),
    (
        "client",
        "client_id, name, country, po_required, credit_hold, status",
        "'c' || n, 'Client ' || n, 'DE', false, false, 'active'",
        "{cases} / 50",
    ),
    (
        "project",
        "project_id, client_id, name, currency, region, service_line, status",
        "'p' || n, 'c' || n % ({cases} / 50), 'Project ' || n, 'EUR', 'Region ' || n % 4, 'Line ' || n % 6, 'open'",
        "{cases} / 20",
    ),
)
_SCORES = """
INSERT INTO score (score_id, invoice_id, client_id, as_of, amount, currency, group_amount, group_currency, features,
    catalogue_digest, model_digests, control_version, policy_version, risks, reasons, controls, degraded, route,
    decided_by, because, sampled, propensity, case_id, requested_by)
SELECT 's' || n, 'i' || n, 'c' || n % ({cases} / 50), now(), 100 + n % 9900, 'EUR', 100 + n % 9900, 'EUR', '{{}}', 'd',
    '{{}}', (SELECT min(version) FROM rule_set WHERE kind = 'controls'),
    (SELECT min(version) FROM rule_set WHERE kind = 'policy'), '{{}}', '[]', '[]', '{{}}', 'review', 'policy',
    'because', false, 1, 'k' || n, 'bench'
FROM generate_series(1, {cases}) n
"""
_CASES = """
INSERT INTO review_case (case_id, invoice_id, client_id, project_id, score_id, state, route, amount, currency,
    group_amount, group_currency, priority, priority_parts, due_at, separated, legal_entity_id, control_ids, causes,
    group_key, group_title, snoozed_until, snooze_reason)
SELECT 'k' || n, 'i' || n, 'c' || n % ({cases} / 50), 'p' || n % ({cases} / 20), 's' || n,
    CASE WHEN n % 20 = 0 THEN 'waiting' ELSE 'open' END, (ARRAY['review', 'hold', 'senior_review'])[1 + n % 3],
    100 + n % 9900, 'EUR', 100 + n % 9900, 'EUR', (n * 7919 % 100003) / 100.0,
    '{{"p_late": 0.2, "p_dispute": 0.1, "amount": 1, "days_to_close": 9, "delay_value": 1, "dispute_value": 1,
      "review_cost": 1, "assumed": []}}', now() + make_interval(hours => 1 + (n * 31 % 90) - CASE n % 10 WHEN 0 THEN 99
      ELSE 0 END), ARRAY['PREP'], 'E' || n % 4, ARRAY[CASE WHEN n % 5 = 0 THEN 'po_missing' ELSE 'rate_off_card' END],
    ARRAY['rate'], 'rate_off_card:project:p' || n % ({cases} / 20), 'Rate off the card',
    CASE WHEN n % 50 = 7 THEN now() + interval '2 days' END, CASE WHEN n % 50 = 7 THEN 'holiday' END
FROM generate_series(1, {cases}) n
"""


def report(figure: str, value: float, **more: float | bool | int) -> None:
    """One JSON line."""
    print(json.dumps({"benchmark": "queue", "figure": figure, "value": value, "unit": "ms", **more}))


def fill(connection: Connection, cases: int) -> None:
    """So many open cases, written by the server itself; a tenth are overdue, a fiftieth snoozed, half of team T1."""
    for kind, columns, values, rows in _LOAD:
        made = f"{_MADE.format(kind=kind)}, {values}"
        statement = f"INSERT INTO {kind} ({_ENVELOPE}, {columns}) SELECT {made} FROM generate_series(0, {rows} - 1) n"
        connection.exec_driver_sql(statement.format(cases=cases).replace("%", "%%"))
    connection.exec_driver_sql("INSERT INTO team (team_id, name) VALUES ('T1', 'Key accounts')")
    for statement in (_SCORES, _CASES):
        connection.exec_driver_sql(statement.format(cases=cases).replace("%", "%%"))
    connection.exec_driver_sql("UPDATE review_case SET team_id = 'T1' WHERE hashtext(case_id) %% 2 = 0")


def milliseconds(work: Callable[[], object]) -> float:
    """The median of many times, after the statements were prepared."""
    for _ in range(6):
        work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def prepared(cases: int) -> tuple[Engine, ServingState]:
    """A database with so many open cases, and a state on it."""
    engine = locate(Settings().for_firm(f"bench_queue_{cases}")).engine()
    migrate(engine)
    state = load_state(engine)
    with engine.begin() as connection:
        register_rules(connection, state)
        if not connection.execute(text("SELECT EXISTS (SELECT FROM review_case)")).scalar_one():
            fill(connection, cases)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return engine, state


def reviewer(engine: Engine, name: str, role: Role) -> Principal:
    """A person who can log in."""
    with engine.begin() as connection:
        new = auth.NewAccount(name, name.title(), PASSWORD, (role,), None)
        account_id = auth.create_account(connection, new, actor="bench")
    return Principal(account_id, "account", name.title(), (role,), scopes_of((role,)))


def measure(cases: int) -> dict[str, float]:
    """Milliseconds of each page, seen by a manager and by a reviewer of no team, and of taking the next case."""
    engine, state = prepared(cases)
    stamp = str(time.time_ns())
    found: dict[str, float] = {}
    for role in (Role.MANAGER, Role.REVIEWER):
        who = reviewer(engine, f"{role.value}-{stamp}", role)
        client = TestClient(create_app(state), headers={"accept": "text/html"})
        client.post("/login", data={"login": f"{role.value}-{stamp}", "password": PASSWORD})
        for name, query in PAGES.items():
            assert client.get(f"/queue{query}").status_code == 200
            found[f"{name}, {role.value}"] = milliseconds(partial(client.get, f"/queue{query}"))
        found[f"take next, {role.value}"] = milliseconds(partial(_take, state, who))
    engine.dispose()
    return found


def _take(state: ServingState, who: Principal) -> None:
    with state.engine.connect() as connection, connection.begin() as transaction:
        assert service.claim_next(connection, state, principal=who) is not None
        transaction.rollback()


def main() -> None:
    """A line per page and size; needs databases that may be thrown away."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    base: dict[str, float] = {}
    for cases in [int(argument) for argument in sys.argv[1:]] or [1_000, 100_000]:
        for name, value in measure(cases).items():
            ratio = value / base.setdefault(name, value)
            report(name, round(value, 2), cases=cases, to_smallest=round(ratio, 2), target=TARGET, met=ratio <= TARGET)


if __name__ == "__main__":
    main()
