from typing import Literal

EventOutToState = Literal[
    "active", "approved", "backtested", "proposed", "rolled_back", "shadow", "superseded", "withdrawn"
]

EVENT_OUT_TO_STATE_VALUES: set[EventOutToState] = {
    "active",
    "approved",
    "backtested",
    "proposed",
    "rolled_back",
    "shadow",
    "superseded",
    "withdrawn",
}


def check_event_out_to_state(value: str) -> EventOutToState:
    if value in EVENT_OUT_TO_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EVENT_OUT_TO_STATE_VALUES!r}")
