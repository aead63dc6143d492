"""The benchmark compares like with like: three engines, one table of features."""

import numpy as np
import pytest

from benchmarks.feature_peers import NAMES, PEERS, bills

pytest.importorskip("duckdb", reason="a study package: installed by make")


@pytest.mark.parametrize("peer", ["pandas", "duckdb"])
def test_every_engine_gives_the_same_features(peer: str) -> None:
    table = bills(600)
    ours, theirs = PEERS["ours"](table), PEERS[peer](table)
    for name in NAMES:
        np.testing.assert_allclose(theirs[name], ours[name], rtol=1e-9, atol=1e-6, err_msg=name)


def test_the_table_holds_every_case() -> None:
    found = PEERS["ours"](bills(600))
    assert all(np.isfinite(found[name]).any() for name in NAMES)
    assert np.isnan(found["days_late_mean"]).any()
    assert (found["paid_count"] == 0).any()
