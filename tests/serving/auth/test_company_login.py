"""Logging in on the pages with the company's account at a local provider: who gets in, as whom, how long."""

from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

from fastapi.testclient import TestClient

from serving.app import create_app
from serving.auth.oidc.people import account_id_of
from serving.auth.scopes import Role
from serving.state import ServingState
from tests.serving.auth.conftest import Browser, Time, Visit, entered_by, sessions, settings_for, told
from tests.serving.auth.provider import CLIENT, SECRET, LocalProvider, signing_key
from tests.serving.kit import PASSWORD, person


def test_a_person_comes_in_as_the_one_whom_bearer_tokens_name(
    browser: Browser, local: LocalProvider, entering: ServingState
) -> None:
    local.said = {"employee": "R-12"}
    answer = browser.log_in("/queue?route=hold")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?route=hold")
    who = browser.who().json()
    me = account_id_of(f"{local.issuer}|rita")
    assert (who["principal_id"], who["name"], who["roles"]) == (me, "Rita", ["reviewer"])
    assert told(entering, "login") == [(me, {"by": "identity provider"})]


def test_the_way_there_says_what_the_standards_ask_for(browser: Browser, local: LocalProvider) -> None:
    begun = browser.begin("/queue")
    place = urlsplit(begun.headers["location"])
    said = dict(parse_qsl(place.query))
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{local.issuer}/authorize"
    assert said | {"state": "", "nonce": "", "code_challenge": ""} == {
        "tenant": "firm", "response_type": "code", "client_id": CLIENT, "scope": "openid profile email",
        "redirect_uri": "http://testserver/login/company/callback", "code_challenge_method": "S256",
        "state": "", "nonce": "", "code_challenge": "",
    }  # fmt: skip
    assert len({said["state"], said["nonce"], said["code_challenge"]}) == 3


def test_the_cookie_of_the_way_is_short_hidden_and_only_for_the_login(browser: Browser) -> None:
    begun = browser.begin()
    cookie = begun.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "path=/login/company", "max-age=600"):
        assert part in cookie
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    assert state not in begun.headers["set-cookie"]
    done = browser.client.get(browser.agree(begun))
    assert 'triage_company_login=""' in "".join(done.headers.get_list("set-cookie"))


def test_the_session_is_like_any_other(browser: Browser, entering: ServingState) -> None:
    cookie = browser.log_in().headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert f"max-age={int(entering.settings.session_length.total_seconds())}" in cookie
    assert sessions(entering) == 1
    assert browser.client.post("/logout").headers["location"] == "/login?left=1"
    assert browser.who().status_code == 401
    assert sessions(entering) == 0


def test_roles_are_read_again_at_each_login(browser: Browser, visit: Visit, local: LocalProvider) -> None:
    browser.log_in()
    local.said = {"groups": ["it"]}
    visit().log_in()
    assert browser.who().json()["roles"] == ["admin"]


def test_the_secret_is_shown_to_the_provider_alone(browser: Browser, local: LocalProvider) -> None:
    browser.log_in()
    [(form, credentials)] = local.exchanges
    assert credentials.startswith("Basic ")
    assert form.keys() == {"grant_type", "code", "redirect_uri", "code_verifier"}
    assert len(form["code_verifier"]) >= 43


def test_the_secret_goes_into_the_form_where_the_provider_wants_it(browser: Browser, local: LocalProvider) -> None:
    local.further = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert browser.log_in().status_code == 303
    [(form, credentials)] = local.exchanges
    assert (form["client_secret"], credentials) == (SECRET, "")


def test_a_public_client_has_none(state: ServingState, local: LocalProvider, clock: Time) -> None:
    local.secret = None
    app = create_app(entered_by(state, settings_for(local.issuer, audience=None, client_id=CLIENT), clock))
    browser = Browser(TestClient(app, follow_redirects=False))
    assert browser.log_in().status_code == 303
    assert local.exchanges[0][0]["client_id"] == CLIENT


def test_a_login_never_leads_away_from_the_service(browser: Browser) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""):
        assert browser.log_in(target).headers["location"] == "/"


def test_one_of_several_audiences_may_be_us_where_the_token_was_made_for_us(
    browser: Browser, local: LocalProvider
) -> None:
    local.said = {"aud": [CLIENT, "payroll"], "azp": CLIENT}
    assert browser.log_in().status_code == 303


def test_a_rotated_key_is_taken_up_at_once(browser: Browser, local: LocalProvider, clock: Time) -> None:
    browser.log_in()
    clock.now += 60
    local.keys = [signing_key("second")]
    assert browser.log_in().status_code == 303


def test_an_administrator_ends_the_sessions_of_a_person_of_the_company(
    browser: Browser, entering: ServingState
) -> None:
    browser.log_in()
    who = browser.who().json()["principal_id"]
    person(entering.engine, "ada", Role.ADMIN)
    ada = TestClient(create_app(entering))
    ada.post("/v1/session", json={"login": "ada", "password": PASSWORD})
    answer = ada.post(f"/v1/accounts/{who}/sessions/end", json={"why": "lost the laptop"})
    assert answer.status_code == 200
    assert browser.who().status_code == 401


def test_wrong_passwords_lock_nobody_out_who_has_none(browser: Browser, visit: Visit, local: LocalProvider) -> None:
    browser.log_in()
    for status in (401, 401, 401, 401, 401, 429):
        guess = {"login": f"{local.issuer}|rita", "password": "guess"}
        assert browser.client.post("/v1/session", json=guess).status_code == status
    assert visit().log_in().status_code == 303


def test_the_button_is_there_only_where_it_leads_somewhere(browser: Browser, state: ServingState) -> None:
    page = browser.client.get("/login", params={"next": "/queue?route=hold"}).text
    assert 'href="/login/company?next=/queue%3Froute%3Dhold"' in page
    assert "Log in with the company account" in page
    without = TestClient(create_app(state), follow_redirects=False, headers={"accept": "text/html"})
    assert "company" not in without.get("/login").text
    assert [without.get(f"/login/company{end}").status_code for end in ("", "/callback", "/leave")] == [404] * 3


def test_its_tokens_open_the_interface_only_with_an_audience(browser: Browser, local: LocalProvider) -> None:
    header = {"Authorization": f"Bearer {local.token(aud=CLIENT)}"}
    assert browser.client.get("/v1/session", headers=header).status_code == 401
    header = {"Authorization": f"Bearer {local.token(aud='')}"}
    assert browser.client.get("/v1/session", headers=header).status_code == 401


def test_whoever_leaves_may_leave_the_provider_too(browser: Browser, local: LocalProvider) -> None:
    browser.log_in()
    left = browser.client.get(browser.client.post("/logout").headers["location"]).text
    assert 'href="/login/company/leave"' in left
    place = urlsplit(browser.client.get("/login/company/leave").headers["location"])
    assert dict(parse_qsl(place.query)) == {
        "client_id": CLIENT, "post_logout_redirect_uri": "http://testserver/login",
    }  # fmt: skip
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{local.issuer}/left"


def test_where_the_provider_knows_no_leaving_the_page_says_what_to_do(browser: Browser, local: LocalProvider) -> None:
    local.further = {"end_session_endpoint": None}
    answer = browser.client.get("/login/company/leave")
    assert answer.headers["location"] == "/login"
    assert "Close the browser to leave the company account too." in browser.client.get("/login").text


def test_whoever_came_with_a_password_hears_nothing_of_it(browser: Browser, entering: ServingState) -> None:
    person(entering.engine, "rita", Role.REVIEWER)
    browser.client.post("/login", data={"login": "rita", "password": PASSWORD})
    assert browser.client.post("/logout").headers["location"] == "/login"
    assert "/leave" not in browser.client.get("/login").text


def test_secure_cookies_hold_for_the_way_too(entering: ServingState, local: LocalProvider) -> None:
    secured = replace(entering, settings=entering.settings.model_copy(update={"secure_cookies": True}))
    client = TestClient(create_app(secured), base_url="https://testserver", follow_redirects=False)
    assert "secure" in Browser(client).begin().headers["set-cookie"].lower()
