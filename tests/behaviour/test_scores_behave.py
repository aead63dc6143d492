"""How scores must behave: names and formats do not matter, and what is worse does not look better."""

from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from features.build import build_features
from features.catalogue import FEATURE_NAMES
from features.history import History, with_records
from ledger.records import Client, Invoice, InvoiceLine, Record
from models.arrays import FloatArray
from models.delay import DelayModel
from models.dispute import DisputeModel
from tests.training.firm import dataset, firm, trained


@cache
def _rows() -> FloatArray:
    return dataset().matrix.values[-400:]


def _disputes(X: FloatArray) -> FloatArray:
    model = trained().candidates["dispute"].model
    assert isinstance(model, DisputeModel)
    return model.probability(X)


def _lateness(X: FloatArray) -> FloatArray:
    model = trained().candidates["delay"].model
    assert isinstance(model, DelayModel)
    return model.probability_late(X)


def _features_of(records: list[Record]) -> FloatArray:
    rows = dataset().matrix.rows(np.arange(len(dataset()) - 400, len(dataset())))
    return build_features(with_records(History({}), records), rows.invoice_ids, rows.as_of).values


def _renamed(record: Record) -> Record:
    if isinstance(record, Client):
        return record.model_copy(update={"name": record.name[::-1].upper()})
    return record


def _reformatted(record: Record) -> Record:
    """The same amounts with more zeros behind the point."""
    if isinstance(record, Invoice | InvoiceLine):
        return record.model_copy(update={"amount": record.amount.quantize(Decimal("0.000001"))})
    return record


@pytest.mark.parametrize("change", [_renamed, _reformatted])
def test_names_and_formats_change_no_score(change: type[Record]) -> None:
    changed = _features_of([change(record) for record in firm().records])
    np.testing.assert_array_equal(changed, _rows())
    np.testing.assert_array_equal(_disputes(changed), _disputes(_rows()))


def _moved(name: str, by: float) -> FloatArray:
    X = _rows().copy()
    column = FEATURE_NAMES.index(name)
    X[:, column] += by * np.nanstd(dataset().matrix.values[:, column])
    return X


@pytest.mark.parametrize("name", ["rate_excess_max", "dispute_rate", "milestones_not_accepted", "po_missing"])
def test_what_is_worse_does_not_lower_the_dispute_risk_on_average(name: str) -> None:
    # A tolerance of a thousandth: a model may not know a feature at all.
    assert _disputes(_moved(name, 2.0)).mean() >= _disputes(_rows()).mean() - 1e-3


@pytest.mark.parametrize("name", ["late_rate_15", "days_late_mean", "overdue_share"])
def test_worse_payers_are_not_expected_earlier_on_average(name: str) -> None:
    assert _lateness(_moved(name, 2.0)).mean() >= _lateness(_rows()).mean() - 1e-3


def test_the_clients_own_record_of_disputes_raises_the_risk() -> None:
    assert _disputes(_moved("dispute_rate", 2.0)).mean() > _disputes(_rows()).mean()


def test_a_record_of_late_payments_raises_the_chance_of_another() -> None:
    X = _rows().copy()
    for name in ("late_rate_0", "late_rate_15", "late_rate_30", "late_rate_recent", "days_late_mean"):
        column = FEATURE_NAMES.index(name)
        X[:, column] += 2 * np.nanstd(dataset().matrix.values[:, column])
    assert _lateness(X).mean() > _lateness(_rows()).mean() + 0.05
