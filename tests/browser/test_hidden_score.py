"""A case whose score is hidden by lot: what a reviewer sees of it, and that asking for the score shows it."""

import pytest
from playwright.sync_api import expect

from serving.auth.scopes import Role
from serving.settings import ServingSettings
from serving.web.frame import THEMES
from tests.browser.conftest import OpenPage, Service
from tests.browser.test_every_page import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def settings() -> ServingSettings:
    """Every score is hidden at first."""
    return ServingSettings.model_validate({"TRIAGE_HIDDEN_SCORE_SHARE": 1})


@pytest.mark.parametrize("theme", THEMES)
def test_a_hidden_score_can_be_asked_for(open_as: OpenPage, service: Service, theme: str) -> None:
    page = open_as("rita", Role.REVIEWER, theme=theme)
    page.goto(f"/cases/{service.cases['INV-3']}")
    expect(page.get_by_role("heading", name="The score is not shown yet")).to_be_visible()
    expect(page.get_by_role("heading", name="Risks")).to_have_count(0)
    assert violations(page) == ""
    page.get_by_role("button", name="Show the score").click()
    expect(page.get_by_role("heading", name="Risks")).to_be_visible()
