"""What two sets of controls say of the same facts, counted: per control, in money, by segment, by what came of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from serving.controls.control import Hit, Severity
from serving.controls.evaluate import evaluate
from serving.controls.facts import Facts
from serving.controls.ruleset import ControlSet

SEGMENTS = ("billing_method", "client_id", "legal_entity_id")
MOST_SEGMENTS = 10


@dataclass(frozen=True)
class Said:
    """One invoice under both sets.

    Attributes:
        amount: absolute net amount in ``currency``.
        bad: it was disputed or credited; ``None`` while that cannot be known yet.
    """

    invoice_id: str
    amount: Decimal
    currency: str
    segments: Mapping[str, str]
    before: tuple[Hit, ...]
    after: tuple[Hit, ...]
    bad: bool | None = None


def said_of(facts: Facts, active: ControlSet, proposed: ControlSet, *, bad: bool | None = None) -> Said:
    """Both sets on one invoice's facts."""
    invoice = facts["invoice"]
    return Said(
        invoice_id=invoice["invoice_id"],
        amount=abs(Decimal(repr(invoice["amount"] or 0.0))),
        currency=invoice["currency"],
        segments={name: str(invoice[name] or "none") for name in SEGMENTS},
        before=evaluate(active, facts),
        after=evaluate(proposed, facts),
        bad=bad,
    )


def keys(hits: Iterable[Hit]) -> set[str]:
    """What a set says: control and severity, with a mark where it is snoozed."""
    return {f"{hit.control_id}:{hit.severity}" + ("" if hit.routes else ":snoozed") for hit in hits}


def is_held(hits: Iterable[Hit]) -> bool:
    """Whether a hard stop fires."""
    return any(hit.severity is Severity.HARD_STOP for hit in hits)


def needs_person(hits: Iterable[Hit]) -> bool:
    """Whether a control asks for a person."""
    return any(hit.routes and hit.severity is not Severity.WARNING for hit in hits)


@dataclass
class Tally:
    """Invoices and their money, with segments and outcomes."""

    invoices: int = 0
    cash: Counter[str] = field(default_factory=Counter)
    segments: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in SEGMENTS})
    mature: int = 0
    bad: int = 0

    def add(self, said: Said) -> None:
        """Count one invoice."""
        self.invoices += 1
        self.cash[said.currency] += said.amount  # type: ignore[assignment]  # a counter of exact money
        for name, value in said.segments.items():
            self.segments[name][value] += 1
        if said.bad is not None:
            self.mature += 1
            self.bad += said.bad

    def document(self) -> dict[str, Any]:
        """As JSON: money as decimal text per currency, the largest segments, precision where outcomes are known."""
        return {
            "invoices": self.invoices,
            "cash": {currency: format(amount, "f") for currency, amount in sorted(self.cash.items())},
            "segments": {name: dict(found.most_common(MOST_SEGMENTS)) for name, found in self.segments.items()},
            "mature": self.mature,
            "bad": self.bad,
            "precision": self.bad / self.mature if self.mature else None,
        }


def summary(found: Sequence[Said]) -> dict[str, Any]:
    """Everything that a back-test tells."""
    changes = {
        "newly_held": [one for one in found if is_held(one.after) and not is_held(one.before)],
        "no_longer_held": [one for one in found if is_held(one.before) and not is_held(one.after)],
        "newly_reviewed": [one for one in found if needs_person(one.after) and not needs_person(one.before)],
        "no_longer_reviewed": [one for one in found if needs_person(one.before) and not needs_person(one.after)],
    }
    return {
        "invoices": len(found),
        "mature": sum(one.bad is not None for one in found),
        "bad": sum(one.bad is True for one in found),
        **{name: tally(chosen).document() for name, chosen in changes.items()},
        "controls": _per_control(found),
    }


def tally(found: Iterable[Said]) -> Tally:
    """Count some invoices."""
    made = Tally()
    for one in found:
        made.add(one)
    return made


def _per_control(found: Sequence[Said]) -> dict[str, Any]:
    before, after = dict[str, list[Said]](), dict[str, list[Said]]()
    for one in found:
        for hits, place in ((one.before, before), (one.after, after)):
            for hit in hits:
                place.setdefault(hit.control_id, []).append(one)
    return {
        name: tally(after.get(name, ())).document() | {"before": len(before.get(name, ()))}
        for name in sorted(before.keys() | after.keys())
    }
