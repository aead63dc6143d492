"""Asking and answering in a real browser, and the pages of decisions under the accessibility rules."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from ledger.records import Approval
from serving.auth.scopes import Role
from serving.queue.decide import DecisionRequest, decide
from serving.queue.service import claim
from serving.settings import ServingSettings
from tests.browser.conftest import OpenPage, Service
from tests.browser.test_every_page import violations
from tests.serving.factories import record, write
from tests.serving.kit import person

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")


def keep(page: Page, name: str) -> None:
    """A picture to look at, where ``TRIAGE_SHOTS`` names a folder."""
    folder = os.environ.get("TRIAGE_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def ask(page: Page, service: Service, **fields: str) -> str:
    """Ask about INV-3 in words; the link."""
    page.goto(f"/cases/{service.cases['INV-3']}")
    page.get_by_text("Ask somebody").click()
    page.get_by_label("Question").fill("Why is the rate 240 and not 180?")
    page.get_by_label("Name", exact=True).fill("Petra Manager")
    for label, value in fields.items():
        page.get_by_label(label).select_option(value)
    page.get_by_role("button", name="Ask", exact=True).click()
    link = page.get_by_label("Link").input_value()
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.mark.parametrize("theme", THEMES)
def test_a_question_is_asked_answered_without_an_account_and_comes_back(
    open_as: OpenPage, service: Service, theme: str
) -> None:
    rita = open_as("rita", Role.REVIEWER, theme=theme)
    link = ask(rita, service)
    keep(rita, f"link-{theme}")
    assert violations(rita) == ""
    petra = rita.context.browser.new_context(color_scheme=theme, base_url=service.url)  # type: ignore[union-attr, arg-type]  # it runs; one of THEMES
    page = petra.new_page()
    page.goto(link)
    keep(page, f"answer-{theme}")
    assert violations(page) == ""
    page.get_by_label("Your answer").fill("Weekend work, agreed with the client.")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("Thank you, your answer has arrived").wait_for()
    assert violations(page) == ""
    page.goto(link)
    keep(page, f"dead-link-{theme}")
    assert "leads nowhere any more" in page.content()
    assert violations(page) == ""
    petra.close()
    rita.goto(f"/cases/{service.cases['INV-3']}")
    keep(rita, f"case-{theme}")
    assert "Weekend work, agreed with the client." in rita.content()
    assert violations(rita) == ""


def test_an_approval_page_and_an_evidence_page_can_be_used_by_everybody(open_as: OpenPage, service: Service) -> None:
    write(service.state.engine, [
        record(Approval, approval_id="A9", subject_kind="time_entry", subject_id="T2", project_id="P1",
               client_id="C1", approver_id="PM1", requested_at="2026-01-14T09:00:00Z"),
    ])  # fmt: skip
    page = open_as("rita", Role.REVIEWER)
    place = f"/v1/cases/{service.cases['INV-1']}/requests"
    bodies = [
        {"kind": "approve", "question": "Please approve these hours.", "asked_id": "PM1",
         "subjects": [{"kind": "approval", "id": "A9"}]},
        {"kind": "evidence", "question": "Please send the acceptance.", "asked_id": "PM1"},
    ]  # fmt: skip
    for body in bodies:
        made = page.request.post(place, data=body).json()
        page.goto(made["link"].removeprefix("http://127.0.0.1:8000"))
        keep(page, f"answer-{body['kind']}")
        assert violations(page) == ""


@pytest.mark.parametrize("theme", THEMES)
def test_deciding_together_shows_what_is_left_out_and_can_be_undone(
    open_as: OpenPage, service: Service, theme: str
) -> None:
    page = open_as("rita", Role.REVIEWER, theme=theme)
    page.goto("/queue")
    for box in page.get_by_role("checkbox", name="Choose INV-").all():
        box.check()
    page.get_by_role("button", name="Decide the chosen cases together").click()
    page.get_by_label("Decision").select_option("release")
    page.get_by_role("button", name="Look again").click()
    page.get_by_text("Left out", exact=True).wait_for()
    keep(page, f"bulk-{theme}")
    assert violations(page) == ""
    page.get_by_label("Reason").select_option("other")
    page.get_by_label("Note, one for all").fill("All in order.")
    page.locator("button.primary").click()
    page.get_by_role("button", name="Undo all").wait_for()
    keep(page, f"batch-{theme}")
    assert violations(page) == ""
    page.get_by_role("button", name="Undo all").click()
    page.get_by_text("nothing took effect.").first.wait_for()
    assert violations(page) == ""


@pytest.mark.parametrize("theme", THEMES)
def test_the_pages_of_second_looks_can_be_used_by_everybody(open_as: OpenPage, service: Service, theme: str) -> None:
    all_drawn = ServingSettings.model_validate({"TRIAGE_SECOND_LOOK_SHARE": 1.0})
    state, case_id = replace(service.state, settings=all_drawn), service.cases["INV-3"]
    with state.engine.begin() as connection:
        alice = person(state.engine, "alice", Role.REVIEWER)
        fence = claim(connection, state, case_id, principal=alice)["fence"]
        said = DecisionRequest.model_validate({"action": "hold", "fence": fence, "reason_code": "rate"})
        decide(connection, state, case_id, said, principal=alice)
        assert connection.execute(text("SELECT count(*) FROM second_look")).scalar_one() == 1
    page = open_as("rita", Role.REVIEWER, theme=theme)
    page.goto("/second-looks")
    keep(page, f"looks-{theme}")
    assert violations(page) == ""
    page.get_by_role("button", name="Take a second look").click()
    page.get_by_text("What would you decide?").wait_for()
    keep(page, f"look-{theme}")
    assert violations(page) == ""
    page.get_by_role("radio", name="Release").check()
    page.get_by_role("button", name="Decide and compare").click()
    page.get_by_text("Both decisions").wait_for()
    keep(page, f"compared-{theme}")
    assert violations(page) == ""
