"""Every route against every role: the published table of who may do what."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from serving.api.dependencies import Authenticator
from serving.auth.scopes import ROLE_SCOPES, Role, Scope
from serving.policy import load_policy
from tests.serving.kit import OpenClient

SHIPPED_POLICY = load_policy()
PUBLIC = {
    *(("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/v1/session")),
    *(("GET", "/login"), ("POST", "/login"), ("POST", "/theme"), ("GET", "/static/{digest}/{name}")),
    *(("GET", "/login/company"), ("GET", "/login/company/callback"), ("GET", "/login/company/leave")),
    *(("GET", "/favicon.ico"), ("GET", "/docs"), ("GET", "/answer/{token}"), ("POST", "/answer/{token}")),
}
ENDS_THE_SESSION = {("DELETE", "/v1/session"), ("POST", "/logout")}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/records"): {"records": [{}]},
    ("POST", "/v1/quarantine/{quarantine_id}/repair"): {"repairs": {}},
    ("POST", "/v1/scores"): {"invoice_id": "INV-404"},
    ("POST", "/v1/cases/{case_id}/decision"): {"action": "release", "fence": 1},
    ("POST", "/v1/second-looks/{look_id}/decision"): {"action": "release"},
    ("POST", "/v1/second-looks/{look_id}/settlement"): {"settled_for": "first", "settled_note": "x"},
    ("POST", "/v1/monitoring/{run_id}/follow-ups"): {"state": "open", "next_step": "x", "note": "seen"},
    ("POST", "/v1/cases/{case_id}/resume"): {"note": "x"},
    ("POST", "/v1/cases/{case_id}/cancel"): {"note": "x"},
    ("POST", "/v1/cases/{case_id}/reopen"): {"note": "x"},
    ("POST", "/v1/cases/{case_id}/comments"): {"text": "x"},
    ("POST", "/v1/bulk-decisions"): {"action": "release", "case_ids": ["none"]},
    ("POST", "/v1/bulk-decisions/preview"): {"action": "release", "case_ids": ["none"]},
    ("POST", "/v1/cases/{case_id}/requests"): {"kind": "answer", "question": "x", "asked_name": "x"},
    ("POST", "/v1/cases/{case_id}/attachments"): {"file_name": "a.txt", "content_base64": "YQ=="},
    ("POST", "/v1/scores/batch"): {"items": [{"invoice_id": "INV-404"}]},
    ("POST", "/v1/keys"): {"name": "x", "scopes": ["scores:read"]},
    ("POST", "/v1/keys/{key_id}/rotation"): {"overlap_hours": 1},
    ("PUT", "/v1/keys/{key_id}/limits"): {"requests_per_second": 1},
    ("POST", "/v1/accounts"): {"login": "x", "name": "x", "password": "correct horse", "roles": ["reviewer"]},
    ("PUT", "/v1/accounts/{account_id}/roles"): {"roles": ["reviewer"]},
    ("PUT", "/v1/accounts/{account_id}"): {"name": "x", "why": "because"},
    ("POST", "/v1/accounts/{account_id}/reactivate"): {"why": "because"},
    ("POST", "/v1/accounts/{account_id}/password"): {"password": "correct horse", "why": "because"},
    ("POST", "/v1/accounts/{account_id}/sessions/end"): {"why": "because"},
    ("POST", "/v1/runs"): {"invoice_ids": ["INV-404"]},
    ("POST", "/v1/callback-subscriptions"): {"events": ["case.opened"], "callback_url": "https://x.example.com"},
    ("POST", "/v1/controls/proposals"): {"reason": "because", "document": {"number": 1, "controls": []}},
    ("POST", "/v1/controls/proposals/{proposal_id}/backtest"): {"sample": 1},
    ("POST", "/v1/cases/group-claim"): {"group_key": "x"},
    ("POST", "/v1/cases/{case_id}/skip"): {"reason": "other"},
    ("POST", "/v1/cases/{case_id}/snooze"): {"until": "2026-02-11T12:00:00Z", "reason": "x"},
    ("POST", "/v1/cases/{case_id}/assignment"): {"assigned_to": None, "why": "x"},
    ("POST", "/v1/cases/{case_id}/team"): {"team_id": None, "why": "x"},
    ("POST", "/v1/teams"): {"name": "x", "why": "x"},
    ("PUT", "/v1/teams/{team_id}"): {"name": "x", "auto_assign": True, "why": "x"},
    ("PUT", "/v1/teams/{team_id}/members/{account_id}"): {"why": "x"},
    ("POST", "/v1/teams/{team_id}/members/{account_id}/removal"): {"why": "x"},
    **{
        (method, f"/v1/routing-rules{path}"): {"name": "x", "position": 1, "team_id": "none", "why": "x"}
        for method, path in (("POST", ""), ("POST", "/preview"), ("PUT", "/{rule_id}"))
    },
    ("POST", "/v1/routing-rules/{rule_id}/removal"): {"why": "x"},
    ("POST", "/v1/routing-rules/application"): {"why": "x"},
    ("POST", "/v1/views"): {"name": "x", "parameters": {"route": "hold"}},
    **{
        ("POST", f"/v1/controls/{path}"): {"why": "because"}
        for path in (
            *(f"proposals/{{proposal_id}}/{step}" for step in ("shadow", "approve", "activate", "withdraw")),
            *("rollback", "snoozes/{snooze_id}/end"),
        )
    },
    ("POST", "/v1/policies/proposals"): {"reason": "because", "policy": SHIPPED_POLICY.content},
    ("POST", "/v1/policies/proposals/{proposal_id}/preview"): {"scores": 1},
    **{
        ("POST", f"/v1/policies/{path}"): {"why": "because"}
        for path in (*(f"proposals/{{proposal_id}}/{step}" for step in ("approve", "activate", "withdraw")), "rollback")
    },
    ("POST", "/v1/callback-endpoints"): {"name": "x", "prefix": "ftp://x"},
    ("POST", "/v1/callback-endpoints/{endpoint_id}/rotation"): {"overlap_hours": 1},
    ("POST", "/v1/callback-endpoints/{endpoint_id}/disable"): {"because": "x"},
}


def routes(app: FastAPI) -> Iterator[tuple[str, str, APIRoute]]:
    yield from _below(app.routes)


def _below(found: Iterable[Any]) -> Iterator[tuple[str, str, APIRoute]]:
    for route in found:
        if isinstance(route, APIRoute):
            yield from ((method, route.path, route) for method in sorted(route.methods))
        elif hasattr(route, "original_router"):
            yield from _below(route.original_router.routes)


def scopes(route: APIRoute) -> set[Scope]:
    found, pending = set(), list(route.dependant.dependencies)
    while pending:
        dependant = pending.pop()
        pending += dependant.dependencies
        if isinstance(dependant.call, Authenticator):
            found.add(dependant.call.scope)
    return found


def test_every_route_declares_its_scope_or_is_public_on_purpose(app: FastAPI) -> None:
    found = {(method, path): scopes(route) for method, path, route in routes(app)}
    assert len(found) >= 40
    assert {place for place, needed in found.items() if not needed} == PUBLIC
    assert all(len(needed) <= 1 for needed in found.values())


def test_every_published_operation_is_in_the_table(app: FastAPI) -> None:
    published = {(method.upper(), path) for path, operations in app.openapi()["paths"].items() for method in operations}
    assert published == {(method, path) for method, path, route in routes(app) if route.include_in_schema}


def call(client: TestClient, method: str, path: str) -> int:
    body = BODIES.get((method, path), {"fence": 1})
    place = path.format_map(dict.fromkeys(re.findall(r"{(\w+)}", path), "none"))
    sent: dict[str, Any] = {} if method in ("GET", "DELETE") else {"json": body}
    if path.endswith("/stream"):
        sent = {"content": b"{}", "headers": {"content-type": "application/x-ndjson"}}
    return client.request(method, place, **sent, follow_redirects=False).status_code


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_just_what_its_scopes_name(
    app: FastAPI, log_in: OpenClient, role: Role, subtests: pytest.Subtests
) -> None:
    client = log_in(f"x-{role.value}", role)
    table = [row for row in routes(app) if (row[0], row[1]) not in PUBLIC | ENDS_THE_SESSION]
    for method, path, route in table:
        allowed = scopes(route) <= ROLE_SCOPES[role]
        with subtests.test(route=f"{method} {path}"):
            status = call(client, method, path)
            assert (status != 403) is allowed
            assert status < 500


def test_a_stranger_reaches_nothing(app: FastAPI, subtests: pytest.Subtests) -> None:
    stranger = TestClient(app, raise_server_exceptions=False)
    for method, path, _ in routes(app):
        if (method, path) not in PUBLIC:
            with subtests.test(route=f"{method} {path}"):
                assert call(stranger, method, path) == 401


def test_no_role_can_both_run_the_service_and_decide() -> None:
    for granted in ROLE_SCOPES.values():
        assert not {Scope.ACCOUNTS_ADMIN, Scope.CASES_WRITE} <= granted
