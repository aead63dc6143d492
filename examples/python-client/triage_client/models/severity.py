from typing import Literal

Severity = Literal["hard_stop", "review", "warning"]

SEVERITY_VALUES: set[Severity] = {
    "hard_stop",
    "review",
    "warning",
}


def check_severity(value: str) -> Severity:
    if value in SEVERITY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SEVERITY_VALUES!r}")
