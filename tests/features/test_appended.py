"""Rows added at the end of a history give the features of a history made of all rows at once."""

import numpy as np
import pytest

from features.build import build_features
from features.catalogue import FEATURE_NAMES
from features.history import with_records
from features.moments import scoring_moments
from features.recordset import History
from tests.features.random_records import random_records


def halves(seed: int) -> tuple[History, History]:
    """A random ledger's history, and the same with some rows of three kinds added at the end of another one's."""
    whole = with_records(History({}), random_records(seed, size=200))
    later = {kind: whole.size(kind) * 2 // 3 for kind in ("invoice", "invoice_line", "approval")}
    first = History(
        {
            kind: {name: column[: later.get(kind, len(column))] for name, column in columns.items()}
            for kind, columns in whole.kinds.items()
        }
    )
    build_features(first, *scoring_moments(first))  # everything that can be shared is made
    return whole, first.appended({kind: dict(whole.columns(kind)) for kind in later})


@pytest.mark.parametrize("seed", range(4))
def test_features_do_not_tell_how_their_history_came_about(seed: int) -> None:
    whole, appended = halves(seed)
    ids, moments = scoring_moments(whole)
    expected, found = (build_features(history, ids, moments).values for history in (whole, appended))
    assert expected.shape == (len(ids), len(FEATURE_NAMES))
    np.testing.assert_array_equal(found, expected)


def test_what_was_made_of_other_kinds_is_shared() -> None:
    before, whole = (with_records(History({}), random_records(1, size=200)) for _ in range(2))
    index = before.index("note", "client_id")
    grown = before.appended({"invoice": dict(whole.columns("invoice"))})
    assert grown.index("note", "client_id") is index
    assert grown.index("invoice", "client_id") is not before.index("invoice", "client_id")
