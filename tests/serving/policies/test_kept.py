"""A policy that was written down stays what its name says, also for a release that knows more fields."""

import pytest
from sqlalchemy import Connection

from models.promise import ORDINARY
from serving.policies.source import stored_policy
from serving.policy import Policy, PolicyError, load_policy, name_of
from serving.sql import change, json_value

POLICY = load_policy()
# What a release before "money_cap" wrote down.
EARLIER = {name: value for name, value in POLICY.content.items() if name != "money_cap"}


def keep(connection: Connection, version: str, content: dict[str, object]) -> None:
    """Write a policy down as a release did."""
    statement = "INSERT INTO rule_set (version, kind, content) VALUES (%(version)s, 'policy', %(content)s)"
    change(connection, statement, {"version": version, "content": json_value(content)})


def test_a_policy_comes_back_as_it_was_kept(connection: Connection) -> None:
    keep(connection, POLICY.version, POLICY.content)
    found = stored_policy(connection, POLICY.version)
    assert (found, found.version) == (POLICY, POLICY.version)


def test_one_of_an_earlier_release_keeps_its_name_and_has_todays_defaults(connection: Connection) -> None:
    version = name_of(EARLIER)
    keep(connection, version, EARLIER)
    found = stored_policy(connection, version)
    assert found.version == version != POLICY.version
    assert found.money_cap == Policy.model_fields["money_cap"].default


def test_one_from_before_there_were_forms_asks_for_the_ordinary_promise(connection: Connection) -> None:
    fields = {"outcome", "segments", "tolerance", "promise"}
    older = {name: value for name, value in POLICY.content.items() if name not in fields}
    keep(connection, name_of(older), older)
    assert stored_policy(connection, name_of(older)).form == ORDINARY


def test_content_that_its_name_does_not_say_is_refused(connection: Connection) -> None:
    keep(connection, POLICY.version, POLICY.content | {"alpha": 0.5})
    with pytest.raises(PolicyError, match="has the digest of"):
        stored_policy(connection, POLICY.version)


def test_content_that_cannot_be_used_any_more_is_refused() -> None:
    content = POLICY.content | {"delta": 7}
    with pytest.raises(PolicyError, match="cannot be used"):
        Policy.kept(content, name_of(content))
