from typing import Literal

FindingOutLevel = Literal["line", "timesheet"]

FINDING_OUT_LEVEL_VALUES: set[FindingOutLevel] = {
    "line",
    "timesheet",
}


def check_finding_out_level(value: str) -> FindingOutLevel:
    if value in FINDING_OUT_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINDING_OUT_LEVEL_VALUES!r}")
