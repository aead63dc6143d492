"""Every way in which logging in with the company's account fails: nobody is logged in, and the page says what to do."""

import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from sqlalchemy import text

from serving.auth.oidc.company import Flow
from serving.auth.oidc.people import account_id_of
from serving.auth.scopes import Role
from serving.callbacks.vault import Vault
from serving.state import ServingState
from tests.serving.auth.conftest import Browser, Time, Visit, sessions, told
from tests.serving.auth.provider import CLIENT, SECRET, LocalProvider, signing_key
from tests.serving.kit import PASSWORD, person


def refused(answer: httpx.Response, status: int, says: str, state: ServingState) -> None:
    """The page says why, nobody is logged in, and no secret of the way is shown."""
    assert answer.status_code == status
    assert says in answer.text
    assert "What next" in answer.text
    assert "triage_session=" not in answer.headers.get("set-cookie", "")
    assert sessions(state) == 0


def test_an_answer_to_another_browser_logs_nobody_in(browser: Browser, visit: Visit, entering: ServingState) -> None:
    back, victim = browser.agree(browser.begin()), visit()
    refused(victim.client.get(back), 400, "This login cannot be finished", entering)
    victim.begin()
    refused(victim.client.get(back), 400, "This login cannot be finished", entering)


def test_an_answer_is_taken_once_even_by_a_careless_provider(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.again = True
    begun = browser.begin()
    kept, back = dict(browser.client.cookies), browser.agree(begun)
    assert browser.client.get(back).status_code == 303
    browser.client.cookies.clear()
    browser.client.cookies.update(kept)
    answer = browser.client.get(back)
    assert (answer.status_code, sessions(entering)) == (400, 1)
    assert browser.who().status_code == 401


def test_a_code_is_taken_once(browser: Browser, local: LocalProvider, entering: ServingState) -> None:
    code = dict(parse_qsl(urlsplit(browser.agree(browser.begin())).query))["code"]
    httpx.post(f"{local.issuer}/token", data={"code": code}, auth=(CLIENT, "x"))
    first = browser.begin()
    mine = dict(parse_qsl(urlsplit(browser.agree(first)).query))
    refused(browser.client.get(f"/login/company/callback?code={code}&state={mine['state']}"), 400, "used", entering)


@pytest.mark.parametrize(
    "change", [{"state": "x"}, {"state": None}, {"code": None}, {"code": ""}, {"code": "invented"}]
)
def test_a_changed_answer_is_refused(
    browser: Browser, local: LocalProvider, entering: ServingState, change: dict[str, str | None]
) -> None:
    local.back = change
    refused(browser.log_in(), 400, "This login cannot be finished", entering)


def test_a_login_that_took_too_long_is_refused(browser: Browser, entering: ServingState) -> None:
    flow = Flow("state", "nonce", "verifier", "/", time.time() - 1)
    browser.client.cookies.set("triage_company_login", flow.sealed(Vault.of(entering.settings)))
    refused(browser.client.get("/login/company/callback?code=x&state=state"), 400, "too long ago", entering)


def test_a_cookie_that_is_no_login_of_ours_is_refused(browser: Browser, entering: ServingState) -> None:
    seal = Vault.of(entering.settings).seal
    for cookie in ("", "x", "gAAAAA", seal('"text"'), seal('{"state": "x"}'), seal("no JSON")):
        browser.client.cookies.set("triage_company_login", cookie)
        answer = browser.client.get("/login/company/callback?code=x&state=x")
        refused(answer, 400, "cannot be finished", entering)


def test_an_answer_of_another_provider_is_refused(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.back = {"iss": "https://elsewhere.example"}
    refused(browser.log_in(), 401, "another identity provider", entering)
    assert local.exchanges == []


def test_a_provider_that_names_itself_always_does(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.further = {"authorization_response_iss_parameter_supported": True}
    refused(browser.log_in(), 401, "another identity provider", entering)
    local.back = {"iss": local.issuer}
    assert browser.log_in().status_code == 303


# Identity tokens that do not hold -----------------------------------------------------------------------------------

NOW = int(time.time())
UNFIT: dict[str, dict[str, Any]] = {
    "nonce of another login": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "payroll"},
    "for the interface alone": {"aud": "triage"},
    "for several, by nobody": {"aud": [CLIENT, "payroll"]},
    "for several, by another": {"aud": [CLIENT, "payroll"], "azp": "payroll"},
    "by another": {"azp": "payroll"},
    "wrong issuer": {"iss": "http://127.0.0.1:1"},
    "expired": {"exp": NOW - 3_600},
    "never issued": {"iat": None},
    "issued in the future": {"iat": NOW + 3_600},
    "no subject": {"sub": None},
    "an access token": {"header": {"typ": "at+jwt"}},
    "a logout token": {"header": {"typ": "logout+jwt"}},
    "a stranger's key": {"key": signing_key("first", 1)},
    "an algorithm off the list": {"alg": "RS512"},
}


def test_an_identity_token_that_does_not_hold_is_refused(
    browser: Browser, local: LocalProvider, entering: ServingState, subtests: pytest.Subtests
) -> None:
    for name, unfit in UNFIT.items():
        with subtests.test(unfit=name):
            local.said = unfit
            refused(browser.log_in(), 401, "What happened", entering)


# Who may not come in ------------------------------------------------------------------------------------------------


def test_a_person_without_a_role_hears_whom_to_ask(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.said = {"groups": ["unknown"]}
    answer = browser.log_in()
    refused(answer, 403, "Your login works, but you have no role here", entering)
    assert "Ask an administrator of this service for a role" in answer.text
    [(actor, detail)] = told(entering, "login_refused")
    assert (actor, detail["login"]) == (account_id_of(f"{local.issuer}|rita"), f"{local.issuer}|rita")


def test_groups_that_would_administer_and_decide_are_refused(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.said = {"groups": ["it", "ar-team"]}
    refused(browser.log_in(), 403, "administers accounts and decides", entering)


def test_one_person_of_the_ledger_is_one_account(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    person(entering.engine, "rita", Role.REVIEWER, resource_id="R-12")
    local.said = {"employee": "R-12"}
    refused(browser.log_in(), 403, "You have another account here", entering)
    with entering.engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = false WHERE login = 'rita'"))
    assert browser.log_in().status_code == 303
    assert browser.log_in().status_code == 303


def test_an_account_closed_here_stays_closed(browser: Browser, visit: Visit, entering: ServingState) -> None:
    browser.log_in()
    with entering.engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = false"))
    answer = visit().log_in()
    assert (answer.status_code, "Your account here is deactivated" in answer.text) == (403, True)
    assert browser.who().status_code == 401


# The provider says no, or nothing -----------------------------------------------------------------------------------


REFUSALS = {
    "access_denied": (401, "did not let you in"),
    "temporarily_unavailable": (503, "cannot be used just now"),
    "<b>Call 0800 EVIL</b>": (401, "did not finish"),
}


def test_a_refusal_of_the_provider_is_told_in_our_words(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    for error, (status, says) in REFUSALS.items():
        local.back = {"code": None, "error": error, "error_description": "Call 0800 EVIL"}
        answer = browser.log_in()
        refused(answer, status, says, entering)
        assert "EVIL" not in answer.text


def test_while_the_provider_is_down_local_accounts_go_on(
    browser: Browser, local: LocalProvider, entering: ServingState, clock: Time
) -> None:
    person(entering.engine, "ada", Role.ADMIN)
    local.down = True
    refused(browser.begin(), 503, "A local account works meanwhile", entering)
    form = {"login": "ada", "password": PASSWORD, "next": "/admin"}
    assert browser.client.post("/login", data=form).headers["location"] == "/admin"
    local.down = False
    clock.now += 60
    assert browser.log_in().status_code == 303


def test_a_provider_that_goes_down_on_the_way_is_told(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    back = browser.agree(browser.begin())
    local.down = True
    refused(browser.client.get(back), 503, "A local account works meanwhile", entering)


def test_a_wrong_secret_of_ours_is_for_whoever_runs_the_service(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.secret = "another"
    answer = browser.log_in()
    refused(answer, 503, "does not answer as it should", entering)
    assert SECRET not in answer.text


@pytest.mark.parametrize("field", ["authorization_endpoint", "token_endpoint"])
@pytest.mark.parametrize("place", [None, "http://idp.example/there"])
def test_a_provider_without_a_safe_place_is_not_used(
    browser: Browser, local: LocalProvider, entering: ServingState, field: str, place: str | None
) -> None:
    local.further = {field: place}
    begun = browser.begin()
    answer = begun if field == "authorization_endpoint" else browser.client.get(browser.agree(begun))
    refused(answer, 503, "does not answer as it should", entering)
