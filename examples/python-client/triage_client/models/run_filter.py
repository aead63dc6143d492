from typing import Literal

RunFilter = Literal["unscored", "unsent"]

RUN_FILTER_VALUES: set[RunFilter] = {
    "unscored",
    "unsent",
}


def check_run_filter(value: str) -> RunFilter:
    if value in RUN_FILTER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RUN_FILTER_VALUES!r}")
