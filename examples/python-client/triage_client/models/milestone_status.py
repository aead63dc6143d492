from typing import Literal

MilestoneStatus = Literal["accepted", "delivered", "planned", "rejected"]

MILESTONE_STATUS_VALUES: set[MilestoneStatus] = {
    "accepted",
    "delivered",
    "planned",
    "rejected",
}


def check_milestone_status(value: str) -> MilestoneStatus:
    if value in MILESTONE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MILESTONE_STATUS_VALUES!r}")
