"""Remedies against what only the simulator knows: they take away true causes, and the true risk with them."""

from dataclasses import dataclass

import numpy as np
import pytest

from features.build import build_features
from features.catalogue import CATALOGUE_DIGEST
from features.history import with_records
from features.moments import scoring_moments
from features.recordset import History
from ledger.records import Record
from ledger.records.billing import Cause
from models.arrays import FloatArray
from models.artifact import Artifact
from models.hypotheses import as_changes
from models.levers.find import find_levers
from models.levers.lever import Lever
from models.outlook import Remedy, narrowed
from models.remedies import suggest
from models.scorer import Scorer
from simulator.truth import InvoiceTruth
from tests.models.really import really
from tests.models.test_scorer import Due
from tests.training.firm import firm, trained

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Suggested:
    """An invoice of the held-out months with its levers, what was suggested first, and the truth about it."""

    invoice_id: str
    as_of: int
    levers: tuple[Lever, ...]
    remedy: Remedy
    truth: InvoiceTruth

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What the suggestion claims to take away."""
        return tuple(lever.cause for lever in self.remedy.levers if lever.cause is not None)

    @property
    def risk_after(self) -> float:
        """True risk without the true defects that the suggestion takes away."""
        return self.truth.probability_without(*(cause for cause in self.causes if cause in self.truth.visible))


@pytest.fixture(scope="module")
def history() -> History:
    """The firm's ledger, with record ids as a database gives them."""
    loaded = with_records(History({}), firm().records)
    return History({kind: {**table, "record_id": np.arange(len(table["record_id"]))} for kind, table in
                    loaded.kinds.items()})  # fmt: skip


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    made = trained().candidates
    return Scorer({risk: Artifact(one.model, risk, CATALOGUE_DIGEST, {}) for risk, one in made.items()})


@pytest.fixture(scope="module")
def suggested(history: History, scorer: Scorer) -> list[Suggested]:
    """First suggestions for the latest fifth of the drafts: no model has seen their outcomes."""
    ids, moments = scoring_moments(history)
    found: list[Suggested] = []
    for invoice_id, as_of in list(zip(ids.tolist(), moments.tolist(), strict=True))[-len(ids) // 5 :]:
        levers = find_levers(history, invoice_id, as_of)
        remedies = suggest(narrowed(history, invoice_id, as_of), invoice_id, as_of, scorer) if levers else ()
        if remedies:
            found.append(Suggested(invoice_id, as_of, levers, remedies[0], firm().truth[invoice_id]))
    return found


def _share(hits: list[bool]) -> tuple[float, float]:
    """A share and its standard error."""
    share = float(np.mean(hits))
    return share, float(np.sqrt(share * (1 - share) / len(hits)))


def test_most_suggestions_take_away_a_true_cause(suggested: list[Suggested]) -> None:
    hits = [cause in one.truth.visible for one in suggested for cause in one.causes]
    share, error = _share(hits)
    assert len(hits) >= 30
    assert share - 2 * error > 0.5


def test_suggestions_are_truer_than_a_lever_drawn_at_random(suggested: list[Suggested]) -> None:
    draw = np.random.default_rng(4)
    hits = [cause in one.truth.visible for one in suggested for cause in one.causes]
    drawn = [one.levers[draw.integers(len(one.levers))].cause for one in suggested for _ in range(20)]
    truths = [one.truth for one in suggested for _ in range(20)]
    at_random = [cause in truth.visible for cause, truth in zip(drawn, truths, strict=True)]
    assert np.mean(hits) > np.mean(at_random) + 0.03


def test_suggestions_belong_to_their_invoice(suggested: list[Suggested]) -> None:
    others = np.roll(np.arange(len(suggested)), 7)
    own = [cause in one.truth.visible for one in suggested for cause in one.causes]
    foreign = [cause in suggested[other].truth.visible for other, one in zip(others, suggested, strict=True)
               for cause in one.causes]  # fmt: skip
    assert np.mean(own) > 2 * np.mean(foreign)


def _resampled_means(values: FloatArray) -> FloatArray:
    draws = np.random.default_rng(9).integers(len(values), size=(1000, len(values)))
    means: FloatArray = values[draws].mean(axis=1)
    return means


def test_the_true_risk_is_lower_once_the_suggestion_is_done(suggested: list[Suggested]) -> None:
    before = np.array([one.truth.dispute_probability for one in suggested])
    after = np.array([one.risk_after for one in suggested])
    low = float(np.quantile(_resampled_means(before - after), 0.025))
    assert low > 0.25 * before.mean()


def test_what_the_models_promise_more_of_brings_more_in_truth(suggested: list[Suggested]) -> None:
    promised = np.array([(one.remedy.before.dispute or 0.0) - (one.remedy.after.dispute or 0.0) for one in suggested])
    brought = np.array([one.truth.dispute_probability - one.risk_after for one in suggested])
    little, much = np.array_split(np.argsort(promised, kind="stable"), 2)
    assert brought[much].mean() > brought[little].mean()


def test_the_promise_is_kept_to_the_byte_once_the_records_really_change(
    history: History, scorer: Scorer, suggested: list[Suggested]
) -> None:
    for one in suggested[:: max(1, len(suggested) // 8)]:
        part = narrowed(history, one.invoice_id, one.as_of)
        real = really(_of_interest(one), as_changes(part, one.remedy.levers), one.as_of)
        assert real
        changed = with_records(history, real)
        row = build_features(changed, np.array([one.invoice_id], dtype=object), np.array([one.as_of]))
        assert scorer.assess(row, Due([None]), explain=False)[0].dispute.probability == one.remedy.after.dispute


def _of_interest(one: Suggested) -> list[Record]:
    wanted = {(change.kind, change.entity_id) for lever in one.remedy.levers for change in lever.changes}
    return [record for record in firm().records if (record.kind, record.entity_id) in wanted]
