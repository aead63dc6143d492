"""A run is scored in durable blocks by any number of workers, says how far it is, and ends once."""

import threading
from unittest.mock import Mock

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ledger.database import Database
from serving import audit
from serving.runs import service, work
from serving.runs.schemas import RunFilter
from serving.scoring import runs
from serving.scoring.service import score_invoice
from serving.state import ServingState
from serving.tasks import depth
from tests.serving.factories import KNOWN, NOW, invoice, write
from tests.serving.runs.kit import ASKER, billing, look, order, scored, work_once


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three invoices to a block, so that a short run has many."""
    monkeypatch.setattr(service, "BLOCK", 3)


def never() -> bool:
    return False


def test_a_run_is_queued_then_finished(state: ServingState, database: Database) -> None:
    run_id = order(state, billing(state.engine, 10))
    queued = look(state, run_id)
    assert (queued["state"], queued["total"], queued["done"], queued["per_second"]) == ("queued", 10, 0, None)
    work_once(state, database)
    done = look(state, run_id)
    assert (done["state"], done["done"], done["routes"]) == ("finished", 10, {"hold": 3, "review": 7})
    assert done["per_second"] > 0
    assert scored(state) == (10, 10)


def test_a_run_says_what_one_by_one_says(state: ServingState) -> None:
    run_id = order(state, billing(state.engine, 4))
    work.work_on_run(state, run_id, stopping=never)
    with state.engine.begin() as connection:
        one = score_invoice(connection, state, "INV-3", as_of=NOW, asker=ASKER)
        query = "SELECT features, route, because FROM score WHERE run_id = :run AND invoice_id = 'INV-3'"
        row = connection.execute(text(query), {"run": run_id}).mappings().one()
    assert (str(row["features"]), row["route"], row["because"]) == (str(one["features"]), one["route"], one["because"])


def test_unknown_and_repeated_ids_are_counted_and_named(state: ServingState) -> None:
    run_id = order(state, [*billing(state.engine, 4), "INV-1", "NONE-1", "NONE-2"])
    work.work_on_run(state, run_id, stopping=never)
    run = look(state, run_id)
    assert (run["total"], run["done"], run["unknown"]) == (6, 6, 2)
    assert set(run["first_unknown"]) == {"NONE-1", "NONE-2"}


BROKEN = """
CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.invoice_id = ANY('{%s}') THEN RAISE EXCEPTION 'a row of % is damaged', NEW.invoice_id; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER broken BEFORE INSERT ON score FOR EACH ROW EXECUTE FUNCTION broken();
"""


def test_an_invoice_that_cannot_be_scored_keeps_no_other_back(state: ServingState) -> None:
    run_id = order(state, billing(state.engine, 5))
    with state.engine.begin() as connection:
        connection.execute(text(BROKEN.replace("%s", "INV-2")))
    work.work_on_run(state, run_id, stopping=never)
    run = look(state, run_id)
    assert (run["state"], run["done"], run["unknown"], run["faulty"], run["first_faulty"]) == (
        "finished", 5, 0, 1, ["INV-2"],
    )  # fmt: skip
    with state.engine.connect() as connection:
        scored = connection.execute(text("SELECT invoice_id FROM score ORDER BY invoice_id")).scalars().all()
    assert scored == ["INV-1", "INV-3", "INV-4", "INV-5"]


def test_a_fault_of_every_invoice_is_none_of_theirs(state: ServingState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_FAULTY", 2)
    ids = billing(state.engine, 5)
    run_id = order(state, ids)
    with state.engine.begin() as connection:
        connection.execute(text(BROKEN.replace("%s", ",".join(ids))))
    with pytest.raises(psycopg.Error, match="is damaged"):
        work.work_on_run(state, run_id, stopping=never)
    assert look(state, run_id)["done"] == 0


def test_a_deadlock_is_no_invoices_fault(state: ServingState, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = order(state, billing(state.engine, 2))
    with monkeypatch.context() as once:
        once.setattr(runs, "score_block", Mock(side_effect=psycopg.errors.DeadlockDetected("met another")))
        with pytest.raises(psycopg.errors.DeadlockDetected):
            work.work_on_run(state, run_id, stopping=never)
    work.work_on_run(state, run_id, stopping=never)
    run = look(state, run_id)
    assert (run["state"], run["done"], run["faulty"]) == ("finished", 2, 0)


def test_a_run_of_nothing_is_finished(state: ServingState) -> None:
    run_id = order(state, [])
    work.work_on_run(state, run_id, stopping=never)
    assert look(state, run_id)["state"] == "finished"


def test_a_stop_leaves_the_rest_to_the_next_worker(state: ServingState, database: Database) -> None:
    run_id = order(state, billing(state.engine, 10))
    work.work_on_run(state, run_id, stopping=lambda: True)
    half = look(state, run_id)
    assert (half["state"], half["done"]) == ("running", 3)
    assert half["seconds_left"] > 0
    work_once(state, database)
    assert look(state, run_id)["state"] == "finished"
    assert scored(state) == (10, 10)


def test_workers_share_a_run_and_double_nothing(state: ServingState) -> None:
    run_id = order(state, billing(state.engine, 20))
    workers = [
        threading.Thread(target=work.work_on_run, args=(state, run_id), kwargs={"stopping": never}) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert look(state, run_id)["state"] == "finished"
    assert scored(state) == (20, 20)
    with state.engine.begin() as connection:
        ends = connection.execute(text("SELECT count(*) FROM audit_entry WHERE action = 'run_finished'")).scalar_one()
        assert ends == 1
        assert audit.verify(connection).holds


def test_a_cancelled_run_begins_no_other_block(state: ServingState, database: Database) -> None:
    run_id = order(state, billing(state.engine, 10))
    work.work_on_block(state, run_id)
    with state.engine.begin() as connection:
        service.cancel_run(connection, run_id, asker=ASKER)
    work_once(state, database)
    run = look(state, run_id)
    assert (run["state"], run["done"], run["seconds_left"]) == ("cancelled", 3, None)
    with pytest.raises(service.RunEnded), state.engine.begin() as connection:
        service.cancel_run(connection, run_id, asker=ASKER)


def test_a_run_that_cannot_go_on_says_so_and_keeps_what_it_has(state: ServingState) -> None:
    run_id = order(state, billing(state.engine, 10))
    work.work_on_block(state, run_id)
    work.give_up_run(state, run_id, because="DataError: broken")
    work.give_up_run(state, run_id, because="again")
    run = look(state, run_id)
    assert (run["state"], run["because"], run["done"]) == ("failed", "DataError: broken", 3)


def test_no_more_workers_are_asked_for_than_there_are_blocks(state: ServingState) -> None:
    ids = billing(state.engine, 10)
    for count, jobs in ((1, 1), (3, 1), (4, 2), (10, 2)):
        with state.engine.connect() as connection:
            service.create_run(connection, state, service.Order(ids[:count], NOW), asker=ASKER)
            assert depth(connection).waiting["runs"] == jobs


def test_filters_stand_for_what_is_unsent(state: ServingState) -> None:
    billing(state.engine, 4)
    write(state.engine, [invoice(1, version="9", status="issued")])
    work.work_on_run(state, order(state, ["INV-2"]), stopping=never)
    with state.engine.begin() as connection:
        assert set(service.chosen_by(connection, RunFilter.UNSENT, NOW)) == {"INV-2", "INV-3", "INV-4"}
        assert set(service.chosen_by(connection, RunFilter.UNSCORED, NOW)) == {"INV-3", "INV-4"}
        assert service.chosen_by(connection, RunFilter.UNSENT, KNOWN) == []


def test_anomalies_are_flagged_with_the_share_of_false_ones_held() -> None:
    assert work.flagged_up_to([], 0.1) == (None, 0)
    assert work.flagged_up_to([0.5, 0.9], 0.1) == (None, 0)
    assert work.flagged_up_to([0.9, 0.02, 0.5, 0.001], 0.1) == (0.02, 2)


@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0.01, 0.5))
def test_every_p_value_up_to_the_threshold_is_counted(p_values: list[float], rate: float) -> None:
    threshold, count = work.flagged_up_to(p_values, rate)
    assert count == (0 if threshold is None else sum(p <= threshold for p in p_values))
    if threshold is not None:
        assert threshold <= rate * count / len(p_values)
