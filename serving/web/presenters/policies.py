"""The policy as pages show it: in words, and as a form whose fields become a policy again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from models.promise import CHOICES, wish_in_words
from serving.policies.difference import LABELS, WATCHED, label_of, overlay_in_words
from serving.policy import Policy
from serving.problems import Invalid
from serving.web.formats import number

SHARES: Final = frozenset({
    "alpha", "alpha_money", "delta", "priority.daily_cost_of_delay", "priority.write_off_share",
    "priority.unknown_delay", "priority.unknown_dispute",
})  # fmt: skip
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Limits": ("auto_clear", "auto_clear_cap", "senior_review_amount", "four_eyes_amount"),
    "Hours until due": tuple(name for name in LABELS if name.startswith("service_levels.")),
    "After the decision": ("undo_minutes", WATCHED),
    "What a wait costs": tuple(name for name in LABELS if name.startswith("priority.")),
    "Auto-clear promise": (
        "alpha",
        "alpha_money",
        "money_cap",
        "delta",
        *CHOICES,
    ),
}
STRATA: Final = 4
OVERLAY: Final = ("client_ids", "legal_entity_ids", "auto_clear", "auto_clear_cap", "senior_review_amount")
SWITCH: Final = "auto_clear"


@dataclass(frozen=True)
class Field:
    """An input of the form; a switch is a choice of yes and no, ``choices`` are (value, words) to choose from."""

    name: str
    label: str
    value: str
    unit: str = ""
    is_switch: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PolicyForm:
    """The whole form: named groups, then strata and overlays with one empty row to fill."""

    groups: tuple[tuple[str, tuple[Field, ...]], ...]
    strata: tuple[tuple[Field, ...], ...]
    overlays: tuple[tuple[Field, ...], ...]


def in_words(policy: Policy, currency: str) -> list[tuple[str, list[str]]]:
    """What the policy says, by subject."""
    hours = policy.service_levels
    senior, two = number(policy.senior_review_amount), number(policy.four_eyes_amount)
    cleared = f"Up to {number(policy.auto_clear_cap)} {currency} may be cleared without a person."
    strata = sorted(policy.sampling, key=lambda stratum: stratum.from_amount)
    return [
        ("Limits", [
            cleared if policy.auto_clear else "Nothing is cleared without a person.",
            f"From {senior} {currency} a senior reviewer looks.",
            f"From {two} {currency} a release needs two people.",
        ]),
        ("Auto-clear promise", [
            wish_in_words(
                policy.form, alpha=policy.alpha, alpha_money=policy.alpha_money, money_cap=float(policy.money_cap),
                delta=policy.delta,
            ),
            "Nothing is cleared under a certificate of another form.",
        ]),
        ("Audit sample", [
            f"{_percent(one.rate)} % of what would be cleared from {number(one.from_amount)} {currency} is reviewed."
            for one in strata
        ]),
        ("Service levels", [
            f"A review is due after {number(hours.review)} h, a hold after {number(hours.hold)} h.",
            f"A senior review is due after {number(hours.senior_review)} h.",
            f"Managers are shown a case that is {number(hours.manager_after)} h overdue.",
        ]),
        ("After the decision", [
            f"A decision can be undone for {number(policy.undo_minutes)} minutes; it takes effect after that."
            if policy.undo_minutes
            else "A decision takes effect at once.",
            f"On a sent invoice these controls open a case: {', '.join(sorted(policy.watch_sent))}."
            if policy.watch_sent
            else "No control opens a case on a sent invoice.",
        ]),
        ("Overlays", [overlay_in_words(one) for one in policy.content["overlays"]] or ["None: one policy for all."]),
    ]  # fmt: skip


def form_of(policy: Policy, typed: Mapping[str, str], currency: str) -> PolicyForm:
    """The form, filled with what was typed or else with a policy's values."""
    values = dict(_values(policy)) | dict(typed)
    overlays = len(policy.overlays) + 1
    return PolicyForm(
        groups=tuple(
            (title, tuple(_field(name, values, currency) for name in names)) for title, names in GROUPS.items()
        ),
        strata=tuple(
            (
                Field(name := f"sampling.{place}.from_amount", "From", values.get(name, ""), currency),
                Field(name := f"sampling.{place}.rate", "Reviewed", values.get(name, ""), "%"),
            )
            for place in range(1, max(STRATA, len(policy.sampling) + 1) + 1)
        ),
        overlays=tuple(_overlay_fields(place, values, currency) for place in range(1, overlays + 1)),
    )


def policy_of(typed: Mapping[str, str], policy: Policy, fresh_number: int) -> Policy:
    """The policy that a form describes, under a new number; raises ``Invalid`` naming the field."""
    content: dict[str, Any] = {"number": fresh_number, "service_levels": {}, "priority": {}}
    for name in LABELS:
        parts, value = name.split("."), typed.get(name, "")
        place = content if len(parts) == 1 else content[parts[0]]
        place[parts[-1]] = _typed(name, value)
    content["sampling"] = list(_strata(typed))
    content[WATCHED] = [one.strip() for one in typed.get(WATCHED, "").split(",") if one.strip()]
    content["overlays"] = list(_overlays(typed, len(policy.overlays) + 1))
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise Invalid.at(f"/{name}", f"{LABELS.get(name, name)}: {first['msg']}") from error


def _values(policy: Policy) -> Iterator[tuple[str, str]]:
    content = policy.content
    for name in LABELS:
        head, _, tail = name.partition(".")
        value = content[head][tail] if tail else content[head]
        yield name, ("yes" if value else "no") if name == SWITCH else _shown(name, value)
    yield WATCHED, ", ".join(sorted(policy.watch_sent))
    for place, stratum in enumerate(sorted(policy.sampling, key=lambda one: one.from_amount), 1):
        yield f"sampling.{place}.from_amount", _plain(stratum.from_amount)
        yield f"sampling.{place}.rate", _percent(stratum.rate)
    for place, overlay in enumerate(content["overlays"], 1):
        for name in OVERLAY:
            yield f"overlays.{place}.{name}", _overlay_value(overlay[name])


def _overlay_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else _plain(value)


def _field(name: str, values: Mapping[str, str], currency: str) -> Field:
    if name in CHOICES:
        return Field(name, label_of(name), values.get(name, ""), choices=tuple(CHOICES[name].items()))
    units = {SWITCH: "", "undo_minutes": "min", WATCHED: "by id, with commas"}
    unit = "%" if name in SHARES else "h" if name.startswith("service_levels.") else units.get(name, currency)
    return Field(name, label_of(name), values.get(name, ""), unit, name == SWITCH)


def _overlay_fields(place: int, values: Mapping[str, str], currency: str) -> tuple[Field, ...]:
    labels = ("Clients, by id", "Our companies, by id", "Clear without a person", "Cleared up to", "Senior review from")
    units = ("", "", "", currency, currency)
    return tuple(
        Field(key := f"overlays.{place}.{name}", label, values.get(key, ""), unit, name == SWITCH)
        for name, label, unit in zip(OVERLAY, labels, units, strict=True)
    )


def _strata(typed: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    places = sorted({name.split(".")[1] for name in typed if name.startswith("sampling.")})
    for place in places:
        start, rate = (typed.get(f"sampling.{place}.{name}", "") for name in ("from_amount", "rate"))
        if start or rate:
            name = f"audit sample, row {place}"
            yield {"from_amount": _decimal(name, start), "rate": float(_decimal(name, rate) / 100)}


def _overlays(typed: Mapping[str, str], most: int) -> Iterator[dict[str, Any]]:
    for place in range(1, most + 1):
        row = {name: typed.get(f"overlays.{place}.{name}", "") for name in OVERLAY}
        whom = {name: [one.strip() for one in row[name].split(",") if one.strip()] for name in OVERLAY[:2]}
        if any(whom.values()):
            limits = {name: _decimal(f"overlay {place}", row[name]) if row[name] else None for name in OVERLAY[3:]}
            yield {**whom, SWITCH: row[SWITCH] != "no", **limits}


def _typed(name: str, text: str) -> bool | str | Decimal | float:
    if name == SWITCH:
        return text == "yes"
    return text if name in CHOICES else _amount(name, text)


def _amount(name: str, text: str) -> Decimal | float:
    value = _decimal(LABELS[name], text)
    return float(value / 100) if name in SHARES else value


def _decimal(label: str, text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation as error:
        raise Invalid.at("/policy", f"{label}: enter a number") from error
    if not value.is_finite():
        raise Invalid.at("/policy", f"{label}: enter a number")
    return value


def _shown(name: str, value: Any) -> str:
    if name in CHOICES:
        return str(value)
    return _percent(value) if name in SHARES else _plain(value)


def _percent(share: float) -> str:
    return _plain(Decimal(repr(share)) * 100)


def _plain(value: Any) -> str:
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
