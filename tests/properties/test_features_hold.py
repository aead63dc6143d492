"""Invariants of the feature matrix over random ledgers: no future, no order, and one row equals the batch."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from features.anchors import ANCHOR_GROUPS, ANCHORS_DIGEST
from features.build import build_features
from features.history import History, load_history, load_slice, microseconds, text_digest, with_records
from features.matrix import FeatureMatrix, IntArray
from features.moments import scoring_moments
from ledger.database import raw_cursor
from ledger.store import append
from tests.features.builders import history_of
from tests.features.random_records import random_records

SEEDS = st.integers(0, 2**32 - 1)
DAY_US = 86_400_000_000


def later(moments: IntArray, seed: int) -> IntArray:
    """Moments anywhere from the first knowledge to 90 days later."""
    return moments + np.random.default_rng(seed).integers(0, 90 * DAY_US, len(moments))


def same_bytes(one: FeatureMatrix, other: FeatureMatrix) -> None:
    differing = [name for name in one.names if one.column(name).tobytes() != other.column(name).tobytes()]
    assert differing == []


def embed(connection: Connection, seed: int) -> None:
    """Similarities for some of the texts, as the encoder would have stored them."""
    rng = np.random.default_rng(seed)
    for number in range(4):
        raw_cursor(connection).execute(
            "INSERT INTO note_embedding VALUES (%s, 'test', '{}', %s, %s)",
            [text_digest(f"text {number}"), ANCHORS_DIGEST, rng.uniform(-1, 1, len(ANCHOR_GROUPS)).tolist()],
        )


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_records_not_known_yet_never_change_a_feature(seed: int) -> None:
    records = random_records(seed)
    history = history_of(*records)
    ids, moments = scoring_moments(history)
    as_of = later(moments, seed)
    full = build_features(history, ids, as_of)
    for row in range(0, len(ids), 4):
        known = [record for record in records if microseconds(record.known_at) < as_of[row]]
        cut = build_features(history_of(*known), ids[row : row + 1], as_of[row : row + 1])
        same_bytes(cut, full.rows(np.array([row])))


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_records_never_matters(seed: int) -> None:
    records = random_records(seed)
    shuffled = random.Random(seed).sample(records, len(records))
    ids, moments = scoring_moments(history_of(*records))
    as_of = later(moments, seed)
    same_bytes(build_features(history_of(*records), ids, as_of), build_features(history_of(*shuffled), ids, as_of))


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_a_row_does_not_depend_on_the_rows_beside_it(seed: int) -> None:
    history = history_of(*random_records(seed))
    ids, moments = scoring_moments(history)
    as_of = later(moments, seed)
    order = np.random.default_rng(seed).permutation(len(ids))[: len(ids) // 2 + 1]
    same_bytes(build_features(history, ids, as_of).rows(order), build_features(history, ids[order], as_of[order]))


@pytest.mark.parametrize("seed", range(12))
def test_one_row_on_its_slice_has_the_bytes_of_the_whole_ledger(connection: Connection, seed: int) -> None:
    append(connection, random_records(seed, size=200))
    embed(connection, seed)
    history = load_history(connection)
    ids, moments = scoring_moments(history)
    as_of = later(moments, seed)
    batch = build_features(history, ids, as_of)
    for row in range(len(ids)):
        alone = build_features(load_slice(connection, [ids[row]]), ids[row : row + 1], as_of[row : row + 1])
        same_bytes(alone, batch.rows(np.array([row])))


@pytest.mark.parametrize("seed", range(4))
def test_records_added_inline_count_like_written_ones(connection: Connection, seed: int) -> None:
    records = random_records(seed)
    append(connection, records)
    ids, moments = scoring_moments(load_history(connection))
    as_of = later(moments, seed)
    inline = with_records(History({}), records)
    same_bytes(build_features(load_history(connection), ids, as_of), build_features(inline, ids, as_of))


@pytest.mark.parametrize("seed", range(4))
def test_the_lineage_of_a_slice_is_the_lineage_of_the_ledger(connection: Connection, seed: int) -> None:
    append(connection, random_records(seed))
    history = load_history(connection)
    ids, moments = scoring_moments(history)
    for invoice_id, moment in zip(ids.tolist(), later(moments, seed).tolist(), strict=True):
        whole = history.lineage(invoice_id, moment)
        part = load_slice(connection, [invoice_id]).lineage(invoice_id, moment)
        # A slice leaves out what is too old to count: an approver's and a currency's distant past.
        assert set(part.pop("approval", [])) <= set(whole.pop("approval", []))
        assert set(part.pop("fx_rate", [])) <= set(whole.pop("fx_rate", []))
        assert part == whole
