"""What an invoice is filed under: the version known at its moment, and the first place that knows."""

import numpy as np

from features.history import History, with_records
from tests.training.firm import dataset, firm
from training.attributes import PLACES, attributes_of
from training.dataset import Dataset


def _of(data: Dataset, name: str) -> list[str | None]:
    return data.attributes[name].tolist()


def test_every_row_has_every_attribute_and_a_selection_keeps_them() -> None:
    data = dataset()
    assert set(data.attributes) == set(PLACES)
    assert all(len(column) == len(data) for column in data.attributes.values())
    some = data.rows(np.array([3, 1]))
    assert _of(some, "region") == [_of(data, "region")[3], _of(data, "region")[1]]


def test_attributes_are_those_of_the_records() -> None:
    data, records = dataset(), firm().records
    clients = {one.client_id: one for one in records if one.kind == "client"}
    for client, country in zip(data.labels.client_id.tolist()[:200], _of(data, "client_country"), strict=False):
        assert country in (None, clients[client].country)
    assert {"time_and_materials", "milestone"} <= set(_of(data, "billing_method"))


def test_nothing_is_known_before_the_first_record() -> None:
    history = with_records(History({}), firm().records)
    found = attributes_of(history, dataset().matrix.invoice_ids[:5], np.zeros(5, dtype=np.int64))
    assert all(column.tolist() == [None] * 5 for column in found.values())


def test_no_attribute_is_part_of_what_a_model_sees_or_of_the_datas_digest() -> None:
    data = dataset()
    assert not set(PLACES) & set(data.matrix.names)
