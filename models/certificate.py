"""The auto-clear guarantee: below a threshold at most a share α of the cleared goes bad, with confidence 1 - δ."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import binom

from models.arrays import FloatArray


@dataclass(frozen=True)
class Certificate:
    """What was proved, on which data, for how long.

    Attributes:
        threshold: calibrated dispute probability at or below which an invoice may be cleared.
        alpha: largest share of bad invoices among the cleared that is tolerated.
        delta: chance that the promise is false.
        cleared: certification invoices at or below the threshold.
        bad: those of them that were disputed or credited.
        coverage: share of the certification invoices that the threshold clears.
        p_value: of the hypothesis that the true share exceeds ``alpha``.
        valid_until: day (ISO 8601) after which the certificate has lapsed.
        data_digest: SHA-256 of the certification rows.
    """

    threshold: float
    alpha: float
    delta: float
    cleared: int
    bad: int
    coverage: float
    p_value: float
    valid_until: str
    data_digest: str

    def to_dict(self) -> dict[str, Any]:
        """The certificate as JSON values."""
        return asdict(self)


def certify(
    probability: FloatArray, bad: FloatArray, *, alpha: float, delta: float, valid_until: str, data_digest: str
) -> Certificate | None:
    """The largest qualifying threshold by Learn-then-Test with fixed-sequence testing (Angelopoulos et al. 2021).

    Thresholds are tried from the safest upwards on a grid fixed in advance; each is tested at level ``delta`` by the
    exact binomial tail of its bad count, and the first failure ends the sequence: so the family-wise error stays at
    ``delta`` without a correction. The promise holds for invoices exchangeable with the certification rows; drift
    breaks it, which is what monitoring watches for.

    Args:
        probability: ``float64`` (n,), calibrated risks of matured invoices that no fit or calibration has seen.
        bad: ``float64`` (n,), 1.0 where the invoice was disputed or credited.
        alpha, delta: see ``Certificate``.
        valid_until, data_digest: noted in the certificate.

    Returns:
        ``None`` when not even the safest threshold qualifies: then nothing may be cleared.
    """
    chosen: Certificate | None = None
    for threshold in np.geomspace(0.002, 0.5, 60):
        cleared = probability <= threshold
        count, failures = int(cleared.sum()), int(bad[cleared].sum())
        p_value = float(binom.cdf(failures, count, alpha)) if count else 1.0
        if count < 4 * _fewest(alpha, delta):
            continue  # too few to tell: not tested, which depends on the features alone, so nothing is spent
        if p_value > delta:
            break
        chosen = Certificate(
            float(threshold), alpha, delta, count, failures, count / len(bad), p_value, valid_until, data_digest
        )
    return chosen


def _fewest(alpha: float, delta: float) -> int:
    """Cleared invoices below which no count of failures could pass: (1 - α)^n <= δ."""
    return int(np.ceil(np.log(delta) / np.log1p(-alpha)))
