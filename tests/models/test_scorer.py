"""The three models together: what is missing, abstains or may be cleared, and who gets reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from features.asof import DAY_US
from features.catalogue import CATALOGUE_DIGEST, FEATURE_NAMES
from models.arrays import FloatArray
from models.artifact import Artifact, ArtifactError
from models.assessment import Assessment, Confidence, RiskStatus
from models.explaining import ODD_P_VALUE
from models.hazards import EDGES, RELEASE_EDGES, DiscreteHazards
from models.learners.linear import LinearLearner
from models.release import ReleaseClock
from models.scorer import Scorer
from tests.models.fitted import anomaly_model, delay_model, dispute_model, matrix, rows

ALL = ("delay", "dispute", "anomaly")
CERTIFICATE: dict[str, Any] = {
    "alpha": 0.05, "alpha_money": 0.04, "money_cap": 25_000.0, "delta": 0.1, "p_count": 0.02, "p_money": 0.06,
    "rows": 900, "data_digest": "of the data", "certified_apart": [], "segments": {},
}  # fmt: skip


@dataclass(frozen=True)
class Due:
    """A context in which every invoice is due on one day, or on none, and was sent unless told otherwise."""

    due_on: Sequence[date | None]
    unsent_since: Sequence[date | None] = ()


def _scorer(*risks: str, threshold: float | None = 0.1, valid_until: str = "2099-12-31") -> Scorer:
    certificate = {} if threshold is None else {**CERTIFICATE, "threshold": threshold, "valid_until": valid_until}
    models: dict[str, Any] = {
        "delay": delay_model(),
        "dispute": dispute_model(certificate),
        "anomaly": anomaly_model(),
    }
    return Scorer({risk: Artifact(models[risk], f"digest of {risk}", CATALOGUE_DIGEST, {}) for risk in risks})


def _assess(scorer: Scorer, X: FloatArray, *, due: date | None = date(2026, 3, 1), **how: bool) -> list[Assessment]:
    return scorer.assess(matrix(X), Due([due] * len(X)), **how)


@pytest.mark.parametrize("missing", ALL)
def test_a_risk_without_a_model_is_unavailable_and_nothing_is_cleared(missing: str) -> None:
    scorer = _scorer(*(risk for risk in ALL if risk != missing), threshold=1.0)
    for one in _assess(scorer, rows(5)):
        assert getattr(one, missing).status is RiskStatus.UNAVAILABLE
        assert not one.clearable
        assert (one.clear_score is None) == (missing != "anomaly")
        assert missing not in one.model_digests


def test_without_any_model_everything_is_unavailable_and_nothing_fails() -> None:
    (one,) = _assess(Scorer({}), rows(1))
    assert {one.delay.status, one.dispute.status, one.anomaly.status} == {RiskStatus.UNAVAILABLE}
    assert one.reasons == ()


def test_outside_the_training_support_the_models_abstain_and_nothing_is_cleared() -> None:
    ordinary, strange = np.zeros((1, len(FEATURE_NAMES))), np.full((1, len(FEATURE_NAMES)), 40.0)
    near, far = _assess(_scorer(*ALL, threshold=1.0), np.vstack([ordinary, strange]))
    assert (near.delay.status, near.dispute.status, near.clearable) == (RiskStatus.OK, RiskStatus.OK, True)
    assert (far.delay.status, far.dispute.status) == (RiskStatus.ABSTAINED, RiskStatus.ABSTAINED)
    assert not far.clearable


def test_just_what_lies_at_or_below_the_certified_threshold_is_clearable() -> None:
    X = rows(200)
    for one in _assess(_scorer(*ALL, threshold=0.1), X):
        every_risk_ok = {one.delay.status, one.dispute.status, one.anomaly.status} == {RiskStatus.OK}
        assert one.dispute.probability is not None
        assert one.clearable == (every_risk_ok and one.dispute.probability <= 0.1)


def test_a_lapsed_certificate_clears_nothing() -> None:
    lapsed = _scorer(*ALL, threshold=0.5, valid_until="1969-12-31")
    assert not any(one.clearable for one in _assess(lapsed, rows(50)))


def test_without_a_certificate_nothing_is_clearable() -> None:
    assert not any(one.clearable for one in _assess(_scorer(*ALL, threshold=None), rows(50)))


def test_why_the_certificate_is_off_is_told_with_the_answer() -> None:
    off = {
        name: {one.certificate_off and one.certificate_off.code for one in _assess(scorer, rows(5))}
        for name, scorer in (
            ("in force", _scorer(*ALL)),
            ("lapsed", _scorer(*ALL, valid_until="1969-12-31")),
            ("none", _scorer(*ALL, threshold=None)),
            ("no model", Scorer({})),
        )
    }
    assert off == {"in force": {None}, "lapsed": {"lapsed"}, "none": {"none_yet"}, "no model": {"none_yet"}}


def test_what_training_noted_of_a_refused_certificate_is_told() -> None:
    scorer = _scorer(*ALL, threshold=None)
    noted = replace(scorer.artifacts["dispute"], facts={"certificate_refused": {"ground": "too_few_rows", "rows": 90}})
    (one,) = _assess(Scorer({**scorer.artifacts, "dispute": noted}), rows(1))
    assert one.certificate_off is not None
    assert one.certificate_off.code == "too_few_rows"
    assert "90 matured invoices are too few" in one.certificate_off.sentence


def test_every_answer_carries_the_guarantee_that_stands_behind_it() -> None:
    for one in _assess(_scorer(*ALL, threshold=0.1), rows(20)):
        assert one.guarantee is not None
        assert (one.guarantee.segment, one.guarantee.threshold, one.guarantee.p_value) == ("all", 0.1, 0.06)
        assert (one.guarantee.alpha, one.guarantee.alpha_money, one.guarantee.delta) == (0.05, 0.04, 0.1)
    assert all(one.guarantee is None for one in _assess(_scorer(*ALL, threshold=None), rows(3)))


def test_a_segment_without_a_proof_of_its_own_is_not_cleared_on_anothers() -> None:
    proof = {"threshold": 1.0, "p_count": 0.01, "p_money": 0.01, "rows": 700}
    divided = {"certified_apart": ["milestone", "fixed_fee"], "segments": {"milestone": proof}}
    model = replace(
        dispute_model(), certificate={**CERTIFICATE, **divided, "threshold": 1.0, "valid_until": "2099-12-31"}
    )
    scorer = _scorer(*ALL)
    scorer = Scorer({**scorer.artifacts, "dispute": replace(scorer.artifacts["dispute"], model=model)})
    X = np.zeros((3, len(FEATURE_NAMES)))
    X[0, FEATURE_NAMES.index("method_milestone")] = X[1, FEATURE_NAMES.index("method_fixed_fee")] = 1.0
    found = _assess(scorer, X)
    assert [one.clearable for one in found] == [True, False, False]
    assert [one.guarantee and one.guarantee.segment for one in found] == ["milestone", "fixed_fee", "rest"]
    assert [one.guarantee and one.guarantee.threshold for one in found] == [1.0, None, None]
    assert [one.certificate_off and one.certificate_off.code for one in found] == [
        None,
        "not_for_segment",
        "not_for_segment",
    ]


def test_reasons_are_given_only_where_a_person_will_look() -> None:
    found = _assess(_scorer(*ALL), rows(200))
    assert not any(one.reasons for one in found if one.clearable)
    assert any(one.clearable for one in found)
    assert any(one.reasons for one in found if not one.clearable)


def test_a_risk_is_explained_only_where_it_is_above_the_firms_ordinary_level() -> None:
    late, disputed = delay_model().base_rate(), dispute_model().base_rate()
    for one in _assess(_scorer(*ALL, threshold=None), rows(100)):
        explained = {reason.risk for reason in one.reasons}
        assert one.delay.probability_late is not None
        assert one.dispute.probability is not None
        assert one.anomaly.p_value is not None
        assert "delay" not in explained or one.delay.probability_late > late
        assert "dispute" not in explained or one.dispute.probability > disputed
        assert "anomaly" not in explained or one.anomaly.p_value <= ODD_P_VALUE


def test_reasons_can_be_left_out() -> None:
    assert not any(one.reasons for one in _assess(_scorer(*ALL), rows(50), explain=False))


def test_models_of_other_feature_definitions_are_refused() -> None:
    artifact = replace(_scorer("delay").artifacts["delay"], catalogue_digest="of another day")
    with pytest.raises(ArtifactError, match="delay: trained on other feature definitions"):
        Scorer({"delay": artifact})


def test_the_delay_risk_is_read_off_one_curve() -> None:
    model, X = delay_model(), rows(20)
    for row, one in enumerate(_assess(_scorer(*ALL), X)):
        assert [day for day, _ in one.delay.curve] == EDGES.astype(int).tolist()
        assert one.delay.probability_late == dict(one.delay.curve)[15]
        assert one.delay.probability_late == model.probability_late(X[row : row + 1])[0]
        assert one.delay.expected_days_late == pytest.approx(model.expected_days_late(X[row : row + 1])[0])


def test_cash_is_expected_at_the_due_date_plus_the_median() -> None:
    late, early = np.zeros((2, 1, len(FEATURE_NAMES)))
    late[0, 1], early[0, 1] = 2.0, -2.0
    soon, later = _assess(_scorer(*ALL), np.vstack([early, late]))
    assert soon.delay.expected_cash_on is not None
    assert later.delay.expected_cash_on is not None
    assert soon.delay.expected_cash_on < date(2026, 3, 1) < later.delay.expected_cash_on
    (unknown,) = _assess(_scorer(*ALL), late, due=None)
    assert unknown.delay.expected_cash_on is None


@pytest.mark.parametrize(
    ("paid", "confidence"),
    [(10, Confidence.HIGH), (9, Confidence.MEDIUM), (3, Confidence.MEDIUM), (2, Confidence.LOW), (np.nan, "low")],
)
def test_confidence_follows_the_clients_payment_history(paid: float, confidence: str) -> None:
    X = np.zeros((1, len(FEATURE_NAMES)))
    X[0, FEATURE_NAMES.index("paid_count")] = paid
    (one,) = _assess(_scorer(*ALL), X)
    assert {one.delay.confidence, one.dispute.confidence, one.anomaly.confidence} == {confidence}


def test_the_clear_score_follows_the_larger_risk() -> None:
    for one in _assess(_scorer(*ALL), rows(20)):
        assert one.delay.probability_late is not None
        assert one.dispute.probability is not None
        assert one.clear_score == 1 - max(one.delay.probability_late, one.dispute.probability)


def test_a_missing_usual_rate_is_told_as_unknown() -> None:
    X = np.zeros((1, len(FEATURE_NAMES)))
    X[0, FEATURE_NAMES.index("dispute_rate")] = np.nan
    (one,) = _assess(_scorer(*ALL), X)
    assert one.dispute.usual is None
    assert one.delay.usual == 0.0


def test_one_row_is_assessed_as_it_is_in_a_batch() -> None:
    scorer, X = _scorer(*ALL), rows(30)
    for row, one in enumerate(_assess(scorer, X)):
        (alone,) = _assess(scorer, X[row : row + 1])
        assert alone.clearable == one.clearable
        assert alone.dispute.probability == pytest.approx(one.dispute.probability, abs=1e-12)
        assert alone.anomaly.p_value == one.anomaly.p_value
        assert [reason.code for reason in alone.reasons] == [reason.code for reason in one.reasons]


def test_no_rows_give_no_assessments() -> None:
    assert _assess(_scorer(*ALL), rows(0)) == []


def _with_release() -> Scorer:
    """A scorer whose release clock knows that drafts wait about eight days."""
    rng, X = np.random.default_rng(4), rows()
    days = np.maximum(np.round(8 + rng.normal(0, 2, len(X))), 0)
    hazards = DiscreteHazards({"linear": LinearLearner(0.01)}, {"linear": 1.0}, tuple(RELEASE_EDGES))
    clock = ReleaseClock(hazards.fit(X, days, np.full(len(X), np.nan)), {})
    model = replace(delay_model(), release=clock)
    return Scorer({"delay": Artifact(model, "digest", CATALOGUE_DIGEST, {})})


def test_an_unsent_invoice_tells_when_it_will_be_sent_and_its_money_comes_no_earlier_for_it() -> None:
    today = date.fromordinal(date(1970, 1, 1).toordinal() + int(matrix(rows(1)).as_of[0] // DAY_US))
    draft, sent = (_with_release().assess(matrix(rows(1)), Due([today], [since]))[0].delay for since in (today, None))
    assert sent.expected_issue_on is None
    assert draft.expected_issue_on is not None
    assert 4 <= (draft.expected_issue_on - today).days <= 12
    assert draft.expected_cash_on >= sent.expected_cash_on  # type: ignore[operator]  # both are due


def test_an_invoice_that_waited_long_is_not_expected_in_the_past() -> None:
    today = date.fromordinal(date(1970, 1, 1).toordinal() + int(matrix(rows(1)).as_of[0] // DAY_US))
    long_ago = today - timedelta(days=50)
    delay = _with_release().assess(matrix(rows(1)), Due([today], [long_ago]))[0].delay
    assert delay.expected_issue_on is not None
    assert delay.expected_issue_on >= today


@pytest.mark.parametrize("failing", ALL)
def test_a_model_that_fails_leaves_its_own_risk_unavailable_and_no_other(failing: str) -> None:
    scorer = _scorer(*ALL, threshold=1.0)
    damaged: Any = SimpleNamespace(certificate={})
    broken = replace(scorer.artifacts[failing], model=damaged)
    found = _assess(Scorer({**scorer.artifacts, failing: broken}), rows(4))
    for one in found:
        statuses = {risk: getattr(one, risk).status for risk in ALL}
        assert [risk for risk, status in statuses.items() if status is RiskStatus.UNAVAILABLE] == [failing]
        assert not one.clearable
        assert failing in one.model_digests


def test_a_row_alone_is_told_the_same_bytes_as_among_many() -> None:
    scorer, X = _scorer(*ALL), rows(400)
    together = _assess(scorer, X)
    assert [_assess(scorer, X[place : place + 1])[0] for place in range(0, 400, 7)] == together[::7]
    assert _assess(scorer, X[:37]) == together[:37]
