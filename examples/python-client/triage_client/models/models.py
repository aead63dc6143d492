from typing import Literal

Models = Literal["current", "stored"]

MODELS_VALUES: set[Models] = {
    "current",
    "stored",
}


def check_models(value: str) -> Models:
    if value in MODELS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MODELS_VALUES!r}")
