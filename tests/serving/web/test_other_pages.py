"""Models, monitoring, audit, administration, static files and error pages."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving import audit
from serving.auth.scopes import Role
from serving.middleware import SECURITY_HEADERS
from serving.state import ServingState
from serving.web.static import asset_url
from tests.serving.kit import carry_out_verifications
from tests.serving.web.conftest import OpenBrowser

MONITORED = text("""
    INSERT INTO monitoring_run (window_start, window_end, rows, reference, verdict, drifted, checks, snapshot,
                                report_path)
    VALUES ('2026-02-01', '2026-02-08', 1200, 'test', 'drift', 3, '{}', '{}', :path) RETURNING run_id
""")


def test_the_models_page_shows_figures_beside_the_baseline_and_the_certificate(browse: OpenBrowser) -> None:
    page = browse("dan", Role.DATA_SCIENTIST).get("/models").text
    assert "0.791" in page
    assert "0.768 to 0.813" in page
    assert "client&#39;s own smoothed rate" in page
    promise = "With 90% confidence, at most 5% of the cleared invoices are disputed or credited"
    assert promise in page


def test_monitoring_is_empty_until_something_ran(browse: OpenBrowser) -> None:
    dan = browse("dan", Role.DATA_SCIENTIST)
    assert "Nothing was monitored yet" in dan.get("/monitoring").text
    assert dan.get("/monitoring/none/report").status_code == 404


def test_a_monitoring_report_is_shown_in_a_sandbox(browse: OpenBrowser, engine: Engine, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("<p>drift</p>")
    with engine.begin() as connection:
        run_id = connection.execute(MONITORED, {"path": str(report)}).scalar_one()
    dan = browse("dan", Role.DATA_SCIENTIST)
    assert "1,200" in dan.get("/monitoring").text
    answer = dan.get(f"/monitoring/{run_id}/report")
    assert answer.text == "<p>drift</p>"
    assert answer.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")


def verified(client: TestClient, state: ServingState) -> str:
    """The page after somebody asked for a verification and a worker carried it out."""
    assert client.post("/audit/verification").headers["location"] == "/audit"
    assert "waits for a worker" in client.get("/audit").text
    carry_out_verifications(state)
    return client.get("/audit").text


def test_the_audit_page_has_the_chain_verified(browse: OpenBrowser, state: ServingState) -> None:
    page = verified(browse("ana", Role.AUDITOR), state)
    assert "The chain holds" in page
    assert "for Ana." in page
    assert "Login" in page


def test_the_audit_page_shows_where_the_chain_broke(browse: OpenBrowser, state: ServingState) -> None:
    ana = browse("ana", Role.AUDITOR)
    with state.engine.begin() as connection:
        audit.write(connection, "tested", actor="a", subject="s", detail={"why": "<b>"})
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER append_only"))
        connection.execute(text("UPDATE audit_entry SET body = replace(body, 'tested', 'forged')"))
    page = verified(ana, state)
    assert "The chain is broken in 1 place." in page
    assert "its content is not what was written" in page
    assert "why: &lt;b&gt;" in page


def test_an_administrator_adds_a_person_who_can_then_log_in(browse: OpenBrowser, stranger: TestClient) -> None:
    ada = browse("ada", Role.ADMIN)
    form = {"login": "new", "name": "New Person", "password": "long enough secret", "role": "reviewer"}
    assert ada.post("/admin/accounts", data=form).status_code == 303
    assert "New Person" in ada.get("/admin").text
    assert stranger.post("/login", data={"login": "new", "password": form["password"]}).status_code == 303


@pytest.mark.parametrize(
    ("change", "says"),
    [({"password": "short"}, "at least 12"), ({"login": "ada"}, "is taken"), ({"name": " "}, "Enter a login")],
)
def test_a_faulty_account_form_is_refused_and_keeps_what_was_typed(
    browse: OpenBrowser, change: dict[str, str], says: str
) -> None:
    form = {"login": "new", "name": "New", "password": "long enough secret", "resource_id": "R-77", **change}
    answer = browse("ada", Role.ADMIN).post("/admin/accounts", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="R-77"' in answer.text
    assert form["password"] not in answer.text


def test_a_key_is_shown_once_and_can_be_revoked(browse: OpenBrowser, engine: Engine) -> None:
    ada = browse("ada", Role.ADMIN)
    made = ada.post("/admin/keys", data={"name": "erp", "scopes": ["scores:write", "scores:read"]}).text
    key = made.split('class="secret">')[1].split("<")[0]
    assert key.startswith("triage_")
    assert key not in ada.get("/admin").text
    ada.post(f"/admin/keys/{key.split('_')[1]}/revoke", data={"sure": "yes"})
    assert "revoked and opens nothing" in ada.get("/admin").text
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM api_key WHERE revoked_at IS NULL")).scalar() == 0


def test_a_key_for_tests_is_marked(browse: OpenBrowser) -> None:
    form = {"name": "trial", "scopes": ["scores:write"], "kind": "test"}
    assert '<span class="tag">test</span>' in browse("ada", Role.ADMIN).post("/admin/keys", data=form).text


def test_a_key_cannot_decide(browse: OpenBrowser) -> None:
    answer = browse("ada", Role.ADMIN).post("/admin/keys", data={"name": "x", "scopes": ["cases:write"]})
    assert answer.status_code == 403


def test_the_documentation_loads_nothing_from_elsewhere(stranger: TestClient) -> None:
    answer = stranger.get("/docs")
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert len(loaded) == 4
    assert {stranger.get(place).status_code for place in loaded if place.startswith("/static/")} == {200}
    assert [place for place in loaded if not place.startswith("/static/")] == []
    assert not re.search(r"<script(?![^>]*src=)|<style|style=", answer.text)


def test_a_static_file_is_compressed_for_who_takes_it(stranger: TestClient) -> None:
    place = asset_url("swagger-ui-bundle.js")
    plain = stranger.get(place, headers={"accept-encoding": "identity"})
    small = stranger.get(place, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert small.content == plain.content


def test_static_files_are_kept_by_content(stranger: TestClient) -> None:
    place = asset_url("app.css")
    fresh, stale = stranger.get(place), stranger.get("/static/old/app.css")
    assert fresh.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (stale.content, stale.headers["cache-control"]) == (fresh.content, "public, max-age=60")
    assert stranger.get("/static/x/none.css").status_code == 404
    assert stranger.get("/static/x/..%2Fapp.py").status_code == 404


def test_pages_carry_the_content_policy_and_are_not_kept(browse: OpenBrowser) -> None:
    answer = browse("rita", Role.REVIEWER).get("/queue")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_that_does_not_exist_keeps_the_frame(browse: OpenBrowser) -> None:
    answer = browse("rita", Role.REVIEWER).get("/nowhere")
    assert answer.status_code == 404
    assert "Rita" in answer.text


def test_a_page_for_others_says_what_is_lacking(browse: OpenBrowser) -> None:
    answer = browse("rita", Role.REVIEWER).get("/admin")
    assert answer.status_code == 403
    assert "lacks the scope accounts:admin" in answer.text


def test_an_unexpected_error_is_a_page_that_says_nothing_was_changed(
    browse: OpenBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita = browse("rita", Role.REVIEWER)
    monkeypatch.setattr("serving.web.views.queue.group_currency", lambda _: 1 / 0)
    answer = rita.get("/queue")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert answer.headers["x-request-id"] in answer.text
