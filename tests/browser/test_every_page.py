"""Every page, in light and dark: no accessibility violation, nothing refused by the content policy, no script error."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from serving.auth.scopes import Role
from tests.browser.conftest import OpenPage, Service

pytestmark = pytest.mark.browser
WIDEST = 1024
PATHS = (
    "/queue",
    "/queue?q=nothing",
    "/boards",
    "/boards/approval-latency",
    "/readiness",
    "/nudges",
    "/brief",
    "/models",
    "/monitoring",
    "/audit?verify=1",
    "/admin",
    "/callbacks",
    "/cases/none",
    "/nowhere",
)


def violations(page: Page) -> str:
    found = Axe().run(page)
    return "" if found.violations_count == 0 else str(found.generate_report())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_as: OpenPage, service: Service, theme: str, subtests: pytest.Subtests) -> None:
    page = open_as("ada", Role.ADMIN, Role.SENIOR_REVIEWER, theme=theme)
    cases = [f"/cases/{case_id}" for case_id in service.cases.values()]
    for path in (*PATHS, *cases[:3]):
        with subtests.test(path=path):
            page.goto(path)
            assert violations(page) == ""
    with subtests.test(path="claimed case"):
        page.goto(f"/cases/{service.cases['INV-2']}")
        page.get_by_role("button", name="Claim this case").click()
        page.get_by_role("radio").first.wait_for()
        assert violations(page) == ""
    with subtests.test(path="login"):
        page.context.clear_cookies()
        page.goto("/login")
        assert violations(page) == ""


def test_no_page_breaks_the_content_policy_or_runs_into_a_script_error(open_as: OpenPage, service: Service) -> None:
    page = open_as("ada", Role.ADMIN, Role.SENIOR_REVIEWER)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in (*PATHS[:-2], f"/cases/{service.cases['INV-3']}"):
        page.goto(path)
    assert said == []


def test_pages_fit_into_1024_pixels(open_as: OpenPage, service: Service, subtests: pytest.Subtests) -> None:
    page = open_as("ada", Role.ADMIN, Role.SENIOR_REVIEWER)
    page.set_viewport_size({"width": WIDEST, "height": 768})
    for path in ("/queue", "/models", "/audit", "/admin", f"/cases/{service.cases['INV-3']}"):
        with subtests.test(path=path):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= WIDEST


def test_the_skip_link_comes_first_and_leads_to_the_content(open_as: OpenPage) -> None:
    page = open_as("rita", Role.REVIEWER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
