from typing import Literal

Family = Literal[
    "approval",
    "budget",
    "contract",
    "credit_rebill",
    "currency",
    "duplicate",
    "evidence",
    "master_data",
    "rate",
    "sync_failure",
    "tax_entity",
]

FAMILY_VALUES: set[Family] = {
    "approval",
    "budget",
    "contract",
    "credit_rebill",
    "currency",
    "duplicate",
    "evidence",
    "master_data",
    "rate",
    "sync_failure",
    "tax_entity",
}


def check_family(value: str) -> Family:
    if value in FAMILY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FAMILY_VALUES!r}")
