"""Every route about a case or its score × every role × own team, other team, nobody: a foreign case is not there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import ROLE_SCOPES, Role, Scope
from serving.sql import change, only
from tests.access.test_access import BODIES, routes, scopes
from tests.serving.kit import OpenClient

ABOUT_A_CASE = re.compile(r"{(case_id|score_id)}")
# What a form must hold so that the case itself is looked for.
FORMS: dict[str, Any] = {
    "action": "release", "fence": "1", "note": "x", "text": "x", "reason": "other", "until": "2030-01-01T09:00",
    "hours": "24",
    "kind": "answer", "question": "x", "asked_name": "x", "because": "x", "days": "1", "team_id": "", "why": "x",
}  # fmt: skip


@pytest.fixture
def teams(engine: Engine, machine: TestClient, firm: Engine) -> dict[str, str]:
    """INV-1's case and score, given to team T; names of path parameters → ids."""
    score = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()
    with engine.begin() as connection:
        change(connection, "INSERT INTO team (team_id, name) VALUES ('T', 'Own'), ('U', 'Other')")
        change(connection, "UPDATE review_case SET team_id = 'T' WHERE case_id = %(id)s", {"id": score["case_id"]})
    return {"case_id": score["case_id"], "score_id": score["score_id"]}


def join(engine: Engine, login: str, team_id: str) -> None:
    """Make a person a member of a team."""
    with engine.begin() as connection:
        found = only(connection, "SELECT account_id FROM account WHERE login = %(login)s", {"login": login})
        values = {"team": team_id, "account": found["account_id"]}
        change(connection, "INSERT INTO team_member (team_id, account_id) VALUES (%(team)s, %(account)s)", values)


def places(app: FastAPI) -> Iterator[tuple[str, str, set[Scope]]]:
    """Method, path and scopes of the routes about one case; what ends the case comes last."""
    found = [(method, path, scopes(route)) for method, path, route in routes(app) if ABOUT_A_CASE.search(path)]
    assert len(found) >= 35
    yield from sorted(found, key=lambda place: (place[1].endswith("cancel"), place[1]))


def call(client: TestClient, method: str, path: str, ids: dict[str, str]) -> int:
    """The status of a call with everything in it that it needs, as far as the case goes."""
    place = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "none"), path)
    if path.startswith("/v1/"):
        sent = {} if method == "GET" else {"json": BODIES.get((method, path), {"fence": 1})}
    else:
        sent = {"headers": {"accept": "text/html"}} | ({} if method == "GET" else {"data": FORMS})
    return client.request(method, place, **sent, follow_redirects=False).status_code


def reaching(role: Role, needed: set[Scope]) -> bool:
    """Whether a role may call a route at all."""
    return needed <= ROLE_SCOPES[role]


NARROW = [role for role in Role if Scope.CASES_READ in ROLE_SCOPES[role] and Scope.CASES_ALL not in ROLE_SCOPES[role]]
WIDE = [role for role in Role if Scope.CASES_ALL in ROLE_SCOPES[role]]


@pytest.mark.parametrize("role", NARROW)
@pytest.mark.parametrize("team", ["U", None])
def test_a_case_of_another_team_is_not_there(
    app: FastAPI, engine: Engine, log_in: OpenClient, teams: dict[str, str], role: Role, team: str | None,
    subtests: pytest.Subtests,
) -> None:  # fmt: skip
    client = log_in("bob", role)
    if team is not None:
        join(engine, "bob", team)
    for method, path, needed in places(app):
        with subtests.test(route=f"{method} {path}"):
            assert call(client, method, path, teams) == (404 if reaching(role, needed) else 403)


@pytest.mark.parametrize("role", NARROW)
def test_a_case_of_ones_own_team_is_there(
    app: FastAPI, engine: Engine, log_in: OpenClient, teams: dict[str, str], role: Role, subtests: pytest.Subtests
) -> None:
    client = log_in("alice", role)
    join(engine, "alice", "T")
    _reached(app, client, teams, role, subtests)


@pytest.mark.parametrize("role", WIDE)
def test_who_sees_every_team_needs_none(
    app: FastAPI, log_in: OpenClient, teams: dict[str, str], role: Role, subtests: pytest.Subtests
) -> None:
    _reached(app, log_in("mona", role), teams, role, subtests)


def _reached(app: FastAPI, client: TestClient, ids: dict[str, str], role: Role, subtests: pytest.Subtests) -> None:
    for method, path, needed in places(app):
        with subtests.test(route=f"{method} {path}"):
            status = call(client, method, path, ids)
            if not reaching(role, needed):
                assert status == 403
            elif set(re.findall(r"{(\w+)}", path)) <= ids.keys():
                assert status not in (401, 404)
                assert status < 500


def test_nobody_reaches_any_of_it(app: FastAPI, teams: dict[str, str], subtests: pytest.Subtests) -> None:
    stranger = TestClient(app, raise_server_exceptions=False)
    for method, path, _ in places(app):
        with subtests.test(route=f"{method} {path}"):
            assert call(stranger, method, path, teams) in (401, 303)


def test_the_machine_that_scored_it_reads_its_answer(machine: TestClient, teams: dict[str, str]) -> None:
    assert machine.get(f"/v1/scores/{teams['score_id']}").status_code == 200
