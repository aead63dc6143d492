"""The forms that an auto-clear promise can take, what each asks of an invoice, and its words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ledger.records.billing import NOT_PREVENTABLE


class Outcome(StrEnum):
    """What counts as gone bad."""

    ANY = "any"
    PREVENTABLE = "preventable"


class Division(StrEnum):
    """Whether one promise is made for all invoices, or one for each billing method with rows enough."""

    POOLED = "pooled"
    BY_BILLING_METHOD = "by_billing_method"


class Tolerance(StrEnum):
    """What the tolerated share is: a fixed one, or half of what the firm has without any clearing."""

    SHARE = "share"
    HALF_OF_OWN_RATE = "half_of_own_rate"


class Assurance(StrEnum):
    """How sure the promise is: in a stated share of cases, or only on average."""

    WITH_CONFIDENCE = "with_confidence"
    IN_EXPECTATION = "in_expectation"


@dataclass(frozen=True)
class Form:
    """Which promise is asked for, or was proved."""

    outcome: Outcome = Outcome.ANY
    segments: Division = Division.POOLED
    tolerance: Tolerance = Tolerance.SHARE
    promise: Assurance = Assurance.WITH_CONFIDENCE

    def meets(self, asked: "Form") -> bool:
        """Whether a certificate of this form is what ``asked`` wants.

        What holds for every billing method holds for all invoices together, so that such a certificate meets a wish for
        a pooled one. In every other respect the forms must agree.
        """
        divided = self.segments is Division.BY_BILLING_METHOD or asked.segments is Division.POOLED
        return divided and (self.outcome, self.tolerance, self.promise) == (
            asked.outcome,
            asked.tolerance,
            asked.promise,
        )

    def to_dict(self) -> dict[str, str]:
        """The form as JSON values."""
        return {name: value.value for name, value in asdict(self).items()}


ORDINARY = Form()
# Field → value → how a person chooses it.
CHOICES: dict[str, dict[str, str]] = {
    "outcome": {
        Outcome.ANY: "any dispute or credit note",
        Outcome.PREVENTABLE: "only what a reviewer could have fixed before sending",
    },
    "segments": {
        Division.POOLED: "all invoices together",
        Division.BY_BILLING_METHOD: "each billing method on its own",
    },
    "tolerance": {
        Tolerance.SHARE: "fixed shares",
        Tolerance.HALF_OF_OWN_RATE: "half of the firm's own rate",
    },
    "promise": {
        Assurance.WITH_CONFIDENCE: "with confidence",
        Assurance.IN_EXPECTATION: "on average only (weaker)",
    },
}


def form_of(certificate: Mapping[str, Any]) -> Form:
    """The form of a stored certificate.

    One that was written before there were forms promised any outcome, as a share, with confidence: by billing method
    where its rows were divided, else pooled.
    """
    form = certificate.get("form")
    if form is None:
        return Form(segments=Division.BY_BILLING_METHOD if certificate.get("certified_apart") else Division.POOLED)
    return Form(
        outcome=Outcome(form["outcome"]),
        segments=Division(form["segments"]),
        tolerance=Tolerance(form["tolerance"]),
        promise=Assurance(form["promise"]),
    )


def counts_as_bad(outcome: Outcome, cause: str | None) -> bool:
    """Whether a dispute of this cause is one of those that the promise is about."""
    return outcome is Outcome.ANY or cause not in NOT_PREVENTABLE


def judged_risk(outcome: Outcome, probability: float, causes: Mapping[str, float]) -> float:
    """The risk that the threshold is held against: of a dispute, or of a preventable one.

    Args:
        outcome: what the promise is about.
        probability: P(disputed or credited).
        causes: cause → probability given a dispute, in the order of the model; sums to 1.
    """
    if outcome is Outcome.ANY:
        return probability
    return probability * sum(share for cause, share in causes.items() if counts_as_bad(outcome, cause))


def risk_in_words(form: Form) -> str:
    """What the threshold is compared with, as a noun."""
    return "dispute risk" if form.outcome is Outcome.ANY else "risk of a preventable dispute"


def promise_in_words(certificate: Mapping[str, Any]) -> str:
    """What a certificate promises, in one sentence: the only wording, for page, command, model card and certificate.

    Args:
        certificate: a mapping with ``alpha``, ``alpha_money``, ``money_cap`` and ``delta``, with ``form`` and
            ``own_rate`` where they were noted.
    """
    form = form_of(certificate)
    count, money = share_in_words(certificate["alpha"]), share_in_words(certificate["alpha_money"])
    return (
        f"{_how_sure(form, certificate['delta'])}, at most {count} of the cleared invoices {_went_bad(form)}, and at "
        f"most {money} of their money {_counted(certificate['money_cap'])}{_own_rate_in_words(certificate)}."
    )


def wish_in_words(form: Form, *, alpha: float, alpha_money: float, money_cap: float, delta: float) -> str:
    """What a policy asks training to certify, in one sentence."""
    if form.tolerance is Tolerance.HALF_OF_OWN_RATE:
        return (
            f"{_how_sure(form, delta)}, the share of cleared invoices that {_went_bad(form)} is at most half of the "
            f"firm's own rate, and so is the share of their money {_counted(money_cap)}."
        )
    wish = {"alpha": alpha, "alpha_money": alpha_money, "money_cap": money_cap, "delta": delta}
    return promise_in_words({**wish, "form": form.to_dict()})


def _how_sure(form: Form, delta: float) -> str:
    sure = (
        f"With {share_in_words(1 - delta)} confidence"
        if form.promise is Assurance.WITH_CONFIDENCE
        else "On average over many certificates, without a stated confidence"
    )
    return sure if form.segments is Division.POOLED else f"{sure}, for each billing method on its own"


def _went_bad(form: Form) -> str:
    fixable = " for a cause that a reviewer could have fixed before sending"
    return f"are disputed or credited{fixable if form.outcome is Outcome.PREVENTABLE else ''}"


def _counted(cap: float) -> str:
    return f"(each invoice counted up to {cap:,.0f})"


def attempt_in_words(certificate: Mapping[str, Any]) -> str:
    """Which attempt on the same rows it was, and what it was allowed; empty for older certificates."""
    attempt = certificate.get("attempt")
    if attempt is None:
        return ""
    if attempt["number"] is None:
        return "Attempts on these rows are not counted: there was no database to count them in."
    if form_of(certificate).promise is Assurance.IN_EXPECTATION:
        return f"Attempt {attempt['number']} on these rows."
    return (
        f"Attempt {attempt['number']} on these rows: it was allowed a {share_in_words(attempt['delta'])} chance to be "
        f"wrong, so that all attempts together stay within {share_in_words(certificate['delta'])}."
    )


def _own_rate_in_words(certificate: Mapping[str, Any]) -> str:
    own = certificate.get("own_rate")
    if own is None:
        return ""
    return (
        f". That is half of the firm's own rate: {share_in_words(own['count'])} of the invoices and "
        f"{share_in_words(own['money'])} of the money on {own['rows']:,} earlier invoices, scored until {own['until']}"
    )


def form_in_words(form: Form) -> str:
    """The choices of a form, for a comparison of two."""
    return ", ".join(CHOICES[name][value] for name, value in form.to_dict().items())


def refusal_in_words(refused: Mapping[str, Any] | None) -> str:
    """Why nothing was certified; ``refused`` as ``models.certificate.Refusal`` gives it, ``None`` where not noted."""
    if refused is None:
        return "No threshold qualified: nothing is cleared automatically."
    return f"Nothing is cleared automatically: {ground_in_words(refused)}."


def ground_in_words(refused: Mapping[str, Any]) -> str:
    """The ground of a refusal, to go on from a colon."""
    if refused["ground"] == "too_few_rows":
        return f"{refused['rows']:,} matured invoices are too few to certify on"
    if refused["ground"] == "no_own_rate":
        return "too few earlier invoices went bad to state the firm's own rate"
    lost, tolerated = share_in_words(refused["loss"]), share_in_words(refused["tolerated_money"])
    return (
        f"already at the lowest threshold tested ({share_in_words(refused['threshold'])}), {refused['bad']:,} of "
        f"{refused['cleared']:,} invoices went bad and {lost} of their money, too many to show that at most "
        f"{share_in_words(refused['tolerated'])} and {tolerated} will"
    )


def share_in_words(share: float) -> str:
    """A share as a percentage with one decimal at most."""
    return f"{100 * share:.1f}".removesuffix(".0") + "%"
