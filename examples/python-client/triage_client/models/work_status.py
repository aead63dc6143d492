from typing import Literal

WorkStatus = Literal["approved", "draft", "rejected", "submitted"]

WORK_STATUS_VALUES: set[WorkStatus] = {
    "approved",
    "draft",
    "rejected",
    "submitted",
}


def check_work_status(value: str) -> WorkStatus:
    if value in WORK_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WORK_STATUS_VALUES!r}")
