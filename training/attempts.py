"""The ledger of certification attempts: every look at the same rows is paid for with a part of δ."""

import hashlib
from dataclasses import dataclass
from math import pi
from typing import Protocol

import numpy as np
import orjson
from sqlalchemy import Connection, Engine, text

from models.arrays import FloatArray
from models.certificate import Attempt, Certificate, Evidence, Promise, Refusal
from models.promise import Assurance

# Risks are compared to this many digits: the same model may differ in the last ones between machines.
DIGITS = 6
_SAME = "SELECT attempt FROM certification_attempt WHERE data_digest = :data AND test_digest = :test"
_LAST = "SELECT coalesce(max(attempt), 0) FROM certification_attempt WHERE data_digest = :data"
_WRITE = """
INSERT INTO certification_attempt (data_digest, attempt, test_digest, rows, promise, delta_spent, who)
VALUES (:data, :attempt, :test, :rows, :promise, :spent, :who)
"""
_RESULT = """
INSERT INTO certification_result (data_digest, attempt, certified, result) VALUES (:data, :attempt, :certified, :result)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Trial:
    """What is about to be tested.

    Attributes:
        data_digest: SHA-256 of the rows' invoices, moments and outcomes, whatever is tried on them.
        evidence, promise: what decides the result.
    """

    data_digest: str
    evidence: Evidence
    promise: Promise


class Attempts(Protocol):
    """Where attempts are counted."""

    def begin(self, trial: Trial) -> Attempt:
        """Count an attempt, before its result is known."""

    def end(self, trial: Trial, attempt: Attempt, found: Certificate | Refusal) -> None:
        """Note what came of it."""


class Uncounted:
    """No ledger: every attempt has the whole of δ, and its certificate says so."""

    def begin(self, trial: Trial) -> Attempt:
        """The whole of δ."""
        return Attempt(None, trial.promise.delta)

    def end(self, trial: Trial, attempt: Attempt, found: Certificate | Refusal) -> None:
        """Nothing is noted."""


@dataclass(frozen=True)
class AttemptLedger:
    """The ledger in the firm's database.

    Attributes:
        engine: of the database.
        who: on whose behalf the attempts are made.
    """

    engine: Engine
    who: str

    def begin(self, trial: Trial) -> Attempt:
        """Write an attempt down and commit it: only then may the test be read.

        The very same test again (same rows, risks and promise) can only have the same result: it is the attempt that
        was paid for before. Rows of which only some were tested before count as new data.
        """
        with self.engine.begin() as connection:
            return _begun(connection, trial, self.who)

    def end(self, trial: Trial, attempt: Attempt, found: Certificate | Refusal) -> None:
        """Write the result beside the attempt."""
        certified = isinstance(found, Certificate)
        values = {"data": trial.data_digest, "attempt": attempt.number, "certified": certified}
        with self.engine.begin() as connection:
            connection.execute(text(_RESULT), values | {"result": orjson.dumps(found.to_dict()).decode()})


def allowance(delta: float, attempt: int) -> float:
    """The part of δ that the k-th attempt on the same rows may spend: δ · 6 / (π² k²), which sums to δ over all k.

    Alpha spending for an unbounded sequence of tests (Foster & Stine 2008, "α-investing: a procedure for sequential
    control of expected false discoveries", JRSS B 70(2), section 2): by the union bound the chance that any of the
    attempts promises what is false stays at or below δ, however often somebody trains and whatever made them try again.
    """
    return delta * 6 / (pi**2 * attempt**2)


def _begun(connection: Connection, trial: Trial, who: str) -> Attempt:
    where = {"data": trial.data_digest, "test": trial_digest(trial)}
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('triage.certification ' || :data))"), where)
    same = connection.execute(text(_SAME), where).scalar()
    if same is not None:
        return _paid(trial, same)
    number = connection.execute(text(_LAST), where).scalar_one() + 1
    attempt = _paid(trial, number)
    values = where | {"attempt": number, "rows": len(trial.evidence), "who": who}
    promise = orjson.dumps(trial.promise.to_dict()).decode()
    connection.execute(text(_WRITE), values | {"promise": promise, "spent": attempt.delta})
    return attempt


def _paid(trial: Trial, number: int) -> Attempt:
    """A promise in expectation has no δ to spend; its attempts are counted all the same."""
    expected = trial.promise.form.promise is Assurance.IN_EXPECTATION
    return Attempt(number, 0.0 if expected else allowance(trial.promise.delta, number))


def trial_digest(trial: Trial) -> str:
    """SHA-256 (hex) of everything that decides the result of a trial."""
    evidence = trial.evidence
    digest = hashlib.sha256(orjson.dumps(trial.promise.to_dict(), option=orjson.OPT_SORT_KEYS))
    for column in (np.round(evidence.probability, DIGITS), evidence.bad, evidence.amount):
        digest.update(np.ascontiguousarray(column, dtype=np.float64).tobytes())
    digest.update("\n".join(evidence.segment.tolist()).encode())
    return digest.hexdigest()


def rows_digest(invoice_ids: list[str], as_of: np.ndarray[tuple[int], np.dtype[np.int64]], bad: FloatArray) -> str:
    """SHA-256 (hex) of rows by invoice, moment and outcome."""
    digest = hashlib.sha256("\n".join(invoice_ids).encode())
    digest.update(np.ascontiguousarray(as_of).tobytes() + np.ascontiguousarray(bad).tobytes())
    return digest.hexdigest()
