from typing import Literal

ReadProposalsStateType0 = Literal[
    "active", "approved", "backtested", "proposed", "rolled_back", "shadow", "superseded", "withdrawn"
]

READ_PROPOSALS_STATE_TYPE_0_VALUES: set[ReadProposalsStateType0] = {
    "active",
    "approved",
    "backtested",
    "proposed",
    "rolled_back",
    "shadow",
    "superseded",
    "withdrawn",
}


def check_read_proposals_state_type_0(value: str) -> ReadProposalsStateType0:
    if value in READ_PROPOSALS_STATE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {READ_PROPOSALS_STATE_TYPE_0_VALUES!r}")
