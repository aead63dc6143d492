from typing import Literal

RiskStatus = Literal["abstained", "ok", "unavailable"]

RISK_STATUS_VALUES: set[RiskStatus] = {
    "abstained",
    "ok",
    "unavailable",
}


def check_risk_status(value: str) -> RiskStatus:
    if value in RISK_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RISK_STATUS_VALUES!r}")
