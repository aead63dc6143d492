"""Files of a case: who adds and reads them, what is refused, and that they stay as they came."""

import base64
import hashlib
from dataclasses import replace

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.app import create_app
from serving.auth.scopes import Role
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.kit import PASSWORD, OpenClient, person

PDF = b"%PDF-1.7 signed"


def body(name: str = "acceptance.pdf", content: bytes = PDF) -> dict[str, str]:
    return {"file_name": name, "content_base64": base64.b64encode(content).decode()}


@pytest.fixture
def place(firm: Engine, machine: TestClient) -> str:
    """The address of the files of a case."""
    case_id = machine.post("/v1/scores", json={"invoice_id": "INV-1"}).json()["case_id"]
    return f"/v1/cases/{case_id}/attachments"


@pytest.fixture
def alice(log_in: OpenClient) -> TestClient:
    return log_in("alice", Role.REVIEWER)


def move_to_a_team(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO team (team_id, name) VALUES ('T', 'Elsewhere')"))
        connection.execute(text("UPDATE review_case SET team_id = 'T'"))


def test_a_file_comes_back_as_it_was_and_only_as_a_download(alice: TestClient, place: str) -> None:
    kept = alice.post(place, json=body()).json()
    assert (kept["size"], kept["digest"], kept["added_by_name"]) == (15, hashlib.sha256(PDF).hexdigest(), "Alice")
    answer = alice.get(f"{place}/{kept['attachment_id']}/content")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="acceptance.pdf"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_name_cannot_break_out_of_its_header(alice: TestClient, place: str) -> None:
    kept = alice.post(place, json=body('a"; x="é.pdf')).json()
    header = alice.get(f"{place}/{kept['attachment_id']}/content").headers["content-disposition"]
    assert header == "attachment; filename=\"a_ x__.pdf\"; filename*=UTF-8''a%3B%20x%3D%C3%A9.pdf"


def test_the_same_content_is_kept_once(alice: TestClient, place: str) -> None:
    first, second = (alice.post(place, json=body(name)).json() for name in ("a.pdf", "b.pdf"))
    assert first == second
    assert len(alice.get(place).json()["attachments"]) == 1


def test_the_event_and_the_audit_entry_name_the_file(alice: TestClient, place: str, firm: Engine) -> None:
    alice.post(place, json=body())
    with firm.connect() as connection:
        detail = connection.execute(text("SELECT detail FROM case_event WHERE event = 'attached'")).scalar_one()
        told = connection.execute(text("SELECT body FROM audit_entry WHERE action = 'file_added'")).scalar_one()
    assert detail["file_name"] == "acceptance.pdf"
    assert hashlib.sha256(PDF).hexdigest() in told


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (body("page.html", b"<html>"), 422),
        ({"file_name": "a.pdf", "content_base64": "===="}, 422),
        (body(content=b"%PDF-" + b"x" * 2000), 413),
        ({"file_name": "a.pdf"}, 422),
    ],
)
def test_what_cannot_be_taken_is_refused(
    state: ServingState, firm: Engine, place: str, sent: dict[str, str], status: int
) -> None:
    small = replace(state, settings=ServingSettings.model_validate({"TRIAGE_ATTACHMENT_BYTES": 1024}))
    person(firm, "rita", Role.REVIEWER)
    client = TestClient(create_app(small), raise_server_exceptions=False)
    client.post("/v1/session", json={"login": "rita", "password": PASSWORD})
    assert client.post(place, json=sent).status_code == status


def test_a_case_takes_so_many_files_and_no_more(state: ServingState, firm: Engine, place: str) -> None:
    small = replace(state, settings=ServingSettings.model_validate({"TRIAGE_ATTACHMENTS_PER_CASE": 2}))
    person(firm, "rita", Role.REVIEWER)
    client = TestClient(create_app(small), raise_server_exceptions=False)
    client.post("/v1/session", json={"login": "rita", "password": PASSWORD})
    sent = [client.post(place, json=body(content=PDF + bytes([48 + n]))) for n in range(3)]
    assert [answer.status_code for answer in sent] == [201, 201, 409]
    assert sent[2].json()["type"] == "urn:triage:problem:too-many-attachments"


def test_a_foreign_team_finds_neither_list_nor_file(alice: TestClient, place: str, firm: Engine) -> None:
    kept = alice.post(place, json=body()).json()
    move_to_a_team(firm)
    assert alice.get(place).status_code == 404
    assert alice.get(f"{place}/{kept['attachment_id']}/content").status_code == 404
    assert alice.post(place, json=body("b.pdf", PDF + b"2")).status_code == 404


def test_a_file_of_another_case_is_not_found_under_this_one(alice: TestClient, place: str) -> None:
    assert alice.get(f"{place}/none/content").status_code == 404


def test_an_auditor_reads_and_adds_nothing(log_in: OpenClient, place: str) -> None:
    charlie = log_in("charlie", Role.AUDITOR)
    assert charlie.get(place).status_code == 200
    assert charlie.post(place, json=body()).status_code == 403


@pytest.mark.parametrize("change", ["UPDATE case_attachment SET file_name = 'x'", "DELETE FROM case_attachment"])
def test_the_database_lets_nobody_change_a_file(alice: TestClient, place: str, firm: Engine, change: str) -> None:
    alice.post(place, json=body())
    with pytest.raises(psycopg.errors.RestrictViolation) as refused, firm.begin() as connection:
        connection.connection.cursor().execute(change)
    assert "append" in str(refused.value)
