"""A reviewer's work in a real browser: log in, look, claim, decide, next; and who is kept from what."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from serving.auth.scopes import Role
from tests.browser.conftest import OpenPage, Service
from tests.serving.kit import PASSWORD

pytestmark = pytest.mark.browser


def open_case(page: Page, service: Service, invoice_id: str) -> None:
    page.goto(f"/cases/{service.cases[invoice_id]}")


def decide(page: Page, action: str, *, reason: str | None = None, note: str = "", button: str = "Decide") -> None:
    page.get_by_role("radio", name=re.compile(f"^{action}")).check()
    if reason is not None:
        page.get_by_role("combobox", name="Reason").select_option(label=reason)
    page.get_by_role("textbox", name="Note").fill(note)
    page.get_by_role("button", name=button, exact=True).click()


def test_the_queue_shows_the_most_expected_cash_first(open_as: OpenPage) -> None:
    page = open_as("rita", Role.REVIEWER)
    shown = page.locator("tbody .figure-button").evaluate_all("all => all.map(button => button.firstChild.data)")
    figures = [float(text.replace(",", "")) for text in shown]
    assert len(figures) >= 4
    assert figures == sorted(figures, reverse=True)


def test_a_reviewer_claims_decides_with_reason_and_note_and_gets_the_next_case(
    open_as: OpenPage, service: Service
) -> None:
    page = open_as("rita", Role.REVIEWER)
    open_case(page, service, "INV-3")
    expect(page.get_by_text("rate 240 where the card says 180").first).to_be_visible()
    page.get_by_role("button", name="Claim this case").click()
    decide(page, "Correct", reason="Rate", note="card says 180", button="Decide and take next")
    expect(page.get_by_role("status")).to_contain_text("INV-3: decided – correct.")
    expect(page).to_have_url(re.compile("/cases/"))
    expect(page.get_by_text("You hold this case")).to_be_visible()
    with service.state.engine.connect() as connection:
        kept = connection.execute(text("SELECT action, reason_code, note FROM case_decision")).one()
    assert kept == ("correct", "rate", "card says 180")


def test_take_next_claims_the_top_of_the_queue(open_as: OpenPage) -> None:
    page = open_as("sam", Role.SENIOR_REVIEWER)
    first = page.locator("a.open").first.get_attribute("href") or ""
    page.get_by_role("button", name="Take next case").click()
    expect(page).to_have_url(re.compile(first))


def test_a_colleague_sees_who_holds_a_case_and_until_when(open_as: OpenPage, service: Service) -> None:
    rita, bob = open_as("rita", Role.REVIEWER), open_as("bob", Role.REVIEWER)
    open_case(rita, service, "INV-2")
    rita.get_by_role("button", name="Claim this case").click()
    expect(rita.get_by_text("You hold this case")).to_be_visible()
    open_case(bob, service, "INV-2")
    expect(bob.get_by_text(re.compile(r"Held by Rita until \d\d:\d\d UTC"))).to_be_visible()
    expect(bob.get_by_role("button", name="Claim this case")).to_have_count(0)


def test_the_preparer_is_refused_with_the_reason(open_as: OpenPage, service: Service) -> None:
    page = open_as("pia", Role.REVIEWER, resource_id="PREP")
    open_case(page, service, "INV-2")
    expect(page.get_by_text("you prepared, own, approved or manage what this invoice bills")).to_be_visible()
    expect(page.get_by_role("button", name="Claim this case")).to_have_count(0)


def test_a_note_survives_a_claim_that_was_lost_meanwhile(open_as: OpenPage, service: Service) -> None:
    rita, sam = open_as("rita", Role.REVIEWER), open_as("sam", Role.SENIOR_REVIEWER)
    open_case(rita, service, "INV-2")
    rita.get_by_role("button", name="Claim this case").click()
    expect(rita.get_by_text("You hold this case")).to_be_visible()
    with service.state.engine.begin() as connection:
        connection.execute(
            text("UPDATE review_case SET lease_expires_at = now() - interval '1 s' WHERE state = 'claimed'")
        )
    open_case(sam, service, "INV-2")
    sam.get_by_role("button", name="Claim this case").click()
    expect(sam.get_by_text("You hold this case")).to_be_visible()
    decide(rita, "Hold", reason="Rate", note="I called the client")
    expect(rita.get_by_role("alert")).to_contain_text("what you typed is kept")
    expect(rita.get_by_text("Held by Sam")).to_be_visible()
    expect(rita.get_by_label("Your note, kept")).to_have_value("I called the client")


def test_a_decision_without_its_reason_keeps_the_form(open_as: OpenPage, service: Service) -> None:
    page = open_as("rita", Role.REVIEWER)
    open_case(page, service, "INV-2")
    page.get_by_role("button", name="Claim this case").click()
    decide(page, "Hold", note="something is off")
    expect(page.get_by_role("alert")).to_contain_text("Choose a reason")
    expect(page.get_by_role("textbox", name="Note")).to_have_value("something is off")
    expect(page.get_by_role("radio", name=re.compile("^Hold"))).to_be_checked()


def test_the_keyboard_moves_opens_claims_and_explains_itself(open_as: OpenPage) -> None:
    page = open_as("sam", Role.SENIOR_REVIEWER)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Search invoice, client or project")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("a.open").nth(1)
    expect(second).to_be_focused()
    target = second.get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")
    page.keyboard.press("c")
    expect(page.get_by_text("You hold this case")).to_be_visible()


def test_the_whole_flow_works_without_javascript(open_as: OpenPage, service: Service) -> None:
    first = open_as("rita", Role.REVIEWER)
    browser = first.context.browser
    assert browser is not None
    context = browser.new_context(base_url=service.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/cases/{service.cases['INV-2']}")
    page.get_by_label("Login").fill("rita")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="Claim this case").click()
    decide(page, "Hold", reason="Other", note="by hand")
    expect(page.get_by_role("status")).to_contain_text("INV-2: decided – hold.")
    context.close()


def test_the_chosen_theme_is_remembered(open_as: OpenPage) -> None:
    page = open_as("rita", Role.REVIEWER)
    page.get_by_role("button", name="Dark theme").click()
    page.goto("/models")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 21)"


def test_an_expired_session_asks_to_log_in_and_comes_back(open_as: OpenPage, service: Service) -> None:
    page = open_as("rita", Role.REVIEWER)
    with service.state.engine.begin() as connection:
        connection.execute(text("UPDATE account_session SET expires_at = now() - interval '1 s'"))
    open_case(page, service, "INV-2")
    page.get_by_label("Login").fill("rita")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{service.url}/cases/{service.cases['INV-2']}")


def test_what_was_sent_is_no_draft_any_more(open_as: OpenPage, service: Service) -> None:
    page = open_as("rita", Role.REVIEWER)
    open_case(page, service, "INV-3")
    page.get_by_role("button", name="Claim this case").click()
    page.get_by_role("textbox", name="Comment").fill("asked the client")
    page.reload()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("asked the client")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
    decide(page, "Correct", reason="Rate", note="card says 180")
    expect(page).to_have_url(re.compile("/queue"))
    open_case(page, service, "INV-3")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
