from typing import Literal

ActivationOutAction = Literal["activate", "rollback", "shipped"]

ACTIVATION_OUT_ACTION_VALUES: set[ActivationOutAction] = {
    "activate",
    "rollback",
    "shipped",
}


def check_activation_out_action(value: str) -> ActivationOutAction:
    if value in ACTIVATION_OUT_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACTIVATION_OUT_ACTION_VALUES!r}")
