"""A billing run is scored in blocks, says the same as one by one, and survives being killed."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import Engine, text

from ledger.database import Database
from serving import audit
from serving.scoring.runs import drafts_to_score, score_run
from serving.scoring.service import Asker, score_invoice
from serving.state import ServingState
from tests.serving.factories import NOW, clean, invoice, master, write


@pytest.fixture
def billing(engine: Engine) -> list[str]:
    """Thirty drafts of which every third has lines that do not add up."""
    records = [record for number in range(1, 31) for record in clean(number)]
    spoiled = [invoice(number, version="2", amount="1700") for number in range(3, 31, 3)]
    write(engine, [*master(), *records, *spoiled])
    return [f"INV-{number}" for number in range(1, 31)]


def test_a_run_says_what_one_by_one_says(state: ServingState, billing: list[str]) -> None:
    score_run(state, billing, as_of=NOW, run_id="r1")
    with state.engine.begin() as connection:
        for invoice_id in billing[:4]:
            one = score_invoice(connection, state, invoice_id, as_of=NOW, asker=Asker("test"))
            query = "SELECT features, route, because, controls FROM score WHERE run_id = 'r1' AND invoice_id = :id"
            row = connection.execute(text(query), {"id": invoice_id}).mappings().one()
            assert str(row["features"]) == str(one["features"])
            assert (row["route"], row["because"]) == (one["route"], one["because"])


def test_the_same_run_again_scores_nothing_twice(state: ServingState, billing: list[str]) -> None:
    first = score_run(state, billing[:20], as_of=NOW, run_id="r1")
    again = score_run(state, [*billing, "INV-NONE"], as_of=NOW, run_id="r1")
    assert (sum(first.routes.values()), again.skipped, sum(again.routes.values())) == (20, 20, 10)
    assert again.unknown == ["INV-NONE"]


def test_drafts_are_scored_once_until_they_change(state: ServingState, billing: list[str]) -> None:
    assert set(drafts_to_score(state)) == set(billing)
    score_run(state, billing, as_of=NOW)
    assert drafts_to_score(state) == []
    write(state.engine, [invoice(1, version="9", po_number="PO")])
    assert drafts_to_score(state) == ["INV-1"]


RUN = """
import sys
from dataclasses import replace
from sqlalchemy.engine import make_url
from ledger.database import Database
from serving.app import load_state
from serving.rules import register_rules
from serving.scoring import runs
from tests.serving.factories import NOW
runs.BLOCK = 3
engine = Database(make_url(sys.argv[1]), embedded=True).engine()
state = replace(load_state(engine), clock=lambda: NOW)
with engine.begin() as connection:
    register_rules(connection, state)
ids = [f"INV-{number}" for number in range(1, 31)]
runs.score_run(state, ids, as_of=NOW, run_id="r1", progress=lambda done: print(done, flush=True))
"""


@pytest.mark.parametrize("blocks", [1, 4])
def test_a_killed_run_loses_nothing_acknowledged_and_doubles_nothing(
    state: ServingState, database: Database, billing: list[str], blocks: int
) -> None:
    url = database.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", RUN, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(blocks)][-1]
        time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    with state.engine.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM score")).scalar_one()
    assert acknowledged <= kept < 30
    score_run(state, billing, as_of=NOW, run_id="r1")
    with state.engine.connect() as connection:
        counts = connection.execute(
            text("SELECT count(*), count(DISTINCT invoice_id), count(case_id) FROM score")
        ).one()
        cases = connection.execute(text("SELECT count(*), count(DISTINCT invoice_id) FROM review_case")).one()
        assert tuple(counts) == (30, 30, 30)
        assert tuple(cases) == (30, 30)
        assert audit.verify(connection).holds
