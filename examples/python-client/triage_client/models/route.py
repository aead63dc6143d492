from typing import Literal

Route = Literal["auto_clear", "hold", "review", "senior_review"]

ROUTE_VALUES: set[Route] = {
    "auto_clear",
    "hold",
    "review",
    "senior_review",
}


def check_route(value: str) -> Route:
    if value in ROUTE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROUTE_VALUES!r}")
