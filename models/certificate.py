"""The auto-clear guarantee: below a threshold few invoices and little money go bad, with confidence 1 - δ."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from scipy.stats import binom

from models.arrays import BoolArray, FloatArray
from models.bets import money_p_values
from models.promise import ORDINARY, Assurance, Division, Form, promise_in_words
from models.segments import POOLED, REST, SEGMENTS

# Fixed in advance, as Learn-then-Test asks.
THRESHOLDS: FloatArray = np.geomspace(0.002, 0.5, 60)
# Where the sequence begins, in multiples of the fewest clean rows that could pass: one unlucky row among few would end
# it before it began, so twelve are asked for, or half of all rows where that is less, but never below four.
LEAST_START, FULL_START, START_SHARE = 4, 12, 0.5
SEGMENT_START = 12


@dataclass(frozen=True)
class Promise:
    """What is to be guaranteed.

    Attributes:
        alpha: largest share of bad invoices among the cleared that is tolerated.
        alpha_money: largest share of the cleared money that may go bad, each invoice counted up to the cap.
        money_cap: amount (group currency) up to which an invoice's money counts.
        delta: chance that any of it is false; 1 for a promise in expectation, which states none.
        form: which of the forms it is.
        own_rate: the firm's own rate that the tolerances are half of; ``None`` where they are fixed shares.
        attempt: which attempt on the same rows it is; ``None`` while that was not asked.
    """

    alpha: float
    alpha_money: float
    money_cap: float
    delta: float
    form: Form = ORDINARY
    own_rate: "OwnRate | None" = None
    attempt: "Attempt | None" = None

    @property
    def level(self) -> float:
        """What the test may spend: all of δ, or what this attempt was given of it."""
        counted = self.attempt is not None and self.form.promise is Assurance.WITH_CONFIDENCE
        return self.attempt.delta if counted and self.attempt is not None else self.delta

    def to_dict(self) -> dict[str, Any]:
        """The promise as JSON values, with its sentence."""
        own_rate = None if self.own_rate is None else asdict(self.own_rate)
        shares = {name: getattr(self, name) for name in ("alpha", "alpha_money", "money_cap", "delta")}
        attempt = None if self.attempt is None else asdict(self.attempt)
        stated = {**shares, "form": self.form.to_dict(), "own_rate": own_rate, "attempt": attempt}
        return {**stated, "in_words": promise_in_words(stated)}


@dataclass(frozen=True)
class Attempt:
    """A look at certification rows.

    Attributes:
        number: first, second, … on the same rows; ``None`` where nobody counts.
        delta: part of δ that it may spend.
    """

    number: int | None
    delta: float


@dataclass(frozen=True)
class OwnRate:
    """What went bad of the firm's invoices before the certification rows, cleared or not.

    Attributes:
        count, money: share of the invoices, and of their capped money, that went bad.
        rows: matured invoices that it was counted on.
        until: day (ISO 8601) of the last of their scoring moments.
    """

    count: float
    money: float
    rows: int
    until: str


@dataclass(frozen=True)
class Evidence:
    """Matured invoices that no fit or calibration has seen.

    Attributes:
        probability: ``float64`` (n,), calibrated risks of what the promise is about.
        bad: ``float64`` (n,), 1.0 where the invoice went bad in the sense of the promise.
        amount: ``float64`` (n,), group currency; an unknown one (NaN) counts as the cap.
        segment: ``str`` (n,), one of ``SEGMENTS``.
    """

    probability: FloatArray
    bad: FloatArray
    amount: FloatArray
    segment: Any

    def __len__(self) -> int:
        return len(self.probability)

    def rows(self, kept: BoolArray) -> "Evidence":
        """A selection of rows."""
        return Evidence(self.probability[kept], self.bad[kept], self.amount[kept], self.segment[kept])


@dataclass(frozen=True)
class Proof:
    """One threshold and the rows it was proved on.

    Attributes:
        threshold: calibrated dispute probability at or below which an invoice may be cleared.
        delta: this proof's part of the chance that the promise is false.
        rows: certification rows of the segment.
        cleared, bad: those at or below the threshold, and how many of them went bad.
        loss: share of the cleared capped money that went bad.
        coverage: ``cleared / rows``.
        p_count, p_money: p-values of "more than alpha of the invoices (of the money) go bad".
    """

    threshold: float
    delta: float
    rows: int
    cleared: int
    bad: int
    loss: float
    coverage: float
    p_count: float
    p_money: float


@dataclass(frozen=True)
class Certificate:
    """What was proved, on which data, for how long.

    Attributes:
        promise: tolerances and confidence; they hold for every proof at once.
        proofs: segment → proof; ``all`` when the rows were not divided.
        certified_apart: segments that were tested on their own rows; every other row belongs to ``rest``.
        rows: certification rows of all segments, certified or not.
        valid_until: day (ISO 8601) after which the certificate has lapsed.
        data_digest: SHA-256 of the certification rows' data set.
    """

    promise: Promise
    proofs: dict[str, Proof]
    certified_apart: tuple[str, ...]
    rows: int
    valid_until: str
    data_digest: str

    def to_dict(self) -> dict[str, Any]:
        """The certificate as JSON values: the promise, sums over its proofs, and the proofs where there are several.

        ``threshold`` is the smallest of the proofs' thresholds: whoever knows of no segments errs on the safe side.
        """
        proofs = list(self.proofs.values())
        cleared = sum(proof.cleared for proof in proofs)
        undivided = not self.certified_apart
        return {
            **self.promise.to_dict(),
            "threshold": min(proof.threshold for proof in proofs),
            "rows": self.rows,
            "cleared": cleared,
            "bad": sum(proof.bad for proof in proofs),
            "coverage": cleared / self.rows,
            "loss": max(proof.loss for proof in proofs),
            "p_value": max(max(proof.p_count, proof.p_money) for proof in proofs),
            "p_count": max(proof.p_count for proof in proofs),
            "p_money": max(proof.p_money for proof in proofs),
            "certified_apart": list(self.certified_apart),
            "segments": {} if undivided else {name: asdict(proof) for name, proof in self.proofs.items()},
            "valid_until": self.valid_until,
            "data_digest": self.data_digest,
        }


def certify(evidence: Evidence, promise: Promise, *, valid_until: str, data_digest: str) -> Certificate | None:
    """Thresholds by Learn-then-Test (Angelopoulos et al. 2021) for two risks, pooled or by billing method.

    By billing method, a segment with rows enough is tested on its own, all others together as ``rest``; δ is divided
    evenly among them, so that the chance of any false promise stays at δ. Who is tested apart depends on features
    alone. Each part's promise holds for its own rows, hence for their mixture too. The promise is for invoices
    exchangeable with the certification rows; drift breaks it, which is what monitoring watches for. A promise in
    expectation is proved by ``expected_to_hold`` instead.

    Returns:
        ``None`` when not even the safest threshold of any part qualifies: then nothing may be cleared.
    """
    apart = _apart(evidence, promise) if promise.form.segments is Division.BY_BILLING_METHOD else ()
    parts = dict(_parts(evidence, apart))
    proofs = {}
    for name, part in parts.items():
        proof = prove(part, promise, delta=promise.level / len(parts))
        if proof is not None:
            proofs[name] = proof
    return Certificate(promise, proofs, apart, len(evidence), valid_until, data_digest) if proofs else None


def _apart(evidence: Evidence, promise: Promise) -> tuple[str, ...]:
    """Segments with rows enough for a test of their own; none unless that divides the rows."""
    least = SEGMENT_START * fewest(min(promise.alpha, promise.alpha_money), promise.level / len(SEGMENTS))
    counts = {name: int((evidence.segment == name).sum()) for name in SEGMENTS}
    found = tuple(name for name, count in counts.items() if count >= least)
    return () if not found or sum(count > 0 for count in counts.values()) == 1 else found


def _parts(evidence: Evidence, apart: tuple[str, ...]) -> Iterator[tuple[str, Evidence]]:
    if not apart:
        yield POOLED, evidence
        return
    for name in apart:
        yield name, evidence.rows(evidence.segment == name)
    rest = ~np.isin(evidence.segment, apart)
    if rest.any():
        yield REST, evidence.rows(rest)


def prove(evidence: Evidence, promise: Promise, *, delta: float) -> Proof | None:
    """The largest qualifying threshold of one part, by fixed-sequence testing at level ``delta``.

    Thresholds are tried from the safest upwards. At each, both hypotheses must be rejected (an intersection-union test,
    so the larger p-value counts): that too many invoices go bad, by the exact binomial tail, and that too much money
    does, by betting. The first failure ends the sequence; thus no correction for the number of thresholds is needed.
    """
    steps = _Steps(evidence, promise)
    place = last_of_the_sequence(*steps.sequence(delta))
    return None if place is None else steps.proof(place, delta)


class _Steps:
    """What lies at or below each threshold, and which hypotheses about it are rejected."""

    def __init__(self, evidence: Evidence, promise: Promise) -> None:
        order = np.argsort(evidence.probability, kind="stable")
        self.promise, self.rows = promise, len(evidence)
        self.bad, self.weight = evidence.bad[order], capped_weight(evidence.amount[order], promise.money_cap)
        self.counts = np.searchsorted(evidence.probability[order], THRESHOLDS, side="right")
        self.failures, self.money = _sums(self.bad, self.counts), _sums(self.weight, self.counts)
        self.lost = _sums(self.weight * self.bad, self.counts)
        self.p_count = binom.cdf(self.failures, self.counts, promise.alpha)
        curve = money_p_values(self.weight, self.bad, alpha=promise.alpha_money)
        self.p_money = np.append(1.0, curve)[self.counts]

    def sequence(self, delta: float) -> tuple[BoolArray, BoolArray]:
        """Which thresholds are tested, and which pass. Too little to tell is not tested: that depends on features
        alone, so that nothing is spent.
        """
        units = self._units(delta)
        available = (float(self.rows), float(self.weight.sum()))
        starts = [_start(unit, whole) for unit, whole in zip(units, available, strict=True)]
        tested = (self.counts >= starts[0]) & (self.money >= starts[1])
        if self.promise.form.promise is Assurance.IN_EXPECTATION:
            return tested, self.expected_to_hold()
        return tested, np.maximum(self.p_count, self.p_money) <= delta

    def _units(self, delta: float) -> tuple[int, int]:
        """Rows, and caps of money, below which nothing could pass."""
        promise = self.promise
        if promise.form.promise is Assurance.IN_EXPECTATION:
            return _fewest_expected(promise.alpha), _fewest_expected(promise.alpha_money)
        return fewest(promise.alpha, delta), fewest(promise.alpha_money, delta)

    def expected_to_hold(self) -> BoolArray:
        """Where conformal risk control (Angelopoulos, Bates, Fisch, Lei & Schuster 2022) lets the threshold rise to.

        The loss of a row is 1{cleared} (bad - α), at most B = 1 - α; a threshold qualifies while the sum of the n
        losses plus B is at most zero (n R̂ / (n + 1) + B / (n + 1) <= 0), for count and for money alike. Such losses
        do not grow monotonically with the threshold, so that the search ends at the first failure (the paper's
        monotonised risk): then E[bad among the cleared] <= α E[cleared] holds up to a term that vanishes as the rows
        grow, not exactly, and only on average over certificates.
        """
        promise = self.promise
        count = self.failures - promise.alpha * self.counts + (1 - promise.alpha)
        money = self.lost - promise.alpha_money * self.money + (1 - promise.alpha_money)
        holds: BoolArray = (count <= 0) & (money <= 0)
        return holds

    def proof(self, place: int, delta: float) -> Proof:
        """What is known of one threshold."""
        return Proof(
            threshold=float(THRESHOLDS[place]),
            delta=delta,
            rows=self.rows,
            cleared=int(self.counts[place]),
            bad=int(self.failures[place]),
            loss=float(self.lost[place] / self.money[place]),
            coverage=float(self.counts[place] / self.rows),
            p_count=float(self.p_count[place]),
            p_money=float(self.p_money[place]),
        )


class Ground(StrEnum):
    """Why nothing was certified."""

    TOO_FEW_ROWS = "too_few_rows"
    FIRST_THRESHOLD_FAILED = "first_threshold_failed"
    NO_OWN_RATE = "no_own_rate"


@dataclass(frozen=True)
class Refusal:
    """Why nothing was certified, of all rows together.

    Attributes:
        rows: certification rows.
        tolerated, tolerated_money: the shares that were allowed.
        cleared, bad, loss, threshold: at the first threshold that was tested, where one was.
    """

    ground: Ground
    rows: int
    tolerated: float
    tolerated_money: float
    threshold: float | None = None
    cleared: int | None = None
    bad: int | None = None
    loss: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The refusal as JSON values."""
        return asdict(self) | {"ground": self.ground.value}


def why_not(evidence: Evidence, promise: Promise) -> Refusal:
    """Why ``certify`` found no threshold for a promise; by its pooled rows also where segments were tested."""
    steps = _Steps(evidence, promise)
    tested = np.flatnonzero(steps.sequence(promise.level)[0])
    ground = Ground.FIRST_THRESHOLD_FAILED if len(tested) else Ground.TOO_FEW_ROWS
    refusal = Refusal(ground, len(evidence), promise.alpha, promise.alpha_money)
    if not len(tested):
        return refusal
    first = steps.proof(int(tested[0]), promise.level)
    return replace(refusal, threshold=first.threshold, cleared=first.cleared, bad=first.bad, loss=first.loss)


def last_of_the_sequence(tested: BoolArray, passed: BoolArray) -> int | None:
    """Place of the last hypothesis rejected before the first failure among those tested; ``None`` without any."""
    failed = np.flatnonzero(tested & ~passed)
    end = failed[0] if len(failed) else len(tested)
    places = np.flatnonzero(tested[:end])
    return int(places[-1]) if len(places) else None


def capped_weight(amount: FloatArray, cap: float) -> FloatArray:
    """Money of each invoice as a share of the cap, in [0, 1]; unknown amounts count as the cap."""
    weight: FloatArray = np.minimum(np.abs(np.nan_to_num(amount, nan=cap)), cap) / cap
    return weight


def fewest(alpha: float, delta: float) -> int:
    """Rows below which no count of failures could pass: (1 - α)^n <= δ."""
    return int(np.ceil(np.log(delta) / np.log1p(-alpha)))


def _fewest_expected(alpha: float) -> int:
    """Rows below which no spotless record could hold on average: α n >= 1 - α."""
    return int(np.ceil((1 - alpha) / alpha))


def _start(unit: int, available: float) -> float:
    """Rows (or whole caps of money) that the first tested threshold must clear, of those available."""
    return max(LEAST_START * unit, min(FULL_START * unit, START_SHARE * available))


def _sums(values: FloatArray, counts: Any) -> FloatArray:
    """Sums of the first ``counts`` values."""
    sums: FloatArray = np.append(0.0, np.cumsum(values))[counts]
    return sums
