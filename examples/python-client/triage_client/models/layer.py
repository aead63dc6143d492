from typing import Literal

Layer = Literal["hard_stop", "model", "policy"]

LAYER_VALUES: set[Layer] = {
    "hard_stop",
    "model",
    "policy",
}


def check_layer(value: str) -> Layer:
    if value in LAYER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LAYER_VALUES!r}")
