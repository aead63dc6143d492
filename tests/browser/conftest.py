"""A real Chromium and a real service on a free port, over a small firm with cases of each kind."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import Engine

from cli.screenshots import FLAGS, browser_path
from serving.app import load_state
from serving.auth.scopes import Role
from serving.rules import register_rules
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.browser.voices import DESCRIBED, VariedScorer
from tests.serving.factories import contract, invoice, line, master, record, time_entry, write
from tests.serving.kit import PASSWORD, person
from tests.serving.running import running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one named by ``CHROMIUM_PATH``, an installed one, or playwright's own."""
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        except PlaywrightError as error:
            pytest.skip(f"no Chromium can be started: {str(error).splitlines()[0]}")
        yield chromium
        chromium.close()


@dataclass(frozen=True)
class Service:
    """A running service: its address, its state, and the case of each invoice."""

    url: str
    state: ServingState
    cases: dict[str, str]


def small_firm() -> list[object]:
    """Six drafts, from clean and large to wrong in several ways, and a client with a past."""
    from ledger.records import Approval, Note, Resource

    past = [
        invoice(
            40 + number,
            status="settled",
            invoice_date=f"2025-{number + 1:02d}-01",
            due_date=f"2025-{number + 1:02d}-20",
            settled_on=f"2025-{number + 1:02d}-{24 if number % 3 else 18}",
            amount="900",
        )
        for number in range(1, 8)
    ]
    drafts = [
        *(invoice(1, amount="1800"), line(1)),
        *(invoice(2, amount="40000"), line(2, quantity="200", unit_rate="200", amount="40000")),
        *(invoice(3, amount="2400"), line(3, quantity="10", unit_rate="240", amount="2400")),
        *(invoice(4, amount="60000"), line(4, quantity="300", unit_rate="200", amount="60000")),
        *(invoice(5, amount="120000"), line(5, quantity="600", unit_rate="200", amount="120000")),
        *(invoice(6, contract_id="K2", amount="500"), line(6, quantity="2.5", unit_rate="200", amount="500")),
    ]
    around = [
        contract(contract_id="K2", po_required=True),
        time_entry(time_entry_id="T2", status="submitted"),
        record(Resource, resource_id="PM1", name="Petra Manager"),
        record(Resource, resource_id="W1", name="Wim Worker"),
        record(Approval, approval_id="A1", subject_kind="time_entry", subject_id="T2", project_id="P1", client_id="C1",
               approver_id="PM1", approver_role="project_manager", requested_at="2026-01-14T09:00:00Z"),
        record(Note, note_id="N1", client_id="C1", invoice_id="INV-3", text="The client asked about the rate."),
    ]  # fmt: skip
    return [*master(), *around, *past, *drafts]


@pytest.fixture
def settings() -> ServingSettings:
    """Of the service; a module may have its own. No score is hidden by lot."""
    return ServingSettings.model_validate({"TRIAGE_HIDDEN_SCORE_SHARE": 0})


@pytest.fixture
def service(engine: Engine, settings: ServingSettings) -> Iterator[Service]:
    """The application on a free port, its queue filled."""
    write(engine, small_firm())  # type: ignore[arg-type]  # records, listed with others
    state = load_state(engine, settings, models=FixedModels(VariedScorer(), DESCRIBED))
    with engine.begin() as connection:
        register_rules(connection, state)
    score_run(state, [f"INV-{number}" for number in range(1, 7)], as_of=state.clock())
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT invoice_id, case_id FROM review_case").all()
    with running(state) as url:
        yield Service(url, state, {str(row[0]): str(row[1]) for row in found})


OpenPage = Callable[..., Page]


@pytest.fixture
def open_as(browser: Browser, service: Service) -> Iterator[OpenPage]:
    """Logs a new person in through the form, in a browser profile of their own."""
    contexts = []

    def open_page(name: str, *roles: Role, resource_id: str | None = None, theme: str = "light") -> Page:
        person(service.state.engine, name, *roles, resource_id=resource_id)
        dark = "dark" if theme == "dark" else "light"
        context = browser.new_context(base_url=service.url, color_scheme=dark, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Login").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(lambda address: "/login" not in address)
        return page

    yield open_page
    for context in contexts:
        context.close()
