from typing import Literal

DeploymentOutAction = Literal["promote", "rollback"]

DEPLOYMENT_OUT_ACTION_VALUES: set[DeploymentOutAction] = {
    "promote",
    "rollback",
}


def check_deployment_out_action(value: str) -> DeploymentOutAction:
    if value in DEPLOYMENT_OUT_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DEPLOYMENT_OUT_ACTION_VALUES!r}")
