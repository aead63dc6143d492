"""A proposal is run over the past as it was known, and over live scores, before it may decide."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger.records import Dispute
from serving.controls import lifecycle, shadow
from serving.controls.backtest import backtest, latest, sampled
from serving.controls.compare import said_of, summary
from serving.controls.control import Severity
from serving.controls.lifecycle import WrongState
from serving.scoring.service import Asker, score_invoice
from serving.state import ServingState
from tests.serving import factories as make
from tests.serving.controls.firm import CONTROLS, V2, facts
from tests.serving.controls.kit import ANNA, BERT, STRICT, backtested, changed, proposed
from tests.serving.factories import KNOWN, NOW, clean, master, record, write

OFF_CARD = [make.line(**V2, unit_rate="240", quantity="7.5")]
LATER = NOW + timedelta(days=300)


@pytest.fixture
def past(engine: Engine) -> Engine:
    """INV-1 bills a wrong rate and is disputed later; INV-2 is fine."""
    dispute = record(
        Dispute, dispute_id="D1", invoice_id="INV-1", client_id="C1", cause="rate", status="open",
        known_at=NOW, event_at=NOW,
    )  # fmt: skip
    write(engine, [*master(), *clean(), *OFF_CARD, *clean(2), make.invoice(**V2, status="issued"), dispute])
    return engine


def run(engine: Engine, controls: Any = STRICT, sample: int = 500) -> Any:
    with engine.begin() as connection:
        proposal_id = proposed(connection, controls)
        row = backtest(connection, proposal_id, actor=ANNA, now=LATER, sample=sample)
        assert latest(connection, proposal_id) == row
    return row["result"]


def test_a_backtest_tells_invoices_cash_segments_and_precision(past: Engine) -> None:
    result = run(past)
    held = result["newly_held"]
    assert (result["of"], result["invoices"], held["invoices"], held["cash"]) == (2, 2, 1, {"EUR": "1800.0"})
    assert held["segments"]["billing_method"] == {"time_and_materials": 1}
    assert held["segments"]["client_id"] == {"C1": 1}
    rate = result["controls"]["rate_off_card"]
    assert (rate["before"], rate["invoices"], rate["mature"], rate["bad"], rate["precision"]) == (1, 1, 1, 1, 1.0)


def test_a_milder_set_tells_what_it_would_let_go(past: Engine) -> None:
    result = run(past, changed(severity="warning"))
    assert result["newly_held"]["invoices"] == 0
    assert result["no_longer_reviewed"]["invoices"] == 1


def test_what_became_known_later_does_not_count(past: Engine) -> None:
    write(past, [make.client(**V2, status="blocked", known_at=NOW, event_at=NOW)])
    assert "client_master_invalid" not in run(past)["controls"]


def test_an_outcome_that_nobody_can_know_yet_is_not_counted() -> None:
    found = summary([said_of(facts(*OFF_CARD), CONTROLS, STRICT)])
    assert (found["mature"], found["controls"]["rate_off_card"]["precision"]) == (0, None)


def test_progress_is_told_and_the_sample_is_the_same_each_time(past: Engine) -> None:
    told: list[tuple[int, int]] = []
    with past.begin() as connection:
        proposal_id = proposed(connection)
        row = backtest(
            connection, proposal_id, actor=ANNA, now=LATER, sample=1, progress=lambda *step: told.append(step)
        )
    assert told == [(1, 1)]
    assert (row["result"]["of"], row["invoices"]) == (2, 1)
    moments: list[dict[str, Any]] = [{"invoice_id": str(n)} for n in range(100)]
    assert sampled(moments, 7) == sampled(moments, 7)
    assert len(sampled(moments, 7)) == 7


def test_what_is_in_force_is_not_back_tested_again(past: Engine) -> None:
    with past.begin() as connection:
        proposal_id = backtested(connection)
        lifecycle.approve(connection, proposal_id, actor=BERT)
        with pytest.raises(WrongState):
            backtest(connection, proposal_id, actor=ANNA, now=LATER)


def test_a_set_in_shadow_looks_at_live_scores_and_decides_nothing(state: ServingState, past: Engine) -> None:
    with past.begin() as connection:
        proposal_id = backtested(connection)
        assert shadow.catch_up(connection) == 0
        lifecycle.shadow(connection, proposal_id, actor=ANNA)
        now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    live = replace(state, clock=lambda: now)
    with past.begin() as connection:
        for invoice_id in ("INV-1", "INV-2"):
            row = score_invoice(connection, live, invoice_id, as_of=NOW, asker=Asker("test"))
            assert row["route"] == "review"
    write(past, [make.line(version="3", unit_rate="180", quantity="10", known_at=KNOWN)])
    with past.begin() as connection:
        assert shadow.catch_up(connection) == 2
        assert shadow.catch_up(connection) == 0
        found = shadow.summary(connection, proposal_id)
    assert (found["scores"], found["different"], found["newly_held"], found["no_longer_held"]) == (2, 1, 1, 0)
    assert found["newly"] == {f"rate_off_card:{Severity.HARD_STOP}": 1}
    assert found["gone"] == {f"rate_off_card:{Severity.REVIEW}": 1}
    assert found["newest"][0]["invoice_id"] == "INV-1"
