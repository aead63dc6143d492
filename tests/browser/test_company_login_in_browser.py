"""Logging in with the company's account in real Chromium: there and back across sites, the queue, and out again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from cli.screenshots import free_port
from serving.app import load_state
from serving.auth.oidc.keys import Keys
from serving.auth.oidc.provider import Provider
from serving.rules import register_rules
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.settings import ServingSettings
from serving.web.frame import THEMES
from tests.browser.conftest import running, small_firm
from tests.browser.test_every_page import violations
from tests.browser.voices import DESCRIBED, VariedScorer
from tests.serving.auth.conftest import settings_for
from tests.serving.auth.provider import CLIENT, SECRET, LocalProvider
from tests.serving.factories import write

pytestmark = pytest.mark.browser
NAME = "Log in with Firm One"


@pytest.fixture
def local() -> Iterator[LocalProvider]:
    """The provider, at 127.0.0.1: to a browser another site than ours at localhost."""
    with LocalProvider() as provider:
        yield provider


@pytest.fixture
def place(engine: Engine, local: LocalProvider) -> Iterator[str]:
    """The address of a service with a filled queue on which the company's people log in."""
    write(engine, small_firm())  # type: ignore[arg-type]  # records, listed with others
    port = free_port()
    given = {"TRIAGE_HIDDEN_SCORE_SHARE": 0, "TRIAGE_PUBLIC_URL": f"http://localhost:{port}"}
    told = settings_for(local.issuer, client_id=CLIENT, client_secret=SECRET, name="Firm One")
    models = FixedModels(VariedScorer(), DESCRIBED)
    state = load_state(engine, ServingSettings.model_validate(given), models=models)
    state = replace(state, provider=Provider(told, Keys(local.issuer)))
    with engine.begin() as connection:
        register_rules(connection, state)
    score_run(state, ["INV-2", "INV-5"], as_of=state.clock())
    with running(state, port):
        yield f"http://localhost:{port}"


def open_page(browser: Browser, place: str, theme: str = "light") -> Page:
    dark = "dark" if theme == "dark" else "light"
    context = browser.new_context(base_url=place, color_scheme=dark, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    return context.new_page()


def test_the_way_there_and_back_and_out_again(browser: Browser, place: str) -> None:
    page = open_page(browser, place)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto("/queue?state=open")
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Agree").click()
    page.wait_for_url(f"{place}/queue?state=open")
    expect(page.get_by_text("Rita", exact=True)).to_be_visible()
    expect(page.locator("a.open")).to_have_count(2)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are still logged in with Firm One.")).to_be_visible()
    page.get_by_role("link", name="Log out there too").click()
    expect(page).to_have_title("Left")
    page.goto("/queue")
    expect(page.get_by_role("link", name=NAME)).to_be_visible()
    assert said == []
    page.context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_everybody_can_use_the_pages_of_the_way(browser: Browser, place: str, local: LocalProvider, theme: str) -> None:
    local.said = {"groups": ["canteen"]}
    page = open_page(browser, place, theme)
    page.goto("/login?left=1")
    assert violations(page) == ""
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("link", name="Agree").click()
    expect(page.get_by_role("heading", name="Your login works, but you have no role here")).to_be_visible()
    assert violations(page) == ""
    page.set_viewport_size({"width": 1024, "height": 768})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    page.context.close()
