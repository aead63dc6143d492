"""Back-dated record

A record tells of the past. What it says counts from its arrival, however early it happened; only a key for bringing a
history over may say that it was known before, and even then no stored score changes. Trained models speak here.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.catalogue import CATALOGUE_DIGEST, FEATURE_NAMES
from ledger.records import Payment
from models.artifact import write_artifact
from models.champions import Champions, write_pointer
from models.support import Support
from serving.auth.scopes import Scope
from tests.models.fitted import anomaly_model, delay_model, dispute_model
from tests.scenarios.story import CLEARED, NOTICED, SENDING, Said, Story, sent
from tests.serving.factories import clean, client, invoice, line, master, record

UNSURE = ("review", "model")
SENT_IN_DECEMBER = invoice(
    9, status="issued", invoice_date="2025-12-31", issued_on="2026-01-02", due_date="2026-01-30",
    period_start="2025-12-01", period_end="2025-12-31", amount="2500",
)  # fmt: skip
PAID = record(
    Payment, payment_id="PAY-9", invoice_id="INV-9", client_id="C1", amount="2500", currency="EUR", paid_on="2026-01-20"
)
STOPPED_WORK = client(version="2", credit_hold=True)
ANYWHERE = Support(
    np.full(len(FEATURE_NAMES), -np.inf),
    np.full(len(FEATURE_NAMES), np.inf),
    np.zeros(len(FEATURE_NAMES), dtype=bool),
    len(FEATURE_NAMES),
)


@pytest.fixture
def judged(blank: Story, tmp_path: Path) -> Story:
    """The firm early in February; small fitted models, loaded from their artifacts, judge whatever comes."""
    for model in (delay_model(), dispute_model(), anomaly_model()):
        wide = replace(model, support=ANYWHERE)
        write_artifact(tmp_path / model.risk / "1", wide, catalogue_digest=CATALOGUE_DIGEST, facts={})
    risks = ("delay", "dispute", "anomaly")
    write_pointer(tmp_path, {risk: {"name": risk, "version": "1", "folder": f"{risk}/1"} for risk in risks})
    blank.state = replace(blank.state, models=Champions(tmp_path))
    blank.tell(*master(), SENT_IN_DECEMBER)
    blank.on("2026-02-02")
    blank.tell(*clean())
    return blank


def risks(said: Said) -> tuple[float, float]:
    found = said.body["risks"]
    return (found["delay"]["probability_late"], found["dispute"]["probability"])


def test_a_payment_of_january_that_is_booked_in_february_moves_the_models_from_then_on(judged: Story) -> None:
    before = judged.score()
    assert (before.way, before.fires, before.body["degraded"]) == (UNSURE, [], [])
    judged.on("2026-02-04")
    judged.post([sent(PAID)])
    after = judged.score()
    assert risks(after) != risks(before)
    assert judged.features(after) != judged.features(before)
    assert risks(judged.score(as_of="2026-02-04T09:00:00Z")) != risks(after)
    assert judged.is_said_again(before)


def test_an_ordinary_sender_cannot_say_that_it_was_known_before(judged: Story) -> None:
    before = judged.score()
    answer = judged.post([sent(STOPPED_WORK) | {"known_at": "2026-01-20T09:00:00Z"}])
    [result] = answer["results"]
    assert (result["status"], result["pointer"]) == ("quarantined", "/records/0/known_at")
    assert result["reason"] == "lies before the arrival, which needs the scope records:backdate"
    assert judged.is_said_again(before)
    assert judged.score().way == UNSURE


def test_a_history_brought_over_tells_what_could_have_been_known_and_changes_no_stored_score(judged: Story) -> None:
    before = judged.score()
    historian = judged.client(*SENDING, Scope.RECORDS_BACKDATE)
    judged.post([sent(STOPPED_WORK) | {"known_at": "2026-01-20T09:00:00Z"}], by=historian)
    asked_again = judged.then(before)
    assert (before.fires, asked_again.fires) == ([], ["credit_hold"])
    assert (asked_again.way, asked_again.because) == (NOTICED, "Client on credit hold")
    assert judged.replayed(before)["same"]
    hindsight = judged.replayed(before, as_of=before.body["as_of"])
    assert (hindsight["same"], hindsight["recomputed"]["because"]) == (False, "Client on credit hold")
    judged.tell(client(version="3"))
    assert judged.score().way == UNSURE


def test_an_invoice_dated_into_a_closed_period_is_looked_at(story: Story) -> None:
    days: dict[str, Any] = {"invoice_date": "2025-12-01", "due_date": "2025-12-31"}
    story.tell(invoice(**days), line())
    said = story.score()
    assert (said.way, said.because) == (NOTICED, "Dated into a closed period")
    assert said.words("invoice_back_dated") == ["The invoice is dated 1 Dec 2025 and was first known on 2 Feb 2026."]
    story.tell(invoice(version="2"))
    assert story.score().way == CLEARED
    assert story.is_said_again(said)
