"""People and keys on their pages: what an administrator changes, and what nobody may."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role, Scope
from serving.auth.service import create_key
from tests.serving.kit import PASSWORD, person
from tests.serving.web.conftest import OpenBrowser


@pytest.fixture
def ada(browse: OpenBrowser) -> TestClient:
    return browse("ada", Role.ADMIN)


@pytest.fixture
def sam(engine: Engine) -> str:
    return f"/admin/accounts/{person(engine, 'sam', Role.REVIEWER).principal_id}"


@pytest.fixture
def key(engine: Engine) -> str:
    with engine.begin() as connection:
        return "/admin/keys/" + create_key(connection, "erp", [Scope.SCORES_READ], actor="test").split("_")[1]


def after(ada: TestClient, place: str, step: str, **data: object) -> str:
    """The page after a form was sent."""
    answer = ada.post(f"{place}/{step}", data=data)
    assert answer.status_code == 303, answer.text
    return ada.get(answer.headers["location"]).text


def test_roles_are_changed_with_a_reason(ada: TestClient, sam: str) -> None:
    assert "Say why" in after(ada, sam, "roles", roles=["auditor"])
    assert "at least one role" in after(ada, sam, "roles", why="because")
    assert "A field is wrong" in after(ada, sam, "roles", roles=["admin", "reviewer"], why="because")
    page = after(ada, sam, "roles", roles=["auditor"], why="moved to audit")
    assert 'value="auditor" checked' in page
    assert 'value="reviewer" checked' not in page


def test_ones_own_roles_are_not_offered_and_refused(ada: TestClient) -> None:
    own = ada.get("/admin").text.split('href="/admin/accounts/')[1].split('"')[0]
    page = ada.get(f"/admin/accounts/{own}").text
    assert "another administrator must change its roles" in page
    assert "Deactivate</button>" not in page
    assert "This is your own account" in after(ada, f"/admin/accounts/{own}", "roles", roles=["auditor"], why="why")


def test_a_person_leaves_and_comes_back(ada: TestClient, sam: str, stranger: TestClient) -> None:
    credentials = {"login": "sam", "password": PASSWORD}
    assert "deactivated" in after(ada, sam, "standing", do="deactivate", why="left")
    assert stranger.post("/login", data=credentials).status_code == 401
    assert "active again" in after(ada, sam, "standing", do="reactivate", why="came back")
    assert stranger.post("/login", data=credentials).status_code == 303
    assert "Open sessions: 1" in ada.get(sam).text
    assert "Open sessions: 0" in after(ada, sam, "standing", do="end_sessions", why="lost a laptop")


def test_name_ledger_id_and_password_are_changed(ada: TestClient, sam: str, stranger: TestClient) -> None:
    page = after(ada, sam, "description", name="Samuel", resource_id="R-9", why="married")
    assert 'value="Samuel"' in page
    assert 'value="R-9"' in page
    assert "Enter a name" in after(ada, sam, "description", name=" ", why="because")
    assert "at least 12" in after(ada, sam, "password", password="short", why="because")
    assert "password is changed" in after(ada, sam, "password", password="a longer secret", why="forgotten")
    assert stranger.post("/login", data={"login": "sam", "password": "a longer secret"}).status_code == 303


def test_a_key_is_rotated_and_its_secret_shown_once(ada: TestClient, key: str) -> None:
    page = ada.post(f"{key}/rotation", data={"overlap_hours": 2, "valid_days": 30}).text
    assert 'class="secret">triage_' in page
    assert 'class="secret"' not in ada.get(key).text


def test_a_keys_limits_are_set_and_taken_away(ada: TestClient, key: str) -> None:
    assert 'value="2.5"' in after(ada, key, "limits", requests_per_second="2.5", requests_per_day="")
    for wrong in ("0", "nan", "many"):
        assert "Enter a number above 0" in after(ada, key, "limits", requests_per_second=wrong)
    assert 'value="2.5"' not in after(ada, key, "limits")


def test_a_key_is_revoked_by_whoever_says_that_they_are_sure(ada: TestClient, key: str) -> None:
    assert "tick the box" in after(ada, key, "revoke")
    assert "opens nothing" in after(ada, key, "revoke", sure="yes")
    assert "was not in use" in after(ada, key, "revoke", sure="yes")
    assert "It stays so" in ada.get(key).text
    assert "The key is revoked" in after(ada, key, "rotation")
    assert ada.get("/admin/keys/none").status_code == 404
