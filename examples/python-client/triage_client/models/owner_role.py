from typing import Literal

OwnerRole = Literal[
    "billing", "client", "contract_manager", "credit_control", "integration", "master_data", "project_manager"
]

OWNER_ROLE_VALUES: set[OwnerRole] = {
    "billing",
    "client",
    "contract_manager",
    "credit_control",
    "integration",
    "master_data",
    "project_manager",
}


def check_owner_role(value: str) -> OwnerRole:
    if value in OWNER_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWNER_ROLE_VALUES!r}")
