from typing import Literal

ThresholdTighter = Literal["higher", "lower"]

THRESHOLD_TIGHTER_VALUES: set[ThresholdTighter] = {
    "higher",
    "lower",
}


def check_threshold_tighter(value: str) -> ThresholdTighter:
    if value in THRESHOLD_TIGHTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {THRESHOLD_TIGHTER_VALUES!r}")
