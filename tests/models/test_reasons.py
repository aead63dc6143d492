"""Reasons: only what holds up when somebody looks, in the words of finance."""

import numpy as np
import pytest

from features.catalogue import BY_NAME
from models.assessment import Reason
from models.reason_groups import NO_REASON
from models.reasons import MOST_REASONS, in_words, reasons_for

NAMES = ("overdue_count", "po_missing", "days_since_dispute", "days_late_mean", "late_rate_15", "open_count")


def _reasons(
    values: dict[str, float], shares: dict[str, float], usual: float = 1.0, risk: str = "dispute"
) -> list[Reason]:
    row = np.array([values.get(name, 0.0) for name in NAMES])
    contributions = np.array([shares.get(name, 0.0) for name in NAMES])
    return reasons_for(risk, NAMES, row, contributions, np.full(len(NAMES), usual))


def test_the_weightiest_reason_comes_first() -> None:
    found = _reasons({"overdue_count": 4, "days_late_mean": 30}, {"overdue_count": 0.3, "days_late_mean": 0.9})
    assert [reason.feature for reason in found] == ["days_late_mean", "overdue_count"]
    assert found[0].code == "dispute.client_pays_late"
    assert (found[0].value, found[0].usual, found[0].contribution) == (30.0, 1.0, 0.9)


def test_a_value_on_the_better_side_of_the_usual_is_no_reason() -> None:
    assert not _reasons({"overdue_count": 0}, {"overdue_count": 0.9})
    assert not _reasons({"days_since_dispute": 400}, {"days_since_dispute": 0.9})
    assert _reasons({"days_since_dispute": 0.2}, {"days_since_dispute": 0.9})


def test_a_missing_value_is_no_reason() -> None:
    assert not _reasons({"overdue_count": np.nan}, {"overdue_count": 0.9})


def test_what_lowers_the_risk_or_hardly_raises_it_is_no_reason() -> None:
    assert not _reasons({"overdue_count": 4, "open_count": 9}, {"overdue_count": -0.9, "open_count": 0.07})


def test_correlated_features_are_one_reason_told_by_the_weightiest_and_weighing_as_much_as_all() -> None:
    (reason,) = _reasons({"days_late_mean": 30, "late_rate_15": 2.0}, {"days_late_mean": 0.3, "late_rate_15": 0.2})
    assert (reason.code, reason.feature) == ("dispute.client_pays_late", "days_late_mean")
    assert reason.contribution == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (12.0, "12 days are left until payment is due (usual: 30)"),
        (-27.0, "payment was due 27 days ago (usual: 30 days left)"),
    ],
)
def test_what_is_over_is_told_as_the_past(days: float, sentence: str) -> None:
    (reason,) = reasons_for("delay", ("days_to_due",), np.array([days]), np.array([0.9]), np.array([30.0]))
    assert reason.sentence == sentence
    assert reason.value == days


@pytest.mark.parametrize("value", [-0.02, 0.02, -0.0])
def test_a_little_below_nothing_is_nothing(value: float) -> None:
    assert in_words(BY_NAME["days_to_due"], value) == "0"


def test_features_of_one_meaning_that_cancel_each_other_are_no_reason() -> None:
    assert not _reasons({"days_late_mean": 30, "late_rate_15": 2.0}, {"days_late_mean": 0.3, "late_rate_15": -0.25})


def test_many_small_shares_of_one_meaning_make_a_reason() -> None:
    assert _reasons({"overdue_count": 4, "open_count": 9}, {"overdue_count": 0.05, "open_count": 0.05})


def test_where_the_weightiest_does_not_hold_up_the_next_of_its_meaning_tells() -> None:
    (reason,) = _reasons({"overdue_count": np.nan, "open_count": 9}, {"overdue_count": 0.5, "open_count": 0.1})
    assert reason.feature == "open_count"


def test_a_feature_that_lowers_the_risk_never_tells_a_reason() -> None:
    assert not _reasons({"overdue_count": np.nan, "open_count": 9}, {"overdue_count": 0.5, "open_count": -0.1})


def test_an_unknown_usual_value_does_not_speak_against_a_reason() -> None:
    (reason,) = _reasons({"overdue_count": 4}, {"overdue_count": 0.9}, usual=np.nan)
    assert reason.usual is None
    assert "not known" in reason.sentence


def test_an_anomaly_may_lie_on_either_side() -> None:
    assert _reasons({"days_late_mean": -20}, {"days_late_mean": 2.0}, risk="anomaly")


def test_no_more_reasons_are_given_than_a_person_reads() -> None:
    everything = dict.fromkeys(NAMES, 5.0) | {"days_since_dispute": 0.1}
    assert len(_reasons(everything, dict.fromkeys(NAMES, 0.5))) == MOST_REASONS


def test_evidence_names_the_kinds_of_records_behind() -> None:
    (reason,) = _reasons({"overdue_count": 4}, {"overdue_count": 0.9})
    assert reason.evidence == BY_NAME["overdue_count"].evidence


@pytest.mark.parametrize(
    ("feature", "value", "words"),
    [
        ("late_rate_15", 0.414, "41 %"),
        ("po_missing", 1.0, "yes"),
        ("po_missing", 0.0, "no"),
        ("overdue_count", 3.0, "3"),
        ("prior_invoices", 1250.0, "1,250"),
        ("days_late_mean", 3.52, "3.5"),
        ("days_late_mean", 3.02, "3"),
        ("days_late_mean", -12.46, "-12.5"),
        ("log_amount", np.log10(12_501), "12,500"),
        ("days_late_mean", np.nan, "not known"),
    ],
)
def test_values_are_written_as_a_person_would(feature: str, value: float, words: str) -> None:
    assert in_words(BY_NAME[feature], value) == words


@pytest.mark.parametrize("name", sorted(NO_REASON))
def test_a_season_is_no_reason(name: str) -> None:
    assert reasons_for("delay", (name,), np.array([2.0]), np.array([1.0]), np.array([1.0])) == []


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - NO_REASON))
def test_every_feature_makes_a_sentence_without_open_places(name: str) -> None:
    values, shares = np.array([2.0]), np.array([1.0])
    (reason,) = reasons_for("anomaly", (name,), values, shares, np.array([1.0]))
    assert "{" not in reason.sentence
    assert in_words(BY_NAME[name], 2.0) in reason.sentence
