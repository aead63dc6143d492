"""What would clear an invoice and which of its lines are odd, in words; and where there is nothing, why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import isfinite

from models.findings import Finding
from models.levers.lever import Lever
from models.outlook import Remedy
from serving.scoring.explain import ALREADY_OUT, CLEARABLE, FAILED, NOTHING_HELPS, UNAVAILABLE, Explanation
from serving.web.formats import NONE, number, percent, span
from serving.web.words import plain

NO_REMEDIES: dict[str, str] = {
    UNAVAILABLE: "No models are loaded, so nothing could be tried.",
    FAILED: "The models failed, so nothing could be tried.",
    ALREADY_OUT: "It has gone out: nothing about it can be put right before it is sent.",
    CLEARABLE: "The models would let it through as it is.",
    NOTHING_HELPS: "Nothing that somebody could do before it goes out would lower the risk.",
}
NO_FINDINGS = "Every line and timesheet entry looks like the ones before it."
NOT_LOOKED = "No models are loaded, so lines were not compared with earlier ones."
COULD_NOT_LOOK = "The models failed, so it is not known whether a line is odd."
_YES_OR_NO = ("repeated_line", "weekend")
_SHARES = ("role",)


@dataclass(frozen=True)
class Step:
    """One action and who can do it."""

    sentence: str
    owner: str


@dataclass(frozen=True)
class RemedyLine:
    """One remedy.

    Attributes:
        brings: what else it brings, a sentence; empty when nothing worth saying.
    """

    steps: tuple[Step, ...]
    effort: str
    dispute_before: str
    dispute_after: str
    brings: str
    clears: bool


@dataclass(frozen=True)
class OddLine:
    """One finding."""

    sentence: str
    what: str
    value: str
    expected: str


@dataclass(frozen=True)
class Clearing:
    """The two sections; each has either its rows or the sentence that says why there are none."""

    remedies: tuple[RemedyLine, ...]
    no_remedies: str
    odd_lines: tuple[OddLine, ...]
    no_odd_lines: str


def owner_ids(found: Explanation) -> Iterator[str | None]:
    """People whose names the page needs."""
    return (lever.owner_id for remedy in found.remedies for lever in remedy.levers)


def clearing_of(found: Explanation, people: Mapping[str, str]) -> Clearing:
    """The sections of an explanation, the least effort first; ``people`` are names by resource id."""
    cheapest = sorted(found.remedies, key=lambda remedy: remedy.minutes)
    return Clearing(
        remedies=tuple(_remedy(remedy, people) for remedy in cheapest),
        no_remedies=NO_REMEDIES.get(found.no_remedies_because or "", ""),
        odd_lines=tuple(_odd(finding) for finding in found.findings),
        no_odd_lines=_no_odd_lines(found),
    )


def _no_odd_lines(found: Explanation) -> str:
    if "anomaly" not in found.model_digests:
        return NOT_LOOKED
    return COULD_NOT_LOOK if FAILED in found.degraded else NO_FINDINGS


def _remedy(remedy: Remedy, people: Mapping[str, str]) -> RemedyLine:
    return RemedyLine(
        steps=tuple(Step(lever.sentence, _owner(lever, people)) for lever in remedy.levers),
        effort=span(timedelta(minutes=remedy.minutes)),
        dispute_before=percent(remedy.before.dispute),
        dispute_after=percent(remedy.after.dispute),
        brings=_brings(remedy.days_earlier),
        clears=remedy.clears,
    )


def _owner(lever: Lever, people: Mapping[str, str]) -> str:
    role = plain(lever.owner.value)
    return role if lever.owner_id is None else f"{people.get(lever.owner_id, lever.owner_id)}, {role.lower()}"


def _brings(days: float | None) -> str:
    whole = round(days or 0.0)
    if whole < 1:
        return ""
    return f"The money would come about {whole} {'day' if whole == 1 else 'days'} earlier."


def _odd(finding: Finding) -> OddLine:
    low, high = (_shown(finding.check, bound) for bound in (finding.expected_low, finding.expected_high))
    return OddLine(
        sentence=finding.sentence,
        what=plain(finding.field),
        value=_shown(finding.check, finding.value),
        expected=low if low == high else f"{low} to {high}",
    )


def _shown(check: str, value: float) -> str:
    if not isfinite(value):
        return NONE
    if check in _YES_OR_NO:
        return "yes" if value else "no"
    return percent(value) if check in _SHARES else number(value)
