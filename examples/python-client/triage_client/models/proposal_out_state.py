from typing import Literal

ProposalOutState = Literal[
    "active", "approved", "backtested", "proposed", "rolled_back", "shadow", "superseded", "withdrawn"
]

PROPOSAL_OUT_STATE_VALUES: set[ProposalOutState] = {
    "active",
    "approved",
    "backtested",
    "proposed",
    "rolled_back",
    "shadow",
    "superseded",
    "withdrawn",
}


def check_proposal_out_state(value: str) -> ProposalOutState:
    if value in PROPOSAL_OUT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PROPOSAL_OUT_STATE_VALUES!r}")
