from typing import Literal

Fate = Literal["accepted", "conflict", "duplicate", "quarantined"]

FATE_VALUES: set[Fate] = {
    "accepted",
    "conflict",
    "duplicate",
    "quarantined",
}


def check_fate(value: str) -> Fate:
    if value in FATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FATE_VALUES!r}")
