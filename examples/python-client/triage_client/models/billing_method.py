from typing import Literal

BillingMethod = Literal["fixed_fee", "milestone", "recurring", "retainer", "time_and_materials"]

BILLING_METHOD_VALUES: set[BillingMethod] = {
    "fixed_fee",
    "milestone",
    "recurring",
    "retainer",
    "time_and_materials",
}


def check_billing_method(value: str) -> BillingMethod:
    if value in BILLING_METHOD_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BILLING_METHOD_VALUES!r}")
