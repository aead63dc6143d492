"""Findings: p-values that keep their promise, false alarms held over a run, and sentences that name the record."""

from dataclasses import replace

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.lines.judge import Judged
from models.arrays import FloatArray
from models.findings import FirmScores, benjamini_hochberg, find_line_anomalies, p_values, worth_telling
from tests.features.lines.test_checks import LATER, bill, flat, history_of


def _judged(score: FloatArray, **counts: float) -> Judged:
    n = len(score)
    counted = ("own", "own_beyond", "parent", "parent_beyond")
    numbers = {name: np.full(n, counts.get(name, 0.0)) for name in counted}
    plain = {name: np.ones(n) for name in ("value", "low", "high")}
    whole, others = np.arange(n), [None] * n
    names = [f"r{place}" for place in range(n)]
    about = ("entry_hours", "time_entry", "hours", whole, whole, names)
    return Judged(*about, score=score, other_id=list(others), **plain, **numbers)


def test_firm_wide_p_values_are_ranks() -> None:
    firm = FirmScores.of({"entry_hours": np.arange(1.0, 100.0)})
    np.testing.assert_allclose(p_values(_judged(np.array([99.5, 99.0, 50.0, 0.0])), firm), [0.01, 0.02, 0.51, 1.0])


def test_what_an_entity_often_does_is_no_finding() -> None:
    firm = FirmScores.of({"entry_hours": np.arange(1.0, 1_000.0)})
    rare = p_values(_judged(np.array([2_000.0]), own=30, own_beyond=0), firm)[0]
    habit = p_values(_judged(np.array([2_000.0]), own=30, own_beyond=15), firm)[0]
    assert rare == pytest.approx(0.001)
    assert habit == pytest.approx((15 + 20 * 0.001) / 50)


def test_without_the_firms_scores_the_wider_group_calibrates() -> None:
    assert p_values(_judged(np.array([5.0]), parent=19, parent_beyond=0), FirmScores())[0] == pytest.approx(0.05)
    assert p_values(_judged(np.array([5.0])), FirmScores())[0] == 1.0


def test_thinning_the_firms_scores_keeps_the_tail_exact() -> None:
    scores = np.sort(np.random.default_rng(1).exponential(size=50_000))
    firm = FirmScores.from_dict(orjson.loads(orjson.dumps(FirmScores.of({"entry_hours": scores}).to_dict())))
    number, beyond = firm.beyond("entry_hours", scores[[-1, -400, 25_000]])
    assert number == 50_000
    np.testing.assert_allclose(beyond, [1, 400, 25_000], rtol=0.002)


def test_p_values_of_exchangeable_scores_are_super_uniform() -> None:
    rng, found = np.random.default_rng(2), []
    for _ in range(60):
        firm = FirmScores.of({"entry_hours": rng.normal(size=200)})
        found.append(p_values(_judged(rng.normal(size=50)), firm))
    for level in (0.02, 0.1, 0.3):
        assert (np.concatenate(found) <= level).mean() < level + 0.02


def test_benjamini_hochberg_finds_the_textbook_set() -> None:
    values = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216])
    assert benjamini_hochberg(values, 0.05).tolist() == [True, True] + [False] * 8
    assert benjamini_hochberg(np.array([0.04, 0.03, 0.02, 0.01]), 0.05).all()


@given(st.lists(st.floats(0.0001, 1.0), max_size=30), st.floats(0.01, 0.5))
@settings(max_examples=60, deadline=None)
def test_benjamini_hochberg_rejects_the_smallest_and_more_at_a_higher_level(values: list[float], level: float) -> None:
    p = np.array(values)
    rejected, more = benjamini_hochberg(p, level), benjamini_hochberg(p, min(0.99, 1.5 * level))
    assert not (rejected & ~more).any()
    if rejected.any() and not rejected.all():
        assert p[rejected].max() <= p[~rejected].min()


def test_the_share_of_false_findings_is_held() -> None:
    rng, shares = np.random.default_rng(3), []
    for _ in range(200):
        values = np.concatenate([rng.uniform(size=180), rng.uniform(0, 0.001, size=20)])
        rejected = benjamini_hochberg(values, 0.1)
        shares.append(rejected[:180].sum() / max(rejected.sum(), 1))
    assert np.mean(shares) < 0.12


@pytest.mark.parametrize("level", [0.0, 1.0, -0.2])
def test_a_level_outside_zero_and_one_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg(np.array([0.5]), level)


def test_what_is_as_expected_is_never_told() -> None:
    one = replace(_judged(np.array([0.0, 0.2])), check="agreed_rate", kind="invoice_line")
    assert worth_telling(one, np.array([0.01, 0.01]), 0.1).tolist() == [False, True]


def test_a_finding_names_line_value_and_expected_range() -> None:
    records = [one for day in range(1, 25) for one in bill(day, day, flat(1_000))] + bill(26, 26, flat(10_000))
    quiet, loud = find_line_anomalies(history_of(records), ["i24", "i26"], np.array([LATER, LATER]))
    assert quiet == ()
    (finding,) = loud
    assert (finding.level, finding.kind, finding.record_id, finding.field) == (
        "line",
        "invoice_line",
        "i26-1",
        "amount",
    )
    assert finding.expected_low < 1_000 < finding.expected_high < finding.value == 10_000
    assert finding.p_value < 0.1
    assert finding.sentence == "Line i26-1 bills 10,000; the same item usually amounts to 960.79 to 1,040.81"


def test_a_foreign_role_is_told_with_the_person() -> None:
    records = [one for day in range(1, 9) for one in bill(day, day, {})] + bill(10, 10, {"role": "Partner"})
    found = find_line_anomalies(history_of(records), ["i10"], np.array([LATER]), level=0.2)[0]
    assert any("bills r as Partner" in finding.sentence for finding in found)
