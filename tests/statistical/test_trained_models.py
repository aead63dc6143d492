"""The trained models against what only the simulator knows: true probabilities and injected anomalies."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from features.history import History, with_records
from features.lines.judge import first_scores
from features.moments import scoring_moments
from ledger.records.billing import Cause
from models.anomaly import AnomalyModel
from models.arrays import BoolArray
from models.dispute import DisputeModel
from models.findings import FirmScores, find_line_anomalies
from tests.training.firm import CONFIG, Firm, dataset_of, injected, simulated, true_dispute_probability
from training.dataset import Dataset
from training.fit_anomaly import fit_anomaly
from training.train import Trained, train

pytestmark = pytest.mark.slow

LEVEL = 0.1
SLIPS = {Cause.RATE, Cause.DUPLICATE, Cause.AMOUNT_CURRENCY, Cause.TAX_ENTITY}


@pytest.fixture(scope="module")
def firm() -> Firm:
    return simulated(2000, 20, 21)


@pytest.fixture(scope="module")
def data(firm: Firm) -> Dataset:
    return dataset_of(firm.records)


@pytest.fixture(scope="module")
def trained(data: Dataset) -> Trained:
    return train(data, CONFIG)


def test_dispute_probabilities_agree_with_the_truth_on_later_invoices(
    firm: Firm, data: Dataset, trained: Trained
) -> None:
    model = trained.candidates["dispute"].model
    assert isinstance(model, DisputeModel)
    later = data.rows(np.arange(len(data)) >= len(data) * 3 // 4)
    predicted, truth = model.probability(later.matrix.values), true_dispute_probability(later, firm.truth)
    assert abs(predicted.mean() - truth.mean()) < 0.04
    order = np.array_split(np.argsort(predicted), 3)
    shares = [float(truth[part].mean()) for part in order]
    assert shares[2] > shares[1] > shares[0] * 0.9
    assert max(abs(float(predicted[part].mean() - truth[part].mean())) for part in order) < 0.08


def test_lateness_is_calibrated_at_every_horizon(trained: Trained) -> None:
    for test in trained.candidates["delay"].tests:
        spread = 3 * np.sqrt(test.outcome.mean() * (1 - test.outcome.mean()) / len(test.outcome))
        # Clients drift in the simulation, as they do: a few points beyond chance are theirs.
        assert abs(test.probability.mean() - test.outcome.mean()) < spread + 0.05, test.task


def test_a_higher_predicted_lateness_meets_more_lateness(trained: Trained) -> None:
    for test in trained.candidates["delay"].tests:
        low, high = np.array_split(np.argsort(test.probability), 2)
        assert test.outcome[high].mean() > test.outcome[low].mean()


@pytest.fixture(scope="module")
def anomaly(data: Dataset) -> AnomalyModel:
    """Trained on what was known after three quarters of the bills."""
    first = np.arange(len(data)) < len(data) * 3 // 4
    return fit_anomaly(data.rows(first), int(data.as_of[first][-1]) + 1, CONFIG)


def slips(known: Firm, data: Dataset) -> BoolArray:
    """Rows into which the simulator put an error that shows in the bill."""
    truths = [known.truth[invoice] for invoice in data.matrix.invoice_ids.tolist()]
    return np.array([bool(truth.anomalies) or not SLIPS.isdisjoint(truth.visible) for truth in truths])


def test_billing_slips_are_flagged_more_often_than_ordinary_bills(
    firm: Firm, data: Dataset, anomaly: AnomalyModel
) -> None:
    flagged, odd = anomaly.p_value(data.matrix.values) <= LEVEL, slips(firm, data)
    assert odd.sum() >= 20
    assert flagged[odd].mean() > 2 * flagged[~odd].mean()


@pytest.mark.parametrize("seed", [21, 5])
def test_false_alarms_stay_near_their_level_in_the_months_after_training(seed: int) -> None:
    known = simulated(2000, 20, seed)
    everything = dataset_of(known.records)
    first = np.arange(len(everything)) < len(everything) * 3 // 4
    model = fit_anomaly(everything.rows(first), int(everything.as_of[first][-1]) + 1, CONFIG)
    later = everything.rows(~first)
    ordinary = ~injected(later, known.truth)
    flagged = model.p_value(later.matrix.values)[ordinary] <= LEVEL
    # Two binomial errors, and two points for what billing drifts within five months.
    assert flagged.mean() < LEVEL + 2 * np.sqrt(LEVEL * (1 - LEVEL) / ordinary.sum()) + 0.02
    assert flagged.mean() > LEVEL / 2


def test_billing_slips_are_ranked_better_than_by_unusual_size_alone(
    firm: Firm, data: Dataset, anomaly: AnomalyModel
) -> None:
    later = data.rows(np.arange(len(data)) >= len(data) * 3 // 4)
    odd = slips(firm, later)
    size = np.nan_to_num(later.matrix.column("amount_unusual"))
    ours = average_precision_score(odd, anomaly.abnormality(later.matrix.values))
    assert ours > 1.3 * average_precision_score(odd, size)


def test_line_findings_name_duplicates_and_foreign_roles_and_spare_ordinary_bills(firm: Firm) -> None:
    history = with_records(History({}), firm.records)
    ids, moments = scoring_moments(history)
    later = np.arange(len(ids)) >= len(ids) * 3 // 4
    calibration = FirmScores.of(first_scores(history, int(moments[later][0])))
    found = find_line_anomalies(history, ids[later].tolist(), moments[later], firm=calibration)
    truths = [firm.truth[invoice] for invoice in ids[later].tolist()]
    checks = [{finding.check for finding in one} for one in found]
    twice = [place for place, truth in enumerate(truths) if Cause.DUPLICATE in truth.visible]
    assert np.mean(["repeated_line" in checks[place] for place in twice]) > 0.8
    assert all("agreed_rate" in one for one, truth in zip(checks, truths, strict=True) if Cause.RATE in truth.visible)
    clean = [not truth.anomalies and SLIPS.isdisjoint(truth.visible) for truth in truths]
    ordinary = [bool(one) for one, kept in zip(checks, clean, strict=True) if kept]
    assert np.mean(ordinary) < 0.08
