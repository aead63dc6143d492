from typing import Literal

LineKind = Literal["adjustment", "change_order", "expense", "fixed_fee", "milestone", "recurring", "retainer", "time"]

LINE_KIND_VALUES: set[LineKind] = {
    "adjustment",
    "change_order",
    "expense",
    "fixed_fee",
    "milestone",
    "recurring",
    "retainer",
    "time",
}


def check_line_kind(value: str) -> LineKind:
    if value in LINE_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LINE_KIND_VALUES!r}")
