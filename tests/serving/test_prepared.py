"""What is ready beforehand says what would be said now, and says nothing once anything it depends on has changed."""

import runpy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine

import features
from features.catalogue import CATALOGUE_DIGEST
from features.reach import REACH
from features.touched import slice_keys
from ledger.records import Note, Payment, Record, SyncEvent
from ledger.store import append
from models.artifact import Artifact
from models.scorer import Scorer
from serving.controls.snooze import Snooze, Snoozes
from serving.controls.source import FixedRules
from serving.rules import register_rules
from serving.scoring import prepared
from serving.scoring.readiness import Readiness, wanted
from serving.scoring.repository import SCORE_COLUMNS
from serving.scoring.scorer import FixedModels, NoModels
from serving.scoring.service import Asker, score_invoice
from serving.sql import change, only, rows
from serving.state import ServingState
from tests.models.fitted import anomaly_model, delay_model, dispute_model
from tests.serving.factories import KNOWN, NOW, clean, client, invoice, line, record, time_entry, write

ASKER = Asker("test")
# What tells two scores of the same thing apart.
OWN = {"score_id", "scored_at", "ledger_snapshot"}


def ready(state: ServingState, invoice_id: str = "INV-1") -> prepared.Ready | None:
    """What is ready for the invoice."""
    with state.engine.begin() as connection:
        return prepared.find_ready(connection, state, invoice_id)


def made_ready(state: ServingState) -> None:
    """Prepare all that is wanted."""
    assert Readiness()(state) == 1


def stored(state: ServingState, invoice_id: str = "INV-1") -> dict[str, object]:
    """Score an invoice and read back what was stored."""
    with state.engine.begin() as connection:
        row = score_invoice(connection, state, invoice_id, as_of=None, asker=ASKER)
        found = only(connection, "SELECT * FROM score WHERE score_id = %(id)s", {"id": row["score_id"]})
    return {name: found[name] for name in SCORE_COLUMNS if name not in OWN}


def test_a_prepared_score_is_stored_like_one_worked_out_now(firm: Engine, clearing: ServingState) -> None:
    fresh = stored(clearing)
    made_ready(clearing)
    assert ready(clearing) is not None
    prepared_one = stored(clearing)
    np.testing.assert_array_equal(fresh.pop("features"), prepared_one.pop("features"))
    assert (fresh.pop("remedies"), prepared_one.pop("remedies")) == (None, [])
    assert fresh == prepared_one


def test_nothing_is_ready_before_it_was_prepared(firm: Engine, clearing: ServingState) -> None:
    assert ready(clearing) is None
    with clearing.engine.begin() as connection:
        assert wanted(connection, clearing, limit=10).new == ["INV-1"]


def test_what_is_ready_is_not_wanted_again(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    with clearing.engine.begin() as connection:
        assert wanted(connection, clearing, limit=10) == ([], [], [])


PAYMENT = {"payment_id": "PAY-9", "invoice_id": "INV-0", "client_id": "C1", "amount": "1", "currency": "EUR",
           "paid_on": "2026-01-20"}  # fmt: skip
NOTE = {"note_id": "N-9", "client_id": "C1", "invoice_id": "INV-1", "text": "never seen before"}
SYNC = {"sync_event_id": "S-9", "system": "erp", "object_kind": "invoice", "object_id": "INV-1", "success": False}
# A record of several kinds that the invoice's slice reaches, written after the preparation.
LATER: dict[str, Record] = {
    "another invoice of the client": invoice(2),
    "a line": line(1, line_id="L-9"),
    "a payment of the client": record(Payment, **PAYMENT),
    "a time entry of the project": time_entry(time_entry_id="T9"),
    "a version of the client": client(version="9"),
    "a failed synchronisation": record(SyncEvent, **SYNC),
    "a note that waits for its embedding": record(Note, **NOTE),
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_a_record_within_reach_makes_it_stale(firm: Engine, clearing: ServingState, later: Record) -> None:
    made_ready(clearing)
    write(firm, [later])
    assert ready(clearing) is None
    with clearing.engine.begin() as connection:
        assert "INV-1" in wanted(connection, clearing, limit=10).outdated


def test_a_record_out_of_reach_leaves_it_ready(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    write(firm, [client(client_id="C-99")])
    assert ready(clearing) is not None


def test_a_thing_that_moves_out_of_reach_makes_it_stale_as_well(firm: Engine, clearing: ServingState) -> None:
    write(firm, [time_entry(time_entry_id="T9")])
    made_ready(clearing)
    write(firm, [time_entry(time_entry_id="T9", version="2", project_id="P-ELSEWHERE")])
    assert ready(clearing) is None


def test_a_write_under_way_makes_it_stale_once_committed(firm: Engine, clearing: ServingState) -> None:
    with firm.connect() as slow:
        transaction = slow.begin()
        append(slow, [record(Payment, **PAYMENT)])
        made_ready(clearing)
        assert ready(clearing) is not None
        transaction.commit()
    assert ready(clearing) is None


def test_it_does_not_outlive_the_day(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    assert ready(replace(clearing, clock=lambda: NOW + timedelta(days=1))) is None


def test_it_does_not_outlive_what_becomes_known_later_today(firm: Engine, clearing: ServingState) -> None:
    soon = NOW + timedelta(minutes=5)
    write(firm, [record(Payment, **PAYMENT, event_at=soon, known_at=soon)])
    made_ready(clearing)
    assert ready(replace(clearing, clock=lambda: soon)) is not None
    assert ready(replace(clearing, clock=lambda: soon + timedelta(seconds=1))) is None


def test_other_controls_or_models_need_another_preparation(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    other = replace(clearing.controls, version="controls-9-x")
    assert ready(replace(clearing, rules=FixedRules(other))) is None


def test_another_policy_is_asked_at_once(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    strict = replace(clearing, policy=clearing.policy.model_copy(update={"auto_clear": False}))
    with firm.begin() as connection:
        register_rules(connection, strict)
    assert ready(strict) is not None
    assert stored(clearing)["route"] == "auto_clear"
    assert stored(strict)["route"] == "review"


def test_nothing_degraded_is_kept(firm: Engine, clearing: ServingState) -> None:
    assert Readiness()(replace(clearing, models=NoModels())) == 0


def test_the_triggers_touch_just_what_a_slice_follows() -> None:
    place = Path(features.__file__).parent / "migrations" / "versions" / "f003_slice_touch.py"
    frozen = runpy.run_path(str(place))["WAYS"]
    assert frozen == {kind: (reach.entity, (*reach.ways, *reach.recent)) for kind, reach in REACH.items()}


def test_keys_of_several_invoices_come_by_their_ids(firm: Engine) -> None:
    with firm.begin() as connection:
        found = slice_keys(connection, ["INV-1", "UNKNOWN"])
        assert len(found["UNKNOWN"]) < len(found["INV-1"])
        assert slice_keys(connection, []) == {}


def test_old_touches_are_forgotten_and_needed_ones_kept(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    write(firm, [record(Payment, **PAYMENT)])
    Readiness(limit=0)(clearing)
    assert ready(clearing) is None


def trained() -> FixedModels:
    """Real, small models, for remedies are asked of them alone."""
    models: dict[str, Any] = {"delay": delay_model(), "dispute": dispute_model({}), "anomaly": anomaly_model()}
    artifacts = {risk: Artifact(model, f"digest of {risk}", CATALOGUE_DIGEST, {}) for risk, model in models.items()}
    return FixedModels(Scorer(artifacts))


def test_what_would_clear_it_is_worked_out_afterwards_and_told(firm: Engine, clearing: ServingState) -> None:
    state = replace(clearing, models=trained())
    write(firm, [time_entry(time_entry_id="T9", status="submitted")])
    made_ready(state)
    found = ready(state)
    assert found is not None
    assert found.judged.remedies is None
    assert prepared.prepare_remedies(state) == 1
    assert prepared.prepare_remedies(state) == 0
    found = ready(state)
    assert found is not None
    assert found.judged.remedies is not None
    assert stored(state)["remedies"] == list(found.judged.remedies)


def test_remedies_that_fail_stay_unknown_and_are_not_tried_for_ever(
    firm: Engine, clearing: ServingState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("a model that cannot")

    state = replace(clearing, models=trained())
    write(firm, [time_entry(time_entry_id="T9", status="submitted")])
    made_ready(state)
    monkeypatch.setattr(prepared, "suggest", fails)
    assert [prepared.prepare_remedies(state) for _ in range(2)] == [1, 0]
    assert stored(state)["remedies"] is None


def test_what_another_server_prepared_before_a_restore_is_stale(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    with firm.begin() as connection:
        change(connection, "UPDATE prepared_score SET snapshot = '900000000:900000000:'")
    assert ready(clearing) is None


def test_touches_are_forgotten_while_no_models_are_loaded(firm: Engine, clearing: ServingState) -> None:
    Readiness()(replace(clearing, models=NoModels()))
    with firm.begin() as connection:
        assert only(connection, "SELECT count(*) AS n FROM slice_touch")["n"] == 0


def test_what_the_models_let_through_needs_no_remedy(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    assert stored(clearing)["remedies"] == []


def test_a_snooze_is_heeded_at_once_and_its_end_as_well(firm: Engine, clearing: ServingState) -> None:
    made_ready(clearing)
    end = NOW + timedelta(hours=1)
    snooze = Snooze("s1", "client_tax_id_missing", "C1", None, NOW - timedelta(days=1), end)
    state = replace(clearing, rules=FixedRules(clearing.controls.with_snoozes(Snoozes.of([snooze]))))
    assert ready(state) is None
    made_ready(state)
    assert ready(replace(state, clock=lambda: end - timedelta(seconds=1))) is not None
    assert ready(replace(state, clock=lambda: end)) is None


def test_of_the_invoices_only_those_written_since_the_last_look_are_new(firm: Engine, clearing: ServingState) -> None:
    readiness = Readiness()
    assert readiness(clearing) == 1
    with clearing.engine.begin() as connection:
        change(connection, "DELETE FROM prepared_score")
    assert readiness(clearing) == 0
    write(firm, clean(2))
    assert readiness(clearing) == 1
    assert ready(clearing, "INV-2") is not None


def test_what_did_not_fit_is_taken_on_by_the_next_call(firm: Engine, clearing: ServingState) -> None:
    write(firm, [*clean(2), *clean(3)])
    readiness = Readiness(limit=2, block=1)
    assert [readiness(clearing) for _ in range(3)] == [2, 1, 0]


def test_an_invoice_that_has_gone_out_is_dropped(firm: Engine, clearing: ServingState) -> None:
    readiness = Readiness()
    readiness(clearing)
    write(firm, [invoice(1, version="2", status="issued", known_at=KNOWN + timedelta(days=1))])
    assert readiness(clearing) == 0
    assert ready(clearing) is None
    with clearing.engine.begin() as connection:
        assert rows(connection, "SELECT FROM prepared_score") == []


def test_a_version_under_way_during_a_look_is_found_by_the_next_one(firm: Engine, clearing: ServingState) -> None:
    readiness = Readiness()
    with firm.connect() as slow:
        transaction = slow.begin()
        append(slow, clean(2))
        readiness(clearing)
        transaction.commit()
    readiness(clearing)
    assert ready(clearing, "INV-2") is not None
