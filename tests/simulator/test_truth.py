"""The truth table agrees with what happens, tells remedies apart from chance, and survives a file."""

from pathlib import Path

import pytest

from ledger.records.billing import Cause
from simulator.truth import InvoiceTruth, Truth, dispute_probability
from tests.simulator.history import History

TRUTH = InvoiceTruth(
    invoice_id="INV-1",
    draft_known_at="2026-01-01T00:00:00+00:00",
    hazards={Cause.RATE: 0.3, Cause.OTHER: 0.1},
    visible=(Cause.RATE,),
    cancel_probability=0.0,
    expected_days_late=3.5,
)


def material(truth: InvoiceTruth) -> bool:
    """Whether a defect weighs enough that a reviewer should care."""
    return any(truth.hazards[cause] >= 0.15 for cause in truth.visible)


def test_hazards_add_up_to_a_probability() -> None:
    assert TRUTH.dispute_probability == pytest.approx(0.3296799)


def test_causes_compete_in_proportion_to_their_hazards() -> None:
    assert TRUTH.cause_probabilities == pytest.approx({Cause.RATE: 0.75, Cause.OTHER: 0.25})


def test_a_remedy_takes_its_hazard_away_and_no_other() -> None:
    assert TRUTH.probability_without(Cause.RATE) == pytest.approx(0.0951626)
    assert TRUTH.probability_without(Cause.PO_REFERENCE) == TRUTH.dispute_probability


def test_a_draft_that_may_be_cancelled_is_disputed_less() -> None:
    assert dispute_probability({Cause.RATE: 0.3}, 0.5) == pytest.approx(0.1295909)


def test_without_hazards_there_are_no_causes() -> None:
    assert dispute_probability({}, 0.0) == 0.0
    assert InvoiceTruth("I", "2026-01-01", {}, (), 0.0, 0.0).cause_probabilities == {}


def test_the_table_survives_a_file(tmp_path: Path, history: History) -> None:
    history.truth.save(tmp_path / "truth.json")
    assert Truth.load(tmp_path / "truth.json").invoices == history.truth.invoices


def test_every_draft_has_its_truth(history: History) -> None:
    drafts = history.drafts()
    assert set(drafts) <= set(history.truth.invoices)
    assert all(history.truth[key].draft_known_at == draft.known_at.isoformat() for key, draft in drafts.items())


def test_disputes_happen_as_often_as_their_probabilities_say(history: History) -> None:
    invoices = history.ordinary()
    expected = sum(one.dispute_probability for one in invoices)
    spread = sum(one.dispute_probability * (1 - one.dispute_probability) for one in invoices) ** 0.5
    assert abs(sum(one.disputed for one in invoices) - expected) < 3.5 * spread


def test_a_material_defect_raises_disputes_several_fold(history: History) -> None:
    with_defect = [one.disputed for one in history.ordinary() if material(one)]
    without = [one.disputed for one in history.ordinary() if not one.visible]
    assert 0.25 <= sum(with_defect) / len(with_defect) <= 0.6
    assert 0.015 <= sum(without) / len(without) <= 0.05


def test_most_minor_defects_are_not_disputed(history: History) -> None:
    minor = [one.disputed for one in history.ordinary() if one.visible and not material(one)]
    assert len(minor) > 100
    assert sum(minor) / len(minor) < 0.2


def test_days_late_scatter_around_their_expectation(history: History) -> None:
    errors = [one.days_late - one.expected_days_late for one in history.ordinary() if one.days_late is not None]
    assert abs(sum(errors) / len(errors)) < 1.5


def test_every_cause_of_the_catalogue_strikes(history: History) -> None:
    assert {one.cause for one in history.truth.invoices.values()} - {None} >= set(Cause) - {Cause.CHANGE_ORDER}


def test_a_few_anomalies_of_every_kind_are_flagged(history: History) -> None:
    invoices = history.ordinary()
    names = {name for one in invoices for name in one.anomalies}
    assert names == {"amount_x10", "cadence", "hours_80", "weekend_spike", "role_mix"}
    assert 0.01 <= sum(bool(one.anomalies) for one in invoices) / len(invoices) <= 0.04


def test_the_truth_never_enters_the_records(history: History) -> None:
    columns = {name for records in history.kinds.values() for name in type(records[0]).model_fields}
    assert not columns & {"hazards", "anomalies", "expected_days_late", "dispute_probability"}
