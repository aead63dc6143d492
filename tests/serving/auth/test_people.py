"""What administrators change of people: told with old, new and why; never their own rights, never the last one's."""

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine

from serving import audit
from serving.auth import administration, people, service
from serving.auth.administration import LastAdministrator, OwnAccount
from serving.auth.logging_in import Attempt, Login, log_in
from serving.auth.people import Described, NoPassword
from serving.auth.principal import Principal, Unauthenticated
from serving.auth.scopes import Role
from serving.limits.failures import Failures
from serving.problems import Conflict, Problem
from serving.settings import ServingSettings
from serving.sql import change, only
from tests.serving.kit import PASSWORD, OpenClient, person


def entered(engine: Engine, password: str) -> Login:
    """A log-in of sam's."""
    return log_in(engine, Attempt("sam", password), settings=ServingSettings(), failures=Failures())


@pytest.fixture
def ada(engine: Engine) -> Principal:
    return person(engine, "ada", Role.ADMIN)


@pytest.fixture
def sam(engine: Engine) -> Principal:
    return person(engine, "sam", Role.REVIEWER, resource_id="R-1")


def told(connection: Connection) -> dict[str, Any]:
    """The newest audit entry about sam."""
    query = "SELECT body::jsonb AS body FROM audit_entry ORDER BY written_at DESC, position DESC LIMIT 1"
    body: dict[str, Any] = only(connection, query)["body"]
    return {"action": body["action"], **body["detail"]}


def test_a_changed_name_and_ledger_id_are_told_with_old_and_new(
    connection: Connection, ada: Principal, sam: Principal
) -> None:
    described = Described("Samuel", None)
    people.describe(connection, sam.principal_id, described, by=ada, why="married")
    assert told(connection) == {
        "action": "account_described",
        "before": {"name": "Sam", "resource_id": "R-1"},
        "after": {"name": "Samuel", "resource_id": None},
        "why": "married",
    }
    assert audit.verify(connection).holds


def test_nobody_changes_their_own_roles(connection: Connection, ada: Principal) -> None:
    with pytest.raises(OwnAccount):
        administration.set_roles(connection, ada.principal_id, [Role.ADMIN, Role.AUDITOR], by=ada)


def test_the_last_administrator_stays_one(connection: Connection, ada: Principal, sam: Principal) -> None:
    with pytest.raises(LastAdministrator):
        administration.set_roles(connection, ada.principal_id, [Role.AUDITOR], by=sam)
    with pytest.raises(LastAdministrator):
        administration.deactivate(connection, ada.principal_id, by=sam)


def test_two_administrators_cannot_take_each_other_away_at_once(engine: Engine, ada: Principal) -> None:
    eve = person(engine, "eve", Role.ADMIN)
    refused, start = list[Problem](), threading.Barrier(2)

    def strike(by: Principal, whom: Principal) -> None:
        start.wait()
        try:
            with engine.begin() as connection:
                administration.deactivate(connection, whom.principal_id, by=by)
        except LastAdministrator as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=strike, args=pair) for pair in ((ada, eve), (eve, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        left = only(connection, "SELECT count(*) AS n FROM account WHERE active AND 'admin' = ANY(roles)")["n"]
    assert (len(refused), left) == (1, 1)


def test_whoever_comes_back_has_no_session_of_before(engine: Engine, ada: Principal, sam: Principal) -> None:
    token = entered(engine, PASSWORD).token
    with engine.begin() as connection:
        administration.deactivate(connection, sam.principal_id, by=ada, why="left")
        people.reactivate(connection, sam.principal_id, by=ada, why="came back")
        with pytest.raises(Conflict, match="is active"):
            people.reactivate(connection, sam.principal_id, by=ada, why="again")
        with pytest.raises(Unauthenticated):
            service.principal_of_session(connection, token)
    assert entered(engine, PASSWORD).token


def test_another_password_ends_sessions(engine: Engine, ada: Principal, sam: Principal) -> None:
    token = entered(engine, PASSWORD).token
    with engine.begin() as connection:
        people.reset_password(connection, sam.principal_id, "another secret", by=ada, why="forgotten")
        with pytest.raises(Unauthenticated):
            service.principal_of_session(connection, token)
    assert entered(engine, "another secret").token
    with pytest.raises(Unauthenticated):
        entered(engine, PASSWORD)


def test_people_of_the_identity_provider_have_no_password_here(
    connection: Connection, ada: Principal, sam: Principal
) -> None:
    change(connection, "UPDATE account SET password_hash = NULL WHERE login = 'sam'")
    with pytest.raises(NoPassword):
        people.reset_password(connection, sam.principal_id, "another secret", by=ada, why="forgotten")


def test_the_api_says_when_somebody_logged_in_and_their_teams(log_in: OpenClient, engine: Engine) -> None:
    ada: TestClient = log_in("ada", Role.ADMIN)
    sam = person(engine, "sam", Role.REVIEWER)
    with engine.begin() as connection:
        change(connection, "INSERT INTO team (team_id, name) VALUES ('t', 'Key clients')")
        member = "INSERT INTO team_member (team_id, account_id) VALUES ('t', %(id)s)"
        change(connection, member, {"id": sam.principal_id})
    found = {one["login"]: one for one in ada.get("/v1/accounts").json()["accounts"]}
    assert found["sam"]["teams"] == ["Key clients"]
    assert found["sam"]["last_login_at"] is None
    assert (found["ada"]["last_login_at"] is None, found["ada"]["sessions"]) == (False, 1)
