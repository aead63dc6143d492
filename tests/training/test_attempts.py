"""Attempts at a certificate are paid for: counted before the result is known, never changed, within δ for ever."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from models.arrays import FloatArray
from models.certificate import Evidence, Promise, certify
from models.promise import Assurance, Form, attempt_in_words
from tests.training.firm import CONFIG, dataset, trained
from training.attempts import AttemptLedger, Trial, Uncounted, allowance
from training.certification import certified

PROMISE = Promise(0.05, 0.05, 10_000.0, 0.1)


def _trial(seed: int = 1, data: str = "rows", promise: Promise = PROMISE) -> Trial:
    rng = np.random.default_rng(seed)
    probability: FloatArray = rng.random(400) * 0.01
    return Trial(data, Evidence(probability, np.zeros(400), np.full(400, 10_000.0), np.full(400, "x")), promise)


def test_all_attempts_together_spend_no_more_than_delta() -> None:
    spent = [allowance(0.1, attempt) for attempt in range(1, 20_001)]
    assert 0.0999 < sum(spent) <= 0.1
    assert spent == sorted(spent, reverse=True)


def test_each_other_attempt_on_the_same_rows_gets_less_and_new_rows_begin_anew(engine: Engine) -> None:
    ledger = AttemptLedger(engine, "ada")
    made = [ledger.begin(_trial(seed)) for seed in range(3)]
    assert [one.number for one in made] == [1, 2, 3]
    assert [one.delta for one in made] == [allowance(0.1, number) for number in (1, 2, 3)]
    assert ledger.begin(_trial(data="other rows")).number == 1


def test_the_very_same_test_again_is_the_attempt_that_was_paid_for(engine: Engine) -> None:
    ledger = AttemptLedger(engine, "ada")
    first, _ = ledger.begin(_trial(1)), ledger.begin(_trial(2))
    assert ledger.begin(_trial(1)) == first
    assert ledger.begin(_trial(1, promise=replace(PROMISE, alpha=0.06))).number == 3


def test_attempts_at_the_same_time_are_counted_one_by_one(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda seed: AttemptLedger(engine, "ada").begin(_trial(seed)), range(8)))
    assert sorted(one.number or 0 for one in made) == list(range(1, 9))


def test_a_promise_in_expectation_is_counted_and_spends_no_delta(engine: Engine) -> None:
    expected = replace(PROMISE, form=Form(promise=Assurance.IN_EXPECTATION), delta=1.0)
    attempt = AttemptLedger(engine, "ada").begin(_trial(promise=expected))
    assert (attempt.number, attempt.delta) == (1, 0.0)
    assert replace(expected, attempt=attempt).level == 1.0


@pytest.mark.parametrize("table", ["certification_attempt", "certification_result"])
@pytest.mark.parametrize("change", ["UPDATE {} SET attempt = 7", "DELETE FROM {}"])
def test_the_database_refuses_to_forget_an_attempt(engine: Engine, table: str, change: str) -> None:
    ledger, trial = AttemptLedger(engine, "ada"), _trial()
    attempt = ledger.begin(trial)
    found = certify(trial.evidence, PROMISE, valid_until="2026-01-01", data_digest="d")
    assert found is not None
    ledger.end(trial, attempt, found)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(change.format(table)))


def test_training_counts_its_attempt_with_who_and_result_and_the_certificate_says_so(engine: Engine) -> None:
    loose = CONFIG.model_copy(update={"alpha": 0.4, "alpha_money": 0.4})
    found = certified(dataset(), loose, trained().candidates, AttemptLedger(engine, "ada"))
    certificate = found["dispute"].facts["certificate"]
    assert certificate["attempt"] == {"number": 1, "delta": pytest.approx(allowance(0.1, 1))}
    assert attempt_in_words(certificate).startswith("Attempt 1 on these rows: it was allowed a 6.1%")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT * FROM certification_attempt NATURAL JOIN certification_result")).one()
    assert (kept.who, kept.certified, kept.promise["alpha"]) == ("ada", True, 0.4)
    assert kept.result["threshold"] == certificate["threshold"]
    # Stricter tolerances are another test on the same rows.
    again = certified(dataset(), CONFIG.model_copy(update={"alpha": 0.3}), found, AttemptLedger(engine, "bob"))
    noted = again["dispute"].facts
    assert (noted["certificate"] or {"attempt": {"number": 2}})["attempt"]["number"] == 2


def test_without_a_database_the_certificate_says_that_nobody_counts() -> None:
    loose = CONFIG.model_copy(update={"alpha": 0.4, "alpha_money": 0.4})
    certificate = certified(dataset(), loose, trained().candidates, Uncounted())["dispute"].facts["certificate"]
    assert certificate["attempt"] == {"number": None, "delta": 0.1}
    assert "not counted" in attempt_in_words(certificate)
