from typing import Literal

CaseEvent = Literal[
    "approved_once",
    "cancelled",
    "claimed",
    "decided",
    "escalated",
    "evidence_requested",
    "opened",
    "released",
    "rescored",
    "resumed",
    "taken_over",
]

CASE_EVENT_VALUES: set[CaseEvent] = {
    "approved_once",
    "cancelled",
    "claimed",
    "decided",
    "escalated",
    "evidence_requested",
    "opened",
    "released",
    "rescored",
    "resumed",
    "taken_over",
}


def check_case_event(value: str) -> CaseEvent:
    if value in CASE_EVENT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CASE_EVENT_VALUES!r}")
