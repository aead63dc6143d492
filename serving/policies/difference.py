"""Two policies side by side in words: which field was what, and what it would be."""

from dataclasses import dataclass
from typing import Any, Final

from models.promise import CHOICES
from serving.policy import Policy

LABELS: Final[dict[str, str]] = {
    "alpha": "Bad invoices among the cleared, at most",
    "alpha_money": "Money lost among the cleared, at most",
    "money_cap": "An invoice counts up to",
    "delta": "Chance that the certificate is wrong, at most",
    "outcome": "Counts as gone bad",
    "segments": "Promised for",
    "tolerance": "Tolerated",
    "promise": "Promised",
    "auto_clear": "Clear without a person",
    "auto_clear_cap": "Cleared without a person up to",
    "senior_review_amount": "Senior review from",
    "four_eyes_amount": "Two people release from",
    "service_levels.review": "Hours for a review",
    "service_levels.senior_review": "Hours for a senior review",
    "service_levels.hold": "Hours for a hold",
    "service_levels.manager_after": "Shown to managers after, hours overdue",
    "undo_minutes": "Minutes in which a decision can be undone",
    "priority.daily_cost_of_delay": "Cost of a day's delay, share of the amount",
    "priority.write_off_share": "Lost of a disputed amount, share",
    "priority.review_cost": "Cost of a review",
    "priority.unknown_delay": "Chance of late payment when no model speaks",
    "priority.unknown_dispute": "Chance of a dispute when no model speaks",
}
WATCHED: Final = "watch_sent"
NOT_SET: Final = "not set"


@dataclass(frozen=True)
class Difference:
    """One field, by its path and in words, with both values as text."""

    field: str
    label: str
    old: str
    new: str


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Every field that differs, in the order of the policy; the number is none of them."""
    before, after = described(old), described(new)
    found = [
        Difference(name, label_of(name), before.get(name, NOT_SET), after.get(name, NOT_SET))
        for name in dict.fromkeys([*before, *after])
    ]
    return [one for one in found if one.old != one.new]


def described(policy: Policy) -> dict[str, str]:
    """Path → value as text: each stratum and each overlay is one line."""
    content = policy.content
    plain = {
        name: CHOICES[name][value] if name in CHOICES else _text(value)
        for name in LABELS
        for value in (_at(content, name),)
    }
    strata = sorted(policy.sampling, key=lambda stratum: stratum.from_amount)
    sampling = {f"sampling.{place}": f"{one.rate:.2%} from {one.from_amount:,}" for place, one in enumerate(strata, 1)}
    overlays = {f"overlays.{place}": overlay_in_words(one) for place, one in enumerate(content["overlays"], 1)}
    watched = {WATCHED: ", ".join(sorted(policy.watch_sent)) or "none"}
    return plain | sampling | watched | overlays


def label_of(path: str) -> str:
    """A path in words."""
    if path == WATCHED:
        return "Controls that open a case on a sent invoice"
    kind, _, place = path.partition(".")
    numbered = {"sampling": "Audit sample, stratum", "overlays": "Overlay"}
    return LABELS[path] if path in LABELS else f"{numbered[kind]} {place}"


def overlay_in_words(overlay: dict[str, Any]) -> str:
    """For whom, and what is tighter."""
    whom = [
        *(f"client {one}" for one in sorted(overlay["client_ids"])),
        *(f"company {one}" for one in sorted(overlay["legal_entity_ids"])),
    ]
    says = [
        "" if overlay["auto_clear"] else "nothing is cleared without a person",
        "" if overlay["auto_clear_cap"] is None else f"cleared up to {_text(overlay['auto_clear_cap'])}",
        ""
        if overlay["senior_review_amount"] is None
        else f"senior review from {_text(overlay['senior_review_amount'])}",
    ]
    return f"{', '.join(whom) or 'nobody'}: {', '.join(filter(None, says)) or 'as for all'}"


def _at(content: Any, path: str) -> Any:
    for part in path.split("."):
        content = content[part]
    return content


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{float(value):,.6f}"
    return text.rstrip("0").rstrip(".")
