"""The auto-clear certificate of a trained dispute model: what was held out, asked what may be promised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from features.matrix import FeatureMatrix
from models.arrays import BoolArray, FloatArray, IntArray
from models.certificate import (
    Certificate,
    Evidence,
    Ground,
    OwnRate,
    Promise,
    Refusal,
    capped_weight,
    certify,
    why_not,
)
from models.delay import DelayModel
from models.dispute import DisputeModel
from models.promise import Assurance, Outcome, Tolerance, counts_as_bad, judged_risk
from models.segments import segments_of
from training.attempts import Attempts, Trial, rows_digest
from training.candidate import Candidate
from training.config import TrainingConfig
from training.dataset import Dataset
from training.evaluation import matured
from training.splits import holdout

# Bad invoices below which half of the firm's own rate would be a tolerance that chance set.
FEWEST_BAD = 10


@dataclass(frozen=True)
class Chosen:
    """Rows of a data set by what they are for.

    Attributes:
        held_out: matured, and seen by no fit or calibration.
        certified: those of them inside what the models rely on.
        earlier: matured before the first of the held-out rows: what the firm's own rate is counted on.
    """

    held_out: IntArray
    certified: IntArray
    earlier: IntArray


def certified(
    dataset: Dataset, config: TrainingConfig, candidates: Mapping[str, Candidate], attempts: Attempts
) -> dict[str, Candidate]:
    """The candidates, that for disputes with its certificate: an empty one when no threshold qualifies.

    The attempt is counted before its result is known. Why no threshold qualified is noted in the candidate's facts,
    under ``certificate_refused``.
    """
    delay, dispute = candidates.get("delay"), candidates.get("dispute")
    if delay is None or dispute is None or not dispute.tests:
        return dict(candidates)
    model, clock = dispute.model, delay.model
    assert isinstance(model, DisputeModel)
    assert isinstance(clock, DelayModel)
    chosen = chosen_rows(dataset, config, model, clock)
    risk = risk_under(model, dataset, chosen.certified, config.outcome)
    found = certify_rows(dataset, chosen, risk, config, attempts)
    refused = isinstance(found, Refusal)
    signed = replace(model, certificate={} if isinstance(found, Refusal) else found.to_dict())
    facts = {**dispute.facts, "certificate": signed.certificate}
    facts |= {"certificate_refused": found.to_dict()} if refused else {}
    return {**candidates, "dispute": replace(dispute, model=signed, facts=facts)}


def chosen_rows(dataset: Dataset, config: TrainingConfig, model: DisputeModel, clock: DelayModel) -> Chosen:
    """Which rows are certified on, and which came before them."""
    rows = matured(dataset, np.arange(len(dataset)))
    split = holdout(dataset.as_of[rows], share=config.held_out(len(rows)))
    held_out = rows[split.after]
    # What a model abstains on is never cleared, so that it is no part of the promise either.
    X = dataset.matrix.values[held_out]
    return Chosen(held_out, held_out[model.support.covers(X) & clock.support.covers(X)], rows[split.before])


def risk_under(model: DisputeModel, dataset: Dataset, rows: IntArray, outcome: Outcome) -> FloatArray:
    """The risk that the threshold is held against, ``float64`` (n,): the same that the scorer compares."""
    X = dataset.matrix.values[rows]
    names, causes = model.causes.causes_, model.causes.predict_proba(X).tolist()
    probabilities = model.probability(X).tolist()
    found = (
        judged_risk(outcome, one, dict(zip(names, shares, strict=True)))
        for one, shares in zip(probabilities, causes, strict=True)
    )
    return np.fromiter(found, dtype=np.float64, count=len(rows))


def certify_rows(
    dataset: Dataset, chosen: Chosen, risk: FloatArray, config: TrainingConfig, attempts: Attempts
) -> Certificate | Refusal:
    """Certify on the chosen rows (n,) with the risks (n,) that the promise is about, or say why not."""
    promise = promise_of(config, own_rate(dataset, chosen.earlier, config))
    if promise is None:
        return Refusal(Ground.NO_OWN_RATE, len(chosen.certified), config.alpha, config.alpha_money)
    evidence = evidence_of(dataset, chosen.certified, risk, outcome=config.outcome)
    valid_until = datetime.fromtimestamp(dataset.observed_until / 1e6, UTC) + timedelta(days=config.certificate_days)
    trial = Trial(_held_out_digest(dataset, chosen.held_out), evidence, promise)
    attempt = attempts.begin(trial)
    paid = replace(promise, attempt=attempt)
    found = certify(evidence, paid, valid_until=valid_until.date().isoformat(), data_digest=dataset.digest)
    result = found or why_not(evidence, paid)
    attempts.end(trial, attempt, result)
    return result


def _held_out_digest(dataset: Dataset, rows: IntArray) -> str:
    """The same for every model, feature and promise that is tried on these rows."""
    return rows_digest(dataset.matrix.invoice_ids[rows].tolist(), dataset.as_of[rows], dataset.labels.disputed[rows])


def evidence_of(
    dataset: Dataset, rows: IntArray | BoolArray, probability: FloatArray, *, outcome: Outcome = Outcome.ANY
) -> Evidence:
    """Risks, outcomes, amounts and segments of a selection of rows."""
    matrix = dataset.matrix.rows(rows)
    return Evidence(probability, went_bad(dataset, rows, outcome), group_amounts(matrix), segments_of(matrix))


def went_bad(dataset: Dataset, rows: IntArray | BoolArray, outcome: Outcome) -> FloatArray:
    """1.0 where a row was disputed or credited for a cause that counts, ``float64`` (n,)."""
    causes: list[Any] = dataset.labels.dispute_cause[rows].tolist()
    counted = np.array([counts_as_bad(outcome, cause) for cause in causes], dtype=bool)
    bad: FloatArray = np.where(counted, dataset.labels.disputed[rows], 0.0)
    return bad


def own_rate(dataset: Dataset, earlier: IntArray, config: TrainingConfig) -> OwnRate | None:
    """What went bad of the earlier rows (n,); ``None`` with too few bad ones to call it a rate.

    It is fixed before any certification row is looked at, so that half of it may be a tolerance like any other.
    """
    bad = went_bad(dataset, earlier, config.outcome)
    weight = capped_weight(group_amounts(dataset.matrix.rows(earlier)), config.money_cap)
    if bad.sum() < FEWEST_BAD or weight @ bad <= 0:
        return None
    until = datetime.fromtimestamp(int(dataset.as_of[earlier].max()) / 1e6, UTC).date().isoformat()
    return OwnRate(float(bad.mean()), float(weight @ bad / weight.sum()), len(earlier), until)


def promise_of(config: TrainingConfig, own: OwnRate | None = None) -> Promise | None:
    """What the settings want promised; ``None`` where it is half of a rate that is not known."""
    delta = 1.0 if config.promise is Assurance.IN_EXPECTATION else config.delta
    if config.tolerance is Tolerance.SHARE:
        return Promise(config.alpha, config.alpha_money, config.money_cap, delta, config.form)
    return None if own is None else Promise(own.count / 2, own.money / 2, config.money_cap, delta, config.form, own)


def group_amounts(matrix: FeatureMatrix) -> FloatArray:
    """Absolute amounts in group currency, ``float64`` (n,), NaN where unknown.

    Without an exchange rate the invoice's own currency counts: a firm that keeps none has one currency, and an invoice
    in a foreign one without a rate is not cleared by any policy.
    """
    group, own = matrix.column("log_amount_group"), matrix.column("log_amount")
    return np.power(10.0, np.where(np.isnan(group), own, group)) - 1.0
