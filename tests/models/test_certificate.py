"""The auto-clear guarantee: the promise fails in no more runs than it says, and asks for evidence."""

import numpy as np
import pytest
from scipy.stats import binom

from models.arrays import FloatArray
from models.certificate import Certificate, certify


def _certify(
    probability: FloatArray, bad: FloatArray, *, alpha: float = 0.05, delta: float = 0.1
) -> Certificate | None:
    return certify(probability, bad, alpha=alpha, delta=delta, valid_until="2026-01-01", data_digest="d")


def _period(n: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Reported risks that understate the true ones by a third, and outcomes."""
    rng = np.random.default_rng(seed)
    reported = rng.beta(0.6, 6.0, n)
    return reported, (rng.random(n) < np.minimum(1.5 * reported, 1)).astype(float)


def _true_share(threshold: float) -> float:
    """True share of bad invoices at or below a threshold, from a large sample of risks."""
    risks = np.random.default_rng(99).beta(0.6, 6.0, 400_000)
    return float(np.minimum(1.5 * risks[risks <= threshold], 1).mean())


def test_the_promise_fails_in_at_most_a_share_delta_of_the_runs() -> None:
    truths = {threshold: _true_share(threshold) for threshold in np.geomspace(0.002, 0.5, 60)}
    certificates = [_certify(*_period(900, seed)) for seed in range(400)]
    broken = [c is not None and truths[c.threshold] > c.alpha for c in certificates]
    # Three standard errors of 400 runs at delta = 0.1 are 0.045.
    assert np.mean(broken) <= 0.1 + 0.045
    assert np.mean([c is not None for c in certificates]) > 0.8


def test_nothing_is_promised_where_nothing_qualifies() -> None:
    rng = np.random.default_rng(1)
    assert _certify(rng.random(2_000) * 0.01, (rng.random(2_000) < 0.2).astype(float)) is None


def test_nothing_is_promised_on_a_handful_of_invoices() -> None:
    assert _certify(np.full(100, 0.001), np.zeros(100)) is None


def test_nothing_is_promised_on_no_invoices() -> None:
    assert _certify(np.empty(0), np.empty(0)) is None


def test_a_larger_tolerance_never_clears_less() -> None:
    probability, bad = _period(3_000, seed=2)
    found = [_certify(probability, bad, alpha=alpha) for alpha in (0.03, 0.05, 0.1, 0.2)]
    coverage = [0.0 if one is None else one.coverage for one in found]
    assert coverage == sorted(coverage)
    assert coverage[-1] > coverage[0]


def test_the_certificate_says_what_it_counted() -> None:
    probability, bad = _period(3_000, seed=3)
    certificate = _certify(probability, bad)
    assert certificate is not None
    cleared = probability <= certificate.threshold
    assert (certificate.cleared, certificate.bad) == (cleared.sum(), bad[cleared].sum())
    assert certificate.coverage == pytest.approx(cleared.mean())
    assert certificate.p_value == pytest.approx(binom.cdf(certificate.bad, certificate.cleared, 0.05))
    assert certificate.p_value <= certificate.delta
    assert certificate.to_dict()["valid_until"] == "2026-01-01"


def test_the_first_failing_threshold_ends_the_search() -> None:
    # Safe up to 0.01, bad beyond, and so many safe ones at 0.4 that the whole would qualify again.
    probability = np.repeat([0.005, 0.02, 0.4], [600, 300, 20_000])
    bad = np.concatenate([np.zeros(600), np.ones(300), np.zeros(20_000)])
    certificate = _certify(probability, bad)
    assert certificate is not None
    assert certificate.threshold < 0.02
