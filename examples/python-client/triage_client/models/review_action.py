from typing import Literal

ReviewAction = Literal["correct", "escalate", "hold", "release", "request_evidence", "write_off_request"]

REVIEW_ACTION_VALUES: set[ReviewAction] = {
    "correct",
    "escalate",
    "hold",
    "release",
    "request_evidence",
    "write_off_request",
}


def check_review_action(value: str) -> ReviewAction:
    if value in REVIEW_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REVIEW_ACTION_VALUES!r}")
