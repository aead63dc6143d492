"""The interactive documentation works under the content policy of every other page, and asks no other server."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Service

pytestmark = pytest.mark.browser


def test_the_documentation_is_drawn_from_our_own_files(browser: Browser, service: Service) -> None:
    page = browser.new_page(base_url=service.url)
    asked, complaints = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/docs")
    page.locator("#operations-scores-create_score").click()
    page.get_by_role("button", name="Try it out").first.click()
    page.get_by_role("button", name="Execute").first.wait_for()
    assert [place for place in asked if not place.startswith((service.url, "data:"))] == []
    assert complaints == []
    page.close()
