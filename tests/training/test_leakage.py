"""Leakage canaries: what nobody could know at the moment changes no feature, no score and no fit."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import orjson
import pytest

from features.build import build_features
from features.history import History, with_records
from features.matrix import FeatureMatrix
from ledger.records import Note, Payment, Record
from models.arrays import FloatArray, IntArray
from models.delay import DelayModel
from models.dispute import DisputeModel
from tests.training.firm import CONFIG, dataset, firm, trained
from training.dataset import Dataset
from training.evaluation import dispute_tests
from training.fit_delay import fit_delay
from training.fit_dispute import fit_dispute
from training.metrics import roc_auc

ROWS = slice(900, 960)


@cache
def _history() -> History:
    return with_records(History({}), firm().records)


@cache
def _rows() -> FeatureMatrix:
    return dataset().matrix.rows(np.arange(len(dataset()))[ROWS])


def _late_records(kind: type[Record]) -> list[Record]:
    """Of each row's client, a record said to have happened long before the moment, but known only after it."""
    last = max(int(moment) for moment in _rows().as_of)
    late = []
    for number, one in enumerate(record for record in firm().records if isinstance(record, kind)):
        known = one.known_at + timedelta(days=2_000)
        assert known.timestamp() * 1e6 > last
        changed = {one.identity: f"late-{number}", "source_id": f"late-{number}", "known_at": known}
        late.append(one.model_copy(update=changed))
    return late


@pytest.mark.parametrize("kind", [Note, Payment])
def test_records_known_later_change_no_feature_and_no_score(kind: type[Record]) -> None:
    late = _late_records(kind)
    assert len(late) > 100
    rows = _rows()
    changed = build_features(with_records(_history(), late), rows.invoice_ids, rows.as_of)
    np.testing.assert_array_equal(changed.values, rows.values)
    delay, dispute = (trained().candidates[risk].model for risk in ("delay", "dispute"))
    assert isinstance(delay, DelayModel)
    assert isinstance(dispute, DisputeModel)
    np.testing.assert_array_equal(delay.curve(changed.values), delay.curve(rows.values))
    np.testing.assert_array_equal(dispute.probability(changed.values), dispute.probability(rows.values))


def test_the_same_records_known_in_time_do_change_features() -> None:
    rows = _rows()
    early = [one.model_copy(update={"known_at": one.event_at}) for one in _late_records(Payment)]
    changed = build_features(with_records(_history(), early), rows.invoice_ids, rows.as_of)
    assert not np.array_equal(changed.values, rows.values, equal_nan=True)


def _cut() -> int:
    # Late enough to learn, early enough for labels after it to mature.
    return int(dataset().as_of[len(dataset()) * 6 // 10])


def _scrambled(data: Dataset, cut: int) -> Dataset:
    """The same data with every outcome changed that was not known before the cut."""
    labels, late = data.labels, data.labels.delay_known_at >= cut
    told = (labels.disputed == 1) & (labels.dispute_known_at < cut)
    unknown = (data.dispute_matured_at() >= cut) & ~told
    flipped = replace(
        labels,
        days_late=np.where(late, labels.days_late + 40, labels.days_late),
        disputed=np.where(unknown, 1 - labels.disputed, labels.disputed),
    )
    return replace(data, labels=flipped)


def test_outcomes_known_after_the_cut_do_not_touch_the_delay_model() -> None:
    plain = fit_delay(dataset(), _cut(), CONFIG)
    scrambled = fit_delay(_scrambled(dataset(), _cut()), _cut(), CONFIG)
    assert orjson.dumps(scrambled.to_dict()) == orjson.dumps(plain.to_dict())


def test_outcomes_known_after_the_cut_do_not_touch_the_dispute_model() -> None:
    plain = fit_dispute(dataset(), _cut(), CONFIG)
    scrambled = fit_dispute(_scrambled(dataset(), _cut()), _cut(), CONFIG)
    assert orjson.dumps(scrambled.to_dict()) == orjson.dumps(plain.to_dict())


def test_outcomes_known_before_the_cut_do() -> None:
    plain = fit_dispute(dataset(), _cut(), CONFIG)
    scrambled = fit_dispute(_scrambled(dataset(), _cut() // 2), _cut(), CONFIG)
    assert orjson.dumps(scrambled.to_dict()) != orjson.dumps(plain.to_dict())


def _with_values(data: Dataset, values: FloatArray) -> Dataset:
    return replace(data, matrix=replace(data.matrix, values=values))


def _auc_out_of_time(data: Dataset) -> float:
    (test,) = dispute_tests(data, _after(data), fit_dispute(data, _cut(), CONFIG))
    return roc_auc(test.outcome, test.probability)


def _after(data: Dataset) -> IntArray:
    return np.flatnonzero(data.as_of >= _cut())


def test_columns_that_tell_nothing_rank_no_better_than_chance() -> None:
    noise = np.random.default_rng(1).normal(size=dataset().matrix.values.shape)
    assert abs(_auc_out_of_time(_with_values(dataset(), noise)) - 0.5) < 0.2


def test_a_column_that_told_the_outcome_would_be_noticed() -> None:
    values = np.random.default_rng(1).normal(size=dataset().matrix.values.shape)
    values[:, 0] = np.nan_to_num(dataset().labels.disputed) + values[:, 0] / 4
    assert _auc_out_of_time(_with_values(dataset(), values)) > 0.9
