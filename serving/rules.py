"""Keeps every version of controls and policy that ever decided, so that an old score can be explained."""

from sqlalchemy import Connection

from serving.controls import activation
from serving.policies.lifecycle import LEDGER
from serving.state import ServingState


def register_rules(connection: Connection, state: ServingState) -> None:
    """Write down the versions in force, unless they are there already; what is shipped is the first active."""
    activation.ship(connection, state.rules.shipped)
    activation.keep(connection, state.controls)
    LEDGER.ship(connection, state.policy)
