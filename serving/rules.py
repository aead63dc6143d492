"""Keeps every version of controls and policy that ever decided, so that an old score can be explained."""

from sqlalchemy import Connection

from serving.controls import activation
from serving.sql import change, json_value
from serving.state import ServingState

_KEEP = """
INSERT INTO rule_set (version, kind, content) VALUES (%(version)s, 'policy', %(content)s)
ON CONFLICT (version) DO NOTHING
"""


def register_rules(connection: Connection, state: ServingState) -> None:
    """Write down the versions in force, unless they are there already; the shipped controls are the first active."""
    activation.ship(connection, state.rules.shipped)
    activation.keep(connection, state.controls)
    change(connection, _KEEP, {"version": state.policy.version, "content": json_value(state.policy.content)})
