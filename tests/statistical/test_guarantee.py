"""The guarantee study in small: promises kept over drawn firms, broken by eye, and agreement with a peer library."""

import numpy as np
from mapie.risk_control import BinaryClassificationController, BinaryRisk
from scipy.stats import binom

from models.arrays import FloatArray, to_logit, to_probability
from models.certificate import THRESHOLDS, Evidence, Promise, certify, prove
from models.segments import OTHER
from training.suites.guarantee import resampled, rows_of
from training.suites.guarantee_trial import BY_EYE, CERTIFIED, DELTA, Population

FIRMS = 60


def _population(rows: int = 20_000) -> Population:
    """Risks as a firm has them, scores that miss them by half a unit of log-odds, and larger sums at more risk."""
    rng = np.random.default_rng(11)
    risk = rng.beta(0.8, 14.0, rows)
    score = to_probability(to_logit(risk) + rng.normal(0.0, 0.5, rows))
    amount = rng.lognormal(9.3, 1.0, rows) * (1 + risk)
    segment = rng.choice(["time_and_materials", OTHER], rows).astype("<U20")
    return Population(Evidence(score, np.zeros(rows), amount, segment), risk)


def _shares(rows: int) -> dict[tuple[str, str, str], tuple[float, float, float]]:
    found = resampled("drawn", _population(), firms=FIRMS, seed=5, rows=rows)
    return {(row.task, row.model, row.metric): (row.value, row.low, row.high) for row in rows_of(list(found))}


def test_certified_promises_are_broken_no_more_often_than_delta_says_and_those_made_by_eye_are() -> None:
    shares = _shares(rows=3_000)
    for alpha in ("1%", "2%", "5%", "10%"):
        value, low, _ = shares[f"alpha={alpha}", CERTIFIED, "broken_either"]
        assert low <= DELTA, f"{value:.0%} of {FIRMS} firms at {alpha}"
    assert shares["alpha=5%", BY_EYE, "broken_either"][1] > DELTA
    assert shares["alpha=5%", CERTIFIED, "cleared"][0] > 0.2
    assert shares["alpha=5%", CERTIFIED, "no_threshold"][0] < 0.5


def test_less_tolerance_and_fewer_rows_clear_less() -> None:
    few, many = _shares(rows=800), _shares(rows=3_000)
    by_alpha = [many[f"alpha={alpha}", CERTIFIED, "cleared"][0] for alpha in ("1%", "2%", "5%", "10%")]
    assert by_alpha == sorted(by_alpha)
    assert few["alpha=5%", CERTIFIED, "cleared"][0] < many["alpha=5%", CERTIFIED, "cleared"][0]


def test_the_promise_breaks_when_the_world_changes_after_it_was_made() -> None:
    before = _population()
    broken = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        drawn = rng.integers(0, len(before.risk), 3_000)
        bad = (rng.random(3_000) < before.risk[drawn]).astype(float)
        taken = before.evidence
        evidence = Evidence(taken.probability[drawn], bad, taken.amount[drawn], taken.segment[drawn])
        proof = prove(evidence, Promise(0.05, 0.05, 25_000.0, DELTA), delta=DELTA)
        if proof is not None:
            cleared = taken.probability <= proof.threshold
            broken.append(float((2.5 * before.risk[cleared]).mean()) > 0.05)
    assert len(broken) > 20
    assert np.mean(broken) > 0.9


def _mapie_p_values(score: FloatArray, bad: FloatArray, thresholds: FloatArray, alpha: float) -> FloatArray:
    """The peer's p-values of "more than alpha of the cleared go bad": 1 - precision, clearing being positive."""
    missed = BinaryRisk(
        risk_occurrence=lambda good, _: 1 - good,
        risk_condition=lambda _, cleared: cleared == 1,
        higher_is_better=False,
    )
    controller = BinaryClassificationController(
        predict_function=lambda X: np.column_stack([X[:, 0], 1 - X[:, 0]]),
        risk=missed,
        target_level=alpha,
        confidence_level=1 - DELTA,
        list_predict_params=1 - thresholds,
        best_predict_param_choice=missed,
        fwer_method="bonferroni",  # its p-values are asked for, not its choice among them
    )
    controller.calibrate(score[:, None], 1 - bad)
    return np.asarray(controller.p_values, dtype=float).ravel()


def test_the_peer_library_gives_the_same_or_more_cautious_p_values_and_never_more_coverage() -> None:
    rng = np.random.default_rng(3)
    score = rng.beta(0.8, 10.0, 4_000)
    bad = (rng.random(4_000) < score).astype(float)
    used = THRESHOLDS[(counts := (score[:, None] <= THRESHOLDS).sum(axis=0)) >= 300]
    theirs = _mapie_p_values(score, bad, used, alpha=0.05)
    counts = counts[-len(used) :]
    failures = ((score[:, None] <= used) & (bad[:, None] == 1)).sum(axis=0)
    ours = binom.cdf(failures, counts, 0.05)
    # The peer's Hoeffding-Bentkus bound holds for any bounded loss; the exact binomial tail is sharper for a yes or no.
    assert (ours <= theirs + 1e-9).all()
    np.testing.assert_array_equal(ours[theirs <= DELTA] <= DELTA, True)
    alone = certify(
        Evidence(score, bad, np.full(4_000, 1e9), np.full(4_000, OTHER)),
        Promise(0.05, 1 - 1e-9, 1.0, DELTA),
        valid_until="",
        data_digest="",
    )
    passed = np.flatnonzero(theirs <= DELTA)
    assert alone is not None
    assert alone.proofs["all"].threshold >= used[passed].max() - 1e-12
