"""A reviewer's whole hour in a real browser: from the log-in to the release, and what everybody else sees of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from ledger.records import Approval, Resource
from serving.app import load_state
from serving.auditing.file import check
from serving.auth.scopes import Role
from serving.policy import Policy
from serving.rules import register_rules
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels
from serving.settings import ServingSettings
from tests.browser.conftest import OpenPage, Service, running
from tests.browser.voices import DESCRIBED
from tests.serving.factories import invoice, line, master, record, time_entry, write
from tests.serving.kit import PASSWORD, carry_out_verifications
from tests.serving.watchful import watchful

pytestmark = pytest.mark.browser
MANAGER = "Petra Manager"


def firm() -> list[object]:
    """Twenty hours billed, ten of them not approved; a second draft at a rate that is not the card's."""
    return [
        *master(),
        *(invoice(1, amount="3600"), line(1, quantity="20", amount="3600")),
        *(invoice(2, amount="2000", prepared_by="R9"), line(2, unit_rate="200", amount="2000")),
        time_entry(time_entry_id="T2", worked_on="2026-01-13", status="submitted"),
        record(Resource, resource_id="PM1", name=MANAGER),
        record(Resource, resource_id="W1", name="Wim Worker"),
        record(Approval, approval_id="A1", subject_kind="time_entry", subject_id="T2", project_id="P1", client_id="C1",
               approver_id="PM1", approver_role="project_manager", requested_at="2026-01-14T09:00:00Z"),
    ]  # fmt: skip


@pytest.fixture
def service(engine: Engine, settings: ServingSettings) -> Iterator[Service]:
    """A service whose models fear hours that nobody approved, and where 3,000 need two people."""
    write(engine, firm())  # type: ignore[arg-type]  # records, listed with others
    made = load_state(engine, settings, models=FixedModels(watchful("unapproved_time_count"), DESCRIBED))
    state = replace(made, policy=Policy.model_validate(made.policy.model_dump() | {"four_eyes_amount": 3000}))
    with engine.begin() as connection:
        register_rules(connection, state)
    score_run(state, ["INV-1", "INV-2"], as_of=state.clock())
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT invoice_id, case_id FROM review_case").all()
    with running(state) as url:
        yield Service(url, state, {str(row[0]): str(row[1]) for row in found})


def link_of(page: Page) -> str:
    """The path of the link that is shown once."""
    return "/answer/" + page.get_by_label("Link").input_value().rpartition("/")[2]


def figure(page: Page, board: str) -> float:
    """The number at the head of a board."""
    page.goto(f"/boards/{board}")
    shown = page.locator(".head-figures dd").first.inner_text()
    return float(re.sub(r"[^\d.-]", "", shown) or 0)


def finds_by_keyboard(rita: Page) -> None:
    """Narrows the queue, goes down and up, opens the case and claims it, without a mouse."""
    rita.get_by_label("Route").select_option("review")
    rita.get_by_role("button", name="Apply").click()
    expect(rita).to_have_url(re.compile("route=review"))
    for _ in range(rita.locator("a.open").count()):
        rita.keyboard.press("j")
    while "INV-1" not in rita.evaluate("document.activeElement.closest('tr').innerText"):
        rita.keyboard.press("k")
    rita.keyboard.press("Enter")
    expect(rita.get_by_role("heading", level=1)).to_contain_text("INV-1")
    rita.wait_for_load_state()  # keys work once their script has run
    rita.keyboard.press("c")
    expect(rita.get_by_text("You hold this case")).to_be_visible()
    rita.keyboard.press("d")
    expect(rita.get_by_role("radio", name=re.compile("^Release"))).to_be_focused()


def is_locked_for(colleague: Page, service: Service) -> None:
    """A colleague sees who holds the case, until when, and no way to take it."""
    colleague.goto(f"/cases/{service.cases['INV-1']}")
    expect(colleague.get_by_text(re.compile(r"Held by Rita until \d\d:\d\d UTC"))).to_be_visible()
    expect(colleague.get_by_role("button", name="Claim this case")).to_have_count(0)


def asks_with_one_click(rita: Page) -> str:
    """Asks for the approval that would clear the invoice; its link."""
    expect(rita.get_by_text("Unapproved time").first).to_be_visible()
    rita.get_by_role("button", name=re.compile(f"^Ask {MANAGER}")).first.click()
    return link_of(rita)


def asks_for_a_document(rita: Page, service: Service) -> str:
    """Asks in words for a paper; its link."""
    rita.goto(f"/cases/{service.cases['INV-1']}")
    rita.get_by_text("Ask somebody").click()
    rita.get_by_label("What is wanted").select_option(label="A document")
    rita.get_by_label("Question").fill("Please send the client's order.")
    rita.get_by_label("Name", exact=True).fill(MANAGER)
    rita.get_by_role("button", name="Ask", exact=True).click()
    return link_of(rita)


def answers(rita: Page, service: Service, link: str, *, press: str, file: Path | None = None) -> None:
    """The project manager, in a browser that knows nobody, by the link alone."""
    browser = rita.context.browser
    assert browser is not None
    with browser.new_context(base_url=service.url) as context:
        page = context.new_page()
        page.goto(link)
        expect(page.get_by_text(f"Rita asks {MANAGER}")).to_be_visible()
        page.get_by_label("Comment").fill("Weekend work, agreed with the client.")
        if file is not None:
            page.get_by_label("Files").set_input_files(file)
        page.get_by_role("button", name=press, exact=True).click()
        expect(page.get_by_role("heading", name="Thank you, your answer has arrived")).to_be_visible()
        page.goto(link)
        expect(page.get_by_role("button", name=press, exact=True)).to_have_count(0)


def story(page: Page) -> Locator:
    return page.locator(".story")


def sees_it_scored_again(rita: Page, service: Service) -> None:
    """The case is open again, for another reason, and the timeline says who did what."""
    rita.goto(f"/cases/{service.cases['INV-1']}")
    expect(rita.get_by_text("Unapproved time")).to_have_count(0)
    expect(story(rita)).to_contain_text("Scored again")
    expect(story(rita)).to_contain_text("Resumed")
    expect(story(rita)).to_contain_text("Answered")
    expect(rita.locator(".decision .state")).to_have_text("Open")


def releases(page: Page, service: Service, *, note: str) -> None:
    """Claims by key and releases."""
    page.goto(f"/cases/{service.cases['INV-1']}")
    page.keyboard.press("c")
    page.get_by_role("radio", name=re.compile("^Release")).check()
    page.get_by_role("textbox", name="Note").fill(note)
    page.get_by_role("button", name="Decide", exact=True).click()


def downloads(auditor: Page, service: Service, folder: Path) -> Path:
    """Has the chain verified by a worker, and keeps the file for auditors."""
    auditor.goto("/audit")
    auditor.get_by_role("button", name="Verify the chain").click()
    expect(auditor.get_by_text("The verification waits for a worker.")).to_be_visible()
    carry_out_verifications(service.state)
    expect(auditor.get_by_text(re.compile("The chain holds"))).to_be_visible()
    with auditor.expect_download() as waiting:
        auditor.get_by_role("link", name="File for auditors").click()
    place = folder / waiting.value.suggested_filename
    waiting.value.save_as(place)
    return place


def test_a_whole_hour_from_the_log_in_to_the_audit(open_as: OpenPage, service: Service, tmp_path: Path) -> None:
    mona = open_as("mona", Role.MANAGER)
    before = {board: figure(mona, board) for board in ("decisions", "cash-at-risk")}
    rita, sam = open_as("rita", Role.REVIEWER), open_as("sam", Role.SENIOR_REVIEWER)
    finds_by_keyboard(rita)
    is_locked_for(sam, service)
    preparer = open_as("pia", Role.REVIEWER, resource_id="PREP")
    preparer.goto(f"/cases/{service.cases['INV-1']}")
    expect(preparer.get_by_text("you prepared, own, approved or manage")).to_be_visible()
    link = asks_with_one_click(rita)
    rita.goto(f"/cases/{service.cases['INV-1']}")
    expect(rita.locator(".decision .state")).to_have_text("Waiting for an answer")
    answers(rita, service, link, press="Approve")
    sees_it_scored_again(rita, service)
    order = tmp_path / "order.txt"
    order.write_text("Order 4711, signed.")
    answers(rita, service, asks_for_a_document(rita, service), press="Send", file=order)
    rita.goto(f"/cases/{service.cases['INV-1']}")
    expect(rita.get_by_role("link", name="order.txt").first).to_be_visible()
    releases(rita, service, note="Approved by the project manager; the order is here.")
    sam.goto(f"/cases/{service.cases['INV-1']}")
    expect(sam.get_by_text("Released once already")).to_be_visible()
    releases(sam, service, note="Seen; in order.")
    expect(sam.get_by_role("status")).to_contain_text("INV-1: decided – release.")
    assert figure(mona, "decisions") > before["decisions"]
    expect(mona.get_by_role("link", name=re.compile("^INV-1 ?, open the case")).first).to_be_visible()
    assert figure(mona, "cash-at-risk") == before["cash-at-risk"] - 3600
    kept = downloads(open_as("ana", Role.AUDITOR), service, tmp_path)
    checked = check(kept.read_bytes().splitlines(keepends=True))
    assert checked.holds
    assert checked.entries > 10


def test_the_hours_core_needs_no_script(open_as: OpenPage, service: Service) -> None:
    first = open_as("rita", Role.REVIEWER)
    browser = first.context.browser
    assert browser is not None
    with browser.new_context(base_url=service.url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/queue")
        page.get_by_label("Login").fill("rita")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Search invoice, client or project").fill("INV-1")
        page.get_by_label("Search invoice, client or project").press("Enter")
        page.locator("a.open").first.click()
        page.get_by_role("button", name="Claim this case").click()
        link = asks_with_one_click(page)
        answers(page, service, link, press="Approve")
        sees_it_scored_again(page, service)
        page.get_by_role("button", name="Claim this case").click()
        page.get_by_role("radio", name=re.compile("^Release")).check()
        page.get_by_role("button", name="Decide", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("INV-1")
