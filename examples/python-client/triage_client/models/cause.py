from typing import Literal

Cause = Literal[
    "amount_currency",
    "change_order",
    "duplicate",
    "hours_not_approved",
    "milestone_not_accepted",
    "other",
    "po_reference",
    "rate",
    "scope_quality",
    "tax_entity",
]

CAUSE_VALUES: set[Cause] = {
    "amount_currency",
    "change_order",
    "duplicate",
    "hours_not_approved",
    "milestone_not_accepted",
    "other",
    "po_reference",
    "rate",
    "scope_quality",
    "tax_entity",
}


def check_cause(value: str) -> Cause:
    if value in CAUSE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAUSE_VALUES!r}")
