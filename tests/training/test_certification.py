"""Certification in training: amounts in one currency, segments from features, a document that the scorer obeys."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from features.catalogue import FEATURE_NAMES
from features.matrix import FeatureMatrix
from models.arrays import FloatArray
from models.certificate import Certificate, Ground, Refusal
from models.promise import Assurance, Outcome, Tolerance
from models.segments import OTHER, REST, certified_thresholds, segments_of
from tests.training.firm import CONFIG, dataset
from training.attempts import Uncounted
from training.certification import (
    Chosen,
    certify_rows,
    evidence_of,
    group_amounts,
    own_rate,
    promise_of,
    went_bad,
)
from training.evaluation import matured


def _matrix(**columns: list[float]) -> FeatureMatrix:
    rows = len(next(iter(columns.values())))
    values = np.full((rows, len(FEATURE_NAMES)), np.nan)
    for name, column in columns.items():
        values[:, FEATURE_NAMES.index(name)] = column
    return FeatureMatrix(FEATURE_NAMES, np.array([f"i{n}" for n in range(rows)], object), np.zeros(rows, int), values)


def _rows() -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], FloatArray]:
    rows = matured(dataset(), np.arange(len(dataset())))
    return rows, np.random.default_rng(1).random(len(rows)) * 0.1


def test_amounts_are_taken_in_group_currency_where_a_rate_was_known() -> None:
    logs = np.log10([1_001.0, 501.0]).tolist()
    found = group_amounts(_matrix(log_amount=[logs[0], logs[0], np.nan], log_amount_group=[np.nan, logs[1], np.nan]))
    np.testing.assert_allclose(found[:2], [1_000.0, 500.0])
    assert np.isnan(found[2])


def test_the_billing_method_is_the_segment() -> None:
    matrix = _matrix(
        method_time_and_materials=[1.0, 0.0, 0.0, np.nan],
        method_milestone=[0.0, 1.0, 0.0, np.nan],
        method_fixed_fee=[0.0, 0.0, 1.0, np.nan],
    )
    assert segments_of(matrix).tolist() == ["time_and_materials", "milestone", "fixed_fee", OTHER]


def test_the_promise_is_what_the_settings_say() -> None:
    promise = promise_of(CONFIG.model_copy(update={"alpha_money": 0.03, "money_cap": 7_000.0}))
    assert promise is not None
    assert (promise.alpha, promise.alpha_money, promise.money_cap, promise.delta) == (0.05, 0.03, 7_000.0, 0.1)


def test_the_evidence_is_that_of_the_chosen_rows() -> None:
    rows, probability = _rows()
    evidence = evidence_of(dataset(), rows[:40], probability[:40])
    assert len(evidence) == 40
    np.testing.assert_array_equal(evidence.bad, dataset().labels.disputed[rows[:40]])
    assert np.isfinite(evidence.amount).all()


def test_a_certificate_lapses_its_days_after_the_newest_record() -> None:
    rows, probability = _rows()
    loose = CONFIG.model_copy(update={"alpha": 0.4, "alpha_money": 0.4})
    chosen = Chosen(rows, rows, rows[:0])
    settings = [loose.model_copy(update={"certificate_days": days}) for days in (30, 90)]
    certificates = [certify_rows(dataset(), chosen, probability, config, Uncounted()) for config in settings]
    ends = [date.fromisoformat(one.valid_until) for one in certificates if isinstance(one, Certificate)]
    assert (ends[1] - ends[0]).days == 60
    assert all(isinstance(one, Certificate) and one.data_digest == dataset().digest for one in certificates)


def test_each_row_is_cleared_by_the_threshold_of_its_own_segment() -> None:
    document = {
        "threshold": 0.01,
        "certified_apart": ["time_and_materials", "milestone"],
        "segments": {"time_and_materials": {"threshold": 0.05}, REST: {"threshold": 0.01}},
    }
    matrix = _matrix(method_time_and_materials=[1.0, 0.0, 0.0], method_milestone=[0.0, 1.0, 0.0])
    assert certified_thresholds(document, matrix).tolist() == [0.05, -np.inf, 0.01]


@pytest.mark.parametrize(("document", "expected"), [({"threshold": 0.02}, 0.02), ({}, -np.inf)])
def test_an_undivided_certificate_speaks_for_every_row_and_an_empty_one_for_none(
    document: dict[str, float], expected: float
) -> None:
    assert certified_thresholds(document, _matrix(log_amount=[1.0, 2.0])).tolist() == [expected, expected]


def test_outcomes_of_other_rows_do_not_change_a_certificate() -> None:
    rows, probability = _rows()
    loose = CONFIG.model_copy(update={"alpha": 0.4, "alpha_money": 0.4})
    altered = dataset().labels.disputed.copy()
    altered[rows[200:]] = 1.0
    other = replace(dataset(), labels=replace(dataset().labels, disputed=altered))
    chosen = Chosen(rows[:200], rows[:200], rows[:0])
    first, second = (certify_rows(data, chosen, probability[:200], loose, Uncounted()) for data in (dataset(), other))
    assert first == second
    assert isinstance(first, Certificate)


def test_only_preventable_causes_count_where_the_promise_is_about_them() -> None:
    rows, risk = _rows()
    everything, preventable = (went_bad(dataset(), rows, outcome) for outcome in Outcome)
    causes = dataset().labels.dispute_cause[rows]
    np.testing.assert_array_equal(everything, dataset().labels.disputed[rows])
    assert 0 < preventable.sum() < everything.sum()
    assert set(causes[(everything == 1) & (preventable == 0)]) <= {"scope_quality", "other"}
    np.testing.assert_array_equal(evidence_of(dataset(), rows, risk, outcome=Outcome.PREVENTABLE).bad, preventable)


def test_half_of_the_own_rate_is_counted_on_earlier_rows_alone() -> None:
    rows, risk = _rows()
    half = CONFIG.model_copy(update={"tolerance": Tolerance.HALF_OF_OWN_RATE})
    earlier, later = rows[:500], rows[500:]
    own = own_rate(dataset(), earlier, half)
    assert own is not None
    assert own.count == pytest.approx(dataset().labels.disputed[earlier].mean())
    assert own.rows == 500
    promise = promise_of(half, own)
    assert promise is not None
    assert (promise.alpha, promise.alpha_money, promise.own_rate) == (own.count / 2, own.money / 2, own)
    altered = replace(dataset().labels, disputed=np.where(np.arange(len(dataset())) >= later[0], 1.0,
                                                          dataset().labels.disputed))  # fmt: skip
    assert own_rate(replace(dataset(), labels=altered), earlier, half) == own
    refused = certify_rows(dataset(), Chosen(later, later, earlier[:3]), risk[500:], half, Uncounted())
    assert isinstance(refused, Refusal)
    assert refused.ground is Ground.NO_OWN_RATE


def test_a_promise_in_expectation_states_no_confidence() -> None:
    promise = promise_of(CONFIG.model_copy(update={"promise": Assurance.IN_EXPECTATION}))
    assert promise is not None
    assert promise.delta == 1.0
    assert "without a stated confidence" in promise.to_dict()["in_words"]
