from typing import Literal

Minimum = Literal["hard_stop", "none", "review", "warning"]

MINIMUM_VALUES: set[Minimum] = {
    "hard_stop",
    "none",
    "review",
    "warning",
}


def check_minimum(value: str) -> Minimum:
    if value in MINIMUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MINIMUM_VALUES!r}")
