"""Controls and their back-tests as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from serving.controls.control import Control, Family
from serving.sql import Row
from serving.web.formats import money
from serving.web.words import SEVERITIES, plain

CHANGES: Final[dict[str, str]] = {
    "newly_held": "Newly held",
    "no_longer_held": "No longer held",
    "newly_reviewed": "Newly sent to a person",
    "no_longer_reviewed": "No longer sent to a person",
}


@dataclass(frozen=True)
class ControlRow:
    """A control in force: what it is, and how it did in the last thirty days.

    Attributes:
        released: share of the decided ones that reviewers let go as they were, in words.
    """

    control: Control
    severity: str
    owner: str
    overlay: str
    fired: int
    released: str


@dataclass(frozen=True)
class Counted:
    """A line of a back-test: invoices and their money before and after."""

    title: str
    before: int | None
    invoices: int
    cash: str
    precision: float | None


@dataclass(frozen=True)
class Backtested:
    """A back-test: its changes, and the controls that fire on other invoices than before."""

    invoices: int
    of: int
    changes: list[Counted]
    controls: list[Counted]


def families(controls: Sequence[tuple[Control, str]], fired: Mapping[str, Row]) -> list[tuple[str, list[ControlRow]]]:
    """The controls in force by family, in the order of the taxonomy; each with the overlay that adds it."""
    found: dict[Family, list[ControlRow]] = {}
    for control, overlay in controls:
        found.setdefault(control.family, []).append(_row(control, overlay, fired.get(control.id)))
    return [(plain(family), found[family]) for family in Family if family in found]


def _row(control: Control, overlay: str, fired: Row | None) -> ControlRow:
    return ControlRow(
        control=control,
        severity=SEVERITIES[control.severity],
        owner=plain(control.owner),
        overlay=overlay,
        fired=0 if fired is None else fired["fired"],
        released=_released(fired),
    )


def _released(fired: Row | None) -> str:
    if fired is None or not fired["decided"]:
        return "–"
    return f"{fired['released'] / fired['decided']:.0%} of {fired['decided']:,}"


def backtested(result: Mapping[str, Any], titles: Mapping[str, str]) -> Backtested:
    """A stored result as tables; ``titles``: control id → title."""
    controls = [
        _counted(titles.get(name, name), one, one["before"])
        for name, one in result["controls"].items()
        if one["before"] != one["invoices"]
    ]
    return Backtested(
        invoices=result["invoices"],
        of=result["of"],
        changes=[_counted(title, result[name], None) for name, title in CHANGES.items()],
        controls=sorted(controls, key=lambda one: -abs(one.invoices - (one.before or 0))),
    )


def _counted(title: str, one: Mapping[str, Any], before: int | None) -> Counted:
    cash = ", ".join(f"{money(Decimal(amount), cents=False)} {currency}" for currency, amount in one["cash"].items())
    return Counted(title, before, one["invoices"], cash or "–", one["precision"])
