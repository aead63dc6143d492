"""The auto-clear guarantee: the promise fails in no more runs than it says, in count, in money and in every segment."""

from dataclasses import replace

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from models.arrays import FloatArray
from models.certificate import (
    THRESHOLDS,
    Certificate,
    Evidence,
    Ground,
    OwnRate,
    Promise,
    Proof,
    capped_weight,
    certify,
    fewest,
    last_of_the_sequence,
    prove,
    why_not,
)
from models.promise import Assurance, Division, Form, Tolerance, form_of
from models.segments import OTHER, POOLED, REST

CAP = 10_000.0
NO_MONEY_LIMIT = 1 - 1e-9
BY_METHOD = Form(segments=Division.BY_BILLING_METHOD)


def _promise(alpha: float = 0.05, alpha_money: float | None = None, delta: float = 0.1) -> Promise:
    return Promise(alpha, alpha if alpha_money is None else alpha_money, CAP, delta, BY_METHOD)


def _evidence(probability: FloatArray, bad: FloatArray, amount: float = CAP, segment: str = OTHER) -> Evidence:
    return Evidence(probability, bad, np.full(len(bad), amount), np.full(len(bad), segment, dtype="<U20"))


def _period(n: int, seed: int) -> Evidence:
    """Reported risks that understate the true ones by a third; outcomes; amounts that grow with the risk."""
    rng = np.random.default_rng(seed)
    reported = rng.beta(0.6, 6.0, n)
    amount = rng.lognormal(8.5, 1.0, n) * (1 + 6 * reported)
    bad = (rng.random(n) < np.minimum(1.5 * reported, 1)).astype(float)
    segment = rng.choice(["time_and_materials", "milestone", OTHER], n, p=[0.6, 0.3, 0.1])
    return Evidence(reported, bad, amount, segment.astype("<U20"))


def _certify(evidence: Evidence, promise: Promise | None = None) -> Certificate | None:
    return certify(evidence, promise or _promise(), valid_until="2026-01-01", data_digest="d")


def _true_risks() -> dict[float, tuple[float, float]]:
    """True share of bad invoices and of money lost at or below every threshold, from a large sample of risks."""
    large = _period(400_000, seed=99)
    risk, weight = np.minimum(1.5 * large.probability, 1), capped_weight(large.amount, CAP)
    found = {}
    for threshold in THRESHOLDS.tolist():
        cleared = large.probability <= threshold
        found[threshold] = (
            float(risk[cleared].mean()),
            float(np.average(risk[cleared], weights=weight[cleared])),
        )
    return found


TRUTH = _true_risks()


def test_the_promise_fails_in_at_most_a_share_delta_of_the_runs_in_count_and_money_together() -> None:
    proofs = [prove(_period(2_500, seed), _promise(), delta=0.1) for seed in range(400)]
    broken = [proof is not None and max(TRUTH[proof.threshold]) > 0.05 for proof in proofs]
    # Three standard errors of 400 runs at delta = 0.1 are 0.045.
    assert np.mean(broken) <= 0.1 + 0.045
    assert np.mean([proof is not None for proof in proofs]) > 0.6


def test_a_limit_on_money_costs_coverage_and_lowers_the_money_lost() -> None:
    periods = [_period(20_000, seed) for seed in range(10)]
    alone, both = (
        [proof for period in periods if (proof := prove(period, _promise(0.05, limit), delta=0.1))]
        for limit in (NO_MONEY_LIMIT, 0.05)
    )
    assert len(alone) == len(both) == 10
    assert sum(proof.cleared for proof in alone) > sum(proof.cleared for proof in both)
    assert np.mean([TRUTH[proof.threshold][1] for proof in alone]) > np.mean([TRUTH[p.threshold][1] for p in both])


def test_the_family_of_segments_keeps_the_promise_together() -> None:
    broken = []
    for seed in range(150):
        certificate = _certify(_period(6_000, seed), _promise(0.05, NO_MONEY_LIMIT))
        assert certificate is not None
        assert certificate.certified_apart == ("time_and_materials", "milestone")
        # Segments are drawn at random here, so that the true share below a threshold is the same in each.
        broken.append(any(TRUTH[proof.threshold][0] > 0.05 for proof in certificate.proofs.values()))
    assert np.mean(broken) <= 0.1 + 0.073  # three standard errors of 150 runs


def test_delta_is_divided_among_the_segments_that_are_tested() -> None:
    certificate = _certify(_period(6_000, 1))
    assert certificate is not None
    assert set(certificate.proofs) <= {"time_and_materials", "milestone", REST}
    assert {proof.delta for proof in certificate.proofs.values()} == {0.1 / 3}


def test_few_rows_are_certified_undivided() -> None:
    certificate = _certify(_period(600, 1), _promise(0.1, NO_MONEY_LIMIT))
    assert certificate is not None
    assert list(certificate.proofs) == [POOLED]
    assert certificate.proofs[POOLED].delta == 0.1


def test_a_segment_that_fails_is_not_saved_by_the_others() -> None:
    good, bad = _evidence(np.full(3_000, 0.01), np.zeros(3_000)), np.ones(3_000)
    poor = _evidence(np.full(3_000, 0.01), bad, segment="milestone")
    both = Evidence(*(np.concatenate(parts) for parts in zip(vars(good).values(), vars(poor).values(), strict=True)))
    certificate = _certify(both)
    assert certificate is not None
    assert list(certificate.proofs) == [OTHER]
    assert "milestone" in certificate.certified_apart


def test_nothing_is_promised_where_nothing_qualifies() -> None:
    rng = np.random.default_rng(1)
    assert _certify(_evidence(rng.random(2_000) * 0.01, (rng.random(2_000) < 0.2).astype(float))) is None


@pytest.mark.parametrize("rows", [0, 1, 100])
def test_nothing_is_promised_on_a_handful_of_invoices(rows: int) -> None:
    assert _certify(_evidence(np.full(rows, 0.001), np.zeros(rows))) is None


def test_small_amounts_say_little_about_money() -> None:
    probability, bad = np.full(1_000, 0.001), np.zeros(1_000)
    assert _certify(_evidence(probability, bad, amount=CAP)) is not None
    assert _certify(_evidence(probability, bad, amount=CAP / 50)) is None


def test_one_large_loss_can_cost_the_certificate_that_a_small_one_does_not() -> None:
    probability, bad = np.full(600, 0.001), np.repeat([1.0, 0.0], [18, 582])
    amount = np.full(600, CAP)
    segment = np.full(600, OTHER, dtype="<U20")
    small_lost, large_lost = amount.copy(), amount.copy()
    small_lost[:18], large_lost[18:] = CAP / 10, CAP / 2
    assert _certify(Evidence(probability, bad, small_lost, segment)) is not None
    assert _certify(Evidence(probability, bad, large_lost, segment)) is None


def test_unknown_amounts_count_as_the_cap_and_negative_ones_by_their_size() -> None:
    weights = capped_weight(np.array([np.nan, -5_000.0, 2_500.0, 1e9]), CAP)
    np.testing.assert_allclose(weights, [1.0, 0.5, 0.25, 1.0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 599))
def test_the_threshold_never_rises_when_one_more_goes_bad(seed: int, place: int) -> None:
    evidence = _period(600, seed)
    worse = evidence.bad.copy()
    worse[place] = 1.0
    before = prove(evidence, _promise(0.15), delta=0.1)
    after = prove(Evidence(evidence.probability, worse, evidence.amount, evidence.segment), _promise(0.15), delta=0.1)
    assert _reach(after) <= _reach(before)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(0.1, 0.05), (0.05, 0.02), (0.2, 0.1)]))
def test_a_smaller_delta_never_raises_the_threshold(seed: int, deltas: tuple[float, float]) -> None:
    evidence, (loose, tight) = _period(900, seed), deltas
    # The sequence begins where both levels would begin it, at half of the rows.
    assert _reach(prove(evidence, _promise(0.3), delta=tight)) <= _reach(prove(evidence, _promise(0.3), delta=loose))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_the_sequence_ends_at_its_first_failure(results: list[tuple[bool, bool]]) -> None:
    tested, passed = (np.array([pair[side] for pair in results], dtype=bool) for side in (0, 1))
    found = last_of_the_sequence(tested, passed)
    expected = None
    for place, (asked, held) in enumerate(results):
        if asked and not held:
            break
        expected = place if asked else expected
    assert found == expected


def test_a_larger_tolerance_never_clears_less() -> None:
    found = [_reach(prove(_period(3_000, 2), _promise(alpha), delta=0.1)) for alpha in (0.03, 0.05, 0.1, 0.2)]
    assert found == sorted(found)
    assert found[-1] > found[0]


def test_the_proof_says_what_it_counted() -> None:
    evidence = _period(3_000, seed=3)
    proof = prove(evidence, _promise(), delta=0.1)
    assert proof is not None
    cleared = evidence.probability <= proof.threshold
    weight = capped_weight(evidence.amount, CAP)[cleared]
    assert (proof.cleared, proof.bad) == (cleared.sum(), evidence.bad[cleared].sum())
    assert proof.coverage == pytest.approx(cleared.mean())
    assert proof.loss == pytest.approx(np.average(evidence.bad[cleared], weights=weight))
    assert proof.p_count == pytest.approx(binom.cdf(proof.bad, proof.cleared, 0.05))
    assert max(proof.p_count, proof.p_money) <= 0.1


def test_the_first_failing_threshold_ends_the_search() -> None:
    # Safe up to 0.01, bad beyond, and so many safe ones at 0.4 that the whole would qualify again.
    probability = np.repeat([0.005, 0.02, 0.4], [600, 300, 400])
    proof = prove(_evidence(probability, np.repeat([0.0, 1.0, 0.0], [600, 300, 400])), _promise(), delta=0.1)
    assert proof is None or proof.threshold < 0.02


def test_the_order_of_the_rows_is_of_no_matter() -> None:
    evidence = _period(900, 5)
    shuffled = np.random.default_rng(1).permutation(900)
    again = Evidence(*(column[shuffled] for column in vars(evidence).values()))
    first, second = prove(evidence, _promise(0.1), delta=0.1), prove(again, _promise(0.1), delta=0.1)
    assert first is not None
    assert second is not None
    assert first.threshold == second.threshold
    assert first.p_money == pytest.approx(second.p_money)


def test_the_document_sums_the_proofs_and_survives_json() -> None:
    certificate = _certify(_period(6_000, 1))
    assert certificate is not None
    document = certificate.to_dict()
    assert orjson.loads(orjson.dumps(document)) == document
    assert set(document["segments"]) == set(certificate.proofs)
    assert document["threshold"] == min(part["threshold"] for part in document["segments"].values())
    assert document["cleared"] == sum(part["cleared"] for part in document["segments"].values())
    assert document["rows"] == 6_000
    assert document["p_value"] <= 0.1 / 3
    assert (document["alpha_money"], document["money_cap"], document["valid_until"]) == (0.05, CAP, "2026-01-01")


def test_an_undivided_document_has_no_segments() -> None:
    certificate = _certify(_period(600, 1), _promise(0.1, NO_MONEY_LIMIT))
    assert certificate is not None
    assert (certificate.to_dict()["segments"], certificate.to_dict()["certified_apart"]) == ({}, [])


def test_the_fewest_rows_are_those_whose_spotless_record_would_just_pass() -> None:
    rows = fewest(0.05, 0.1)
    assert 0.95**rows <= 0.1 < 0.95 ** (rows - 1)


def test_a_pooled_promise_is_one_proof_at_the_whole_of_delta_and_clears_no_less_here() -> None:
    divided, pooled = _certify(_period(6_000, 1)), _certify(_period(6_000, 1), replace(_promise(), form=Form()))
    assert divided is not None
    assert pooled is not None
    assert list(pooled.proofs) == [POOLED]
    assert pooled.proofs[POOLED].delta == 0.1
    assert pooled.to_dict()["cleared"] > divided.to_dict()["cleared"]


def test_a_promise_in_expectation_holds_on_average_and_clears_more_than_one_with_confidence() -> None:
    form = Form(promise=Assurance.IN_EXPECTATION)
    weaker = replace(_promise(0.05, NO_MONEY_LIMIT), form=form, delta=1.0)
    periods = [_period(2_500, seed) for seed in range(300)]
    found = [prove(period, weaker, delta=1.0) for period in periods]
    sure = [prove(period, _promise(0.05, NO_MONEY_LIMIT), delta=0.1) for period in periods]
    shares = [0.0 if proof is None else TRUTH[proof.threshold][0] for proof in found]
    # Three standard errors of the mean; the promise is about the mean, and in single runs it is often broken.
    assert np.mean(shares) <= 0.05 + 3 * np.std(shares) / np.sqrt(len(shares))
    assert np.mean([share > 0.05 for share in shares]) > 0.1
    assert sum(map(_reach, found)) > sum(map(_reach, sure))


def test_a_refusal_names_what_was_missing() -> None:
    few = _evidence(np.full(30, 0.001), np.zeros(30))
    assert why_not(few, _promise()).ground is Ground.TOO_FEW_ROWS
    rng = np.random.default_rng(1)
    risky = _evidence(rng.random(2_000) * 0.01, (rng.random(2_000) < 0.2).astype(float))
    refusal = why_not(risky, _promise())
    assert refusal.ground is Ground.FIRST_THRESHOLD_FAILED
    assert refusal.cleared is not None
    assert refusal.bad is not None
    assert refusal.bad > 0.1 * refusal.cleared
    assert orjson.loads(orjson.dumps(refusal.to_dict()))["ground"] == "first_threshold_failed"


def test_the_document_states_the_form_its_words_and_the_rate_it_halved() -> None:
    own = OwnRate(0.12, 0.1, 4_000, "2025-09-30")
    form = Form(tolerance=Tolerance.HALF_OF_OWN_RATE)
    certificate = _certify(_period(6_000, 1), Promise(0.06, 0.05, CAP, 0.1, form, own))
    assert certificate is not None
    document = certificate.to_dict()
    assert orjson.loads(orjson.dumps(document)) == document
    assert form_of(document) == form
    assert document["own_rate"] == {"count": 0.12, "money": 0.1, "rows": 4_000, "until": "2025-09-30"}
    assert "at most 6% of the cleared invoices" in document["in_words"]
    assert "half of the firm's own rate: 12% of the invoices and 10% of the money" in document["in_words"]


def _reach(proof: Proof | None) -> float:
    return 0.0 if proof is None else proof.threshold
