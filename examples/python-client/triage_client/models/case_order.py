from typing import Literal

CaseOrder = Literal["amount", "due", "priority"]

CASE_ORDER_VALUES: set[CaseOrder] = {
    "amount",
    "due",
    "priority",
}


def check_case_order(value: str) -> CaseOrder:
    if value in CASE_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CASE_ORDER_VALUES!r}")
