"""The forms of the promise: which meets which, what old certificates meant, which disputes count, and the words."""

import itertools
from typing import Any

import pytest

from ledger.records.billing import NOT_PREVENTABLE, Cause
from models.promise import (
    CHOICES,
    ORDINARY,
    Assurance,
    Division,
    Form,
    Outcome,
    Tolerance,
    counts_as_bad,
    form_in_words,
    form_of,
    judged_risk,
    promise_in_words,
    refusal_in_words,
    wish_in_words,
)

FORMS = [Form(*values) for values in itertools.product(Outcome, Division, Tolerance, Assurance)]
SHARES: dict[str, Any] = {"alpha": 0.05, "alpha_money": 0.08, "money_cap": 25_000.0, "delta": 0.1}


def test_a_form_meets_itself_and_by_billing_method_meets_pooled() -> None:
    for one, other in itertools.product(FORMS, FORMS):
        same_but_segments = (one.outcome, one.tolerance, one.promise) == (other.outcome, other.tolerance, other.promise)
        stronger = one.segments is other.segments or other.segments is Division.POOLED
        assert one.meets(other) == (same_but_segments and stronger)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_survives_its_document(form: Form) -> None:
    assert form_of({"form": form.to_dict()}) == form


@pytest.mark.parametrize(
    ("apart", "segments"), [(["milestone"], "by_billing_method"), ([], "pooled"), (None, "pooled")]
)
def test_a_certificate_from_before_there_were_forms_means_what_it_meant(apart: list[str] | None, segments: str) -> None:
    assert form_of({"certified_apart": apart}) == Form(segments=Division(segments))


def test_scope_quality_and_other_are_not_preventable_and_an_unknown_cause_counts() -> None:
    assert {Cause.SCOPE_QUALITY, Cause.OTHER} == NOT_PREVENTABLE
    for cause in Cause:
        assert counts_as_bad(Outcome.ANY, cause)
        assert counts_as_bad(Outcome.PREVENTABLE, cause) == (cause not in NOT_PREVENTABLE)
    assert counts_as_bad(Outcome.PREVENTABLE, None)


def test_the_risk_of_a_preventable_dispute_leaves_the_other_causes_out() -> None:
    causes = {"other": 0.2, "rate": 0.5, "scope_quality": 0.3}
    assert judged_risk(Outcome.ANY, 0.1, causes) == 0.1
    assert judged_risk(Outcome.PREVENTABLE, 0.1, causes) == pytest.approx(0.05)


def test_every_form_has_its_own_words() -> None:
    said = {promise_in_words({**SHARES, "form": form.to_dict(), "own_rate": None}) for form in FORMS}
    assert len(said) == len(FORMS) / 2  # a certificate tells a tolerance of its own rate by the rate
    assert len({wish_in_words(form, **SHARES) for form in FORMS}) == len(FORMS)
    assert set(CHOICES) == set(ORDINARY.to_dict())


def test_the_ordinary_promise_in_words() -> None:
    assert promise_in_words(SHARES) == (
        "With 90% confidence, at most 5% of the cleared invoices are disputed or credited, and at most 8% of their "
        "money (each invoice counted up to 25,000)."
    )
    assert form_in_words(ORDINARY) == (
        "any dispute or credit note, all invoices together, fixed shares, with confidence"
    )


def test_a_refusal_in_words_names_its_ground() -> None:
    failed = {
        "ground": "first_threshold_failed", "threshold": 0.012, "cleared": 400, "bad": 31, "loss": 0.09,
        "tolerated": 0.05, "tolerated_money": 0.08, "rows": 900,
    }  # fmt: skip
    assert "31 of 400 invoices went bad and 9% of their money" in refusal_in_words(failed)
    assert "90 matured invoices are too few" in refusal_in_words({"ground": "too_few_rows", "rows": 90})
    assert "firm's own rate" in refusal_in_words({"ground": "no_own_rate", "rows": 90})
    assert refusal_in_words(None) == "No threshold qualified: nothing is cleared automatically."
