"""The auto-clear certificate of a trained dispute model: what was held out, asked what may be promised."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from features.matrix import FeatureMatrix
from models.arrays import BoolArray, FloatArray, IntArray
from models.certificate import Certificate, Evidence, Promise, certify
from models.delay import DelayModel
from models.dispute import DisputeModel
from models.segments import segments_of
from training.candidate import Candidate
from training.config import TrainingConfig
from training.dataset import Dataset
from training.evaluation import matured
from training.splits import holdout


def certified(dataset: Dataset, config: TrainingConfig, candidates: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """The candidates, that for disputes with its certificate: an empty one when no threshold qualifies."""
    delay, dispute = candidates.get("delay"), candidates.get("dispute")
    if delay is None or dispute is None or not dispute.tests:
        return dict(candidates)
    model, clock = dispute.model, delay.model
    assert isinstance(model, DisputeModel)
    assert isinstance(clock, DelayModel)
    rows = matured(dataset, np.arange(len(dataset)))
    held_out = rows[holdout(dataset.as_of[rows], share=config.holdout_share).after]
    # What a model abstains on is never cleared, so that it is no part of the promise either.
    X = dataset.matrix.values[held_out]
    kept = held_out[model.support.covers(X) & clock.support.covers(X)]
    certificate = certify_rows(dataset, kept, model.probability(dataset.matrix.values[kept]), config)
    signed = replace(model, certificate=certificate.to_dict() if certificate else {})
    facts = {**dispute.facts, "certificate": signed.certificate}
    return {**candidates, "dispute": replace(dispute, model=signed, facts=facts)}


def certify_rows(
    dataset: Dataset, rows: IntArray, probability: FloatArray, config: TrainingConfig
) -> Certificate | None:
    """Certify on ``rows`` (n,), matured and unseen by any fit, with their calibrated risks (n,)."""
    valid_until = datetime.fromtimestamp(dataset.observed_until / 1e6, UTC) + timedelta(days=config.certificate_days)
    return certify(
        evidence_of(dataset, rows, probability),
        promise_of(config),
        valid_until=valid_until.date().isoformat(),
        data_digest=dataset.digest,
    )


def evidence_of(dataset: Dataset, rows: IntArray | BoolArray, probability: FloatArray) -> Evidence:
    """Risks, outcomes, amounts and segments of a selection of rows."""
    matrix = dataset.matrix.rows(rows)
    return Evidence(probability, dataset.labels.disputed[rows], group_amounts(matrix), segments_of(matrix))


def promise_of(config: TrainingConfig) -> Promise:
    """What the settings want promised."""
    return Promise(config.alpha, config.alpha_money, config.money_cap, config.delta)


def group_amounts(matrix: FeatureMatrix) -> FloatArray:
    """Absolute amounts in group currency, ``float64`` (n,), NaN where unknown.

    Without an exchange rate the invoice's own currency counts: a firm that keeps none has one currency, and an invoice
    in a foreign one without a rate is not cleared by any policy.
    """
    group, own = matrix.column("log_amount_group"), matrix.column("log_amount")
    return np.power(10.0, np.where(np.isnan(group), own, group)) - 1.0
