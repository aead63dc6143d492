"""Every page there is, in light and dark: accessible, inside its window, and no script or content policy complains."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page
from sqlalchemy import text

from cli.tour import STOPS, Stop
from serving.auth.scopes import Role, Scope
from serving.callbacks import endpoints
from serving.scoring.runs import score_run
from serving.settings import ServingSettings
from serving.web.pages import ROUTERS
from tests.browser.conftest import OpenPage, Service
from tests.serving.callbacks.kit import ask, decide_case
from tests.serving.factories import invoice, line, write
from tests.serving.kit import api_key, person

pytestmark = pytest.mark.browser
# A narrow window, a common laptop, and the size in which the pages were drawn.
WIDTHS = (1024, 1366, 1440)
TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}  # all that differs between light and dark
# Addresses that give files or send on to a page; everything else that can be read must be a stop of the tour.
NOT_PAGES = {
    *(
        "/",
        "/docs",
        "/favicon.ico",
        "/static/{digest}/{name}",
        "/boards/{kpi_id}.csv",
        "/audit/export",
        "/audit/entries.csv",
    ),
    *("/login/company", "/login/company/callback", "/login/company/leave"),
    *("/controls/document", "/cases/{case_id}/attachments/{attachment_id}", "/monitoring/{run_id}/report"),
}
_DRIFTED = text("""
    INSERT INTO monitoring_run (window_start, window_end, rows, reference, verdict, drifted, checks, snapshot)
    VALUES ('2026-02-01', '2026-02-08', 1200, 'test', 'drift', 3, '{}', '{}')
""")
RECEIVER = "https://hooks.example.com"


def violations(page: Page, rules: Mapping[str, object] = TAGS) -> str:
    """A line for each element that breaks a rule."""
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = Axe().run(page, options=options).response["violations"]
    return "\n".join(f"{rule['id']}: {node['target']} {node['html'][:120]}" for rule in found for node in rule["nodes"])


@pytest.fixture
def settings() -> ServingSettings:
    """Every decision is drawn for a second look."""
    return ServingSettings.model_validate({"TRIAGE_SECOND_LOOK_SHARE": 1.0, "TRIAGE_HIDDEN_SCORE_SHARE": 0})


@pytest.fixture
def shown(service: Service) -> Service:
    """The small firm with more drafts, an API key, drift, a callback that waits, and a decided case."""
    state = service.state
    more = [
        part
        for number in range(11, 25)
        for part in (invoice(number, amount="2000"), line(number, unit_rate="200", amount="2000"))
    ]
    write(state.engine, more)
    score_run(state, [f"INV-{number}" for number in range(11, 25)], as_of=state.clock())
    with state.engine.begin() as connection:
        connection.execute(_DRIFTED)
        endpoints.create(connection, state, RECEIVER, name="Workflow", actor="test")
    api_key(state.engine, Scope.SCORES_READ)
    decide_case(ask(state, RECEIVER + "/done", number=6), person(state.engine, "sue", Role.SENIOR_REVIEWER))
    return service


@dataclass
class Visitor:
    """Goes to stops in a browser profile for each role, and keeps where it was and what was complained of."""

    open_as: OpenPage
    service: Service
    pages: dict[str, Page] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def go(self, stop: Stop) -> Page:
        """The page of a stop; fails where the small firm has nothing to show there."""
        page, self.said = self._page(stop.role), []
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        assert stop.way(page), "there is nothing to see"
        page.wait_for_load_state()
        return page

    def _page(self, role: str) -> Page:
        if role not in self.pages:
            page = self.open_as(f"x-{role}", *([Role(role)] if role else [Role.REVIEWER]))
            if not role:
                page.context.clear_cookies()
            page.on("framenavigated", lambda frame: self.paths.add(re.sub(r"^https?://[^/]+|[?#].*$", "", frame.url)))
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.said.append(str(error)))
            self.pages[role] = page
        return self.pages[role]

    def _hear(self, message: ConsoleMessage) -> None:
        # An error page is an answer with an error's status, and the browser says so of the document itself.
        refused = message.location["url"] == message.page.url if message.page else False
        if message.type in ("error", "warning") and not (refused and "status of 4" in message.text):
            self.said.append(message.text)


def readable() -> set[str]:
    """Every address of the pages that can be read."""
    found = {route.path for router in ROUTERS for route in router.routes if "GET" in getattr(route, "methods", ())}
    return found - NOT_PAGES


def route_of(path: str) -> str:
    """The page that an address belongs to: the one with the fewest places for ids."""
    fitting = [page for page in readable() if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", page), path)]
    return min(fitting, key=lambda page: page.count("{"), default="")


def test_every_page_can_be_used_by_everybody_and_nothing_complains(
    open_as: OpenPage, shown: Service, subtests: pytest.Subtests
) -> None:
    visitor = Visitor(open_as, shown)
    for stop in STOPS:
        with subtests.test(stop=stop.name):
            page = visitor.go(stop)
            assert violations(page, TAGS) == ""
            page.emulate_media(color_scheme="dark")
            assert violations(page, COLOURS) == ""
            assert visitor.said == []
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 768})
                assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert sorted(readable() - {route_of(path) for path in visitor.paths}) == []


def test_the_skip_link_comes_first_and_leads_to_the_content(open_as: OpenPage) -> None:
    page = open_as("rita", Role.REVIEWER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
