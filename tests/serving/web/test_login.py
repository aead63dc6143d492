"""Logging in through the form: redirects stay here, lock-outs are told, sessions end."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from tests.serving.kit import PASSWORD, person
from tests.serving.web.conftest import OpenBrowser


def enter(client: TestClient, password: str = PASSWORD, target: str = "/") -> tuple[int, str, str]:
    answer = client.post("/login", data={"login": "rita", "password": password, "next": target})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_a_right_password_goes_where_the_person_wanted_to_go(stranger: TestClient, engine: Engine) -> None:
    person(engine, "rita", Role.REVIEWER)
    assert enter(stranger, target="/cases/1?x=2")[:2] == (303, "/cases/1?x=2")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil",
        "javascript:alert(1)",
        "/\t/evil",
        "",
        "x",
    ],
)
def test_a_redirect_never_leaves_the_service(stranger: TestClient, engine: Engine, target: str) -> None:
    person(engine, "rita", Role.REVIEWER)
    assert enter(stranger, target=target)[1] == "/"


def test_a_wrong_password_keeps_the_login_and_says_so(stranger: TestClient, engine: Engine) -> None:
    person(engine, "rita", Role.REVIEWER)
    status, _, page = enter(stranger, "wrong")
    assert status == 401
    assert "The login or the password is wrong." in page
    assert 'value="rita"' in page


def test_too_many_wrong_passwords_have_to_wait(stranger: TestClient, engine: Engine) -> None:
    person(engine, "rita", Role.REVIEWER)
    for _ in range(5):
        enter(stranger, "wrong")
    answer = stranger.post("/login", data={"login": "rita", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    assert "Too many failed log-ins from here; try again in 15 min." in answer.text


def test_a_login_from_another_site_is_refused(stranger: TestClient, engine: Engine) -> None:
    person(engine, "rita", Role.REVIEWER)
    data = {"login": "rita", "password": PASSWORD}
    assert stranger.post("/login", data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_stranger_is_sent_to_the_login_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/queue?route=hold")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fqueue%3Froute%3Dhold")


def test_a_machine_still_gets_a_problem_document(stranger: TestClient) -> None:
    answer = stranger.get("/queue", headers={"accept": "*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_logging_out_ends_the_session(browse: OpenBrowser, engine: Engine) -> None:
    rita = browse("rita", Role.REVIEWER)
    cookies = dict(rita.cookies)
    assert rita.post("/logout").headers["location"] == "/login"
    rita.cookies.update(cookies)
    assert rita.get("/queue").status_code == 303
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM account_session WHERE ended_at IS NULL")).scalar() == 0


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.REVIEWER, "/queue"), (Role.DATA_SCIENTIST, "/monitoring"), (Role.PROJECT_MANAGER, "/policies")],
)
def test_the_start_page_is_the_first_one_that_the_role_may_open(browse: OpenBrowser, role: Role, place: str) -> None:
    assert browse("someone", role).get("/").headers["location"] == place


def test_the_navigation_shows_only_what_the_role_may_open(browse: OpenBrowser) -> None:
    page = browse("rita", Role.REVIEWER).get("/queue").text
    assert 'href="/models"' in page
    assert 'href="/audit"' not in page
    assert 'href="/admin"' not in page


def test_the_theme_is_kept_in_a_cookie_and_shown(stranger: TestClient) -> None:
    answer = stranger.post("/theme", data={"theme": "dark", "next": "/login"})
    assert answer.headers["location"] == "/login"
    assert 'data-theme="dark"' in stranger.get("/login").text
    stranger.post("/theme", data={"theme": "pink"})
    assert "data-theme" not in stranger.get("/login").text
