"""docs/security.md is complete: every scope with what it allows and its roles, every role with what it is for."""

from pathlib import Path

import pytest

from serving.auth.scopes import ROLE_SCOPES, Role, Scope
from tests.docs.test_api_page import table

DOCS = Path(__file__).parents[2] / "docs"
FEW = 10


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "security.md").read_text(encoding="utf-8")


def test_every_scope_is_told_with_just_the_roles_that_have_it(page: str) -> None:
    told = {row[0].strip("`"): row[2] for row in table(page, "| scope | allows | roles |")}
    granted = {scope.value: [role for role in Role if scope in ROLE_SCOPES[role]] for scope in Scope}
    assert told == {scope: ", ".join(f"`{role}`" for role in roles) or "none" for scope, roles in granted.items()}


def test_every_role_says_what_it_is_for(page: str) -> None:
    assert [row[0].strip("`") for row in table(page, "| role | for |")] == [role.value for role in Role]


@pytest.mark.parametrize("head", ["| scope | allows | roles |", "| role | for |"])
def test_nothing_is_listed_without_words(page: str, head: str) -> None:
    assert all(len(row[1]) > FEW for row in table(page, head))
