"""Keeps every version of controls and policy that ever decided, so that an old score can be explained."""

from sqlalchemy import Connection

from serving.sql import change, json_value
from serving.state import ServingState

_KEEP = """
INSERT INTO rule_set (version, kind, content) VALUES (%(version)s, %(kind)s, %(content)s)
ON CONFLICT (version) DO NOTHING
"""


def register_rules(connection: Connection, state: ServingState) -> None:
    """Write down the versions in force, unless they are there already."""
    for kind, rules in (("controls", state.controls), ("policy", state.policy)):
        parameters = {"version": rules.version, "kind": kind, "content": json_value(rules.content)}
        change(connection, _KEEP, parameters)
