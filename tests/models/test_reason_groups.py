"""Every feature belongs to one meaning, or is declared to be no reason."""

import pytest

from features.catalogue import BY_NAME, FEATURE_NAMES
from models.reason_groups import GROUP_OF, GROUPS, NO_REASON, group_of


def test_every_feature_is_grouped_or_explicitly_no_reason() -> None:
    assert set(GROUP_OF) | NO_REASON == set(FEATURE_NAMES)
    assert not set(GROUP_OF) & NO_REASON


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_holds_features_with_a_sentence(group: str) -> None:
    members = [name for name, of in GROUP_OF.items() if of == group]
    assert members
    assert all(BY_NAME[name].phrase for name in members)


def test_a_feature_without_a_group_stands_for_itself() -> None:
    assert group_of("never heard of") == "never heard of"
