"""Controls on a page: how they do, a set proposed as text, back-tested, approved by another person, snoozes."""

import pytest
import yaml
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from serving.controls import activation
from serving.controls.difference import changes
from serving.web.reads.controls import fired_lately
from tests.serving.controls.firm import CONTROLS
from tests.serving.controls.kit import STRICT
from tests.serving.factories import NOW
from tests.serving.web.conftest import OpenBrowser

DOCUMENT = yaml.safe_dump(STRICT.content, sort_keys=False)


@pytest.fixture
def sara(browse: OpenBrowser) -> TestClient:
    return browse("sara", Role.SENIOR_REVIEWER)


def proposed(sara: TestClient) -> str:
    answer = sara.post("/controls", data={"document": DOCUMENT, "reason": "rates are never off"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_controls_stand_by_family_with_what_they_did_lately(sara: TestClient, cases: dict[str, str]) -> None:
    page = sara.get("/controls").text
    assert all(control.title.replace("'", "&#39;") in page for control in CONTROLS.base)
    assert f"In force: <code>{CONTROLS.version}</code>" in page
    assert len(cases) == 4


def test_what_fired_and_was_released_is_counted_once_per_invoice(engine: Engine, cases: dict[str, str]) -> None:
    with engine.begin() as connection:
        before = fired_lately(connection, NOW)["rate_off_card"]
        connection.exec_driver_sql(
            "INSERT INTO case_decision SELECT case_id, case_id, score_id, 'release', true, NULL, NULL, 'r', true, "
            "fence FROM review_case WHERE invoice_id = 'INV-3'"
        )
        after = fired_lately(connection, NOW)["rate_off_card"]
    assert (before["fired"], before["decided"]) == (3, 0)
    assert (after["fired"], after["decided"], after["released"]) == (3, 1, 1)
    assert len(cases) == 4


def test_a_set_goes_its_whole_way_over_the_pages(sara: TestClient, browse: OpenBrowser, engine: Engine) -> None:
    place, mona = proposed(sara), browse("mona", Role.MANAGER)
    assert "<td>Severity</td>" in sara.get(place).text
    sara.post(f"{place}/backtest")
    assert "Controls that fire on other invoices" in sara.get(place).text
    sara.post(f"{place}/shadow", data={"why": "to be sure"})
    assert "live scores differ" in sara.get(place).text
    for step in ("approve", "activate"):
        assert mona.post(f"{place}/{step}", data={"why": "agreed"}).headers["location"] == place
    with engine.connect() as connection:
        assert activation.active_version(connection) == STRICT.version
    assert STRICT.version in sara.get("/controls").text
    mona.post("/controls/rollback", data={"why": "too strict"})
    assert f"In force: <code>{CONTROLS.version}</code>" in sara.get("/controls").text


def test_nobody_approves_without_a_back_test_or_their_own(sara: TestClient, browse: OpenBrowser) -> None:
    place, mona = proposed(sara), browse("mona", Role.MANAGER)
    mona.post(f"{place}/approve", data={"why": "agreed"})
    page = mona.get(place).text
    assert "The proposal is in another state" in page
    assert "it must be before anybody can approve it" in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"document": "{", "reason": "because"}, "cannot be used"),
        ({"document": "number: 9\ncontrols: [{}]", "reason": "because"}, "controls.0"),
        ({"document": DOCUMENT, "reason": ""}, "Say why"),
        ({"document": yaml.safe_dump(CONTROLS.content), "reason": "because"}, "in force already"),
    ],
)
def test_a_set_that_cannot_be_used_is_refused_and_kept(sara: TestClient, form: dict[str, str], says: str) -> None:
    answer = sara.post("/controls", data=form)
    assert answer.status_code == 422
    assert says in answer.text
    assert form["document"].splitlines()[0] in answer.text


def test_a_file_is_taken_instead_of_what_is_pasted(sara: TestClient) -> None:
    form = {"document": "{", "reason": "rates are never off"}
    file = {"file": ("mine.yaml", b"\xef\xbb\xbf" + DOCUMENT.encode(), "application/yaml")}
    place = sara.post("/controls", data=form, files=file).headers["location"]
    assert STRICT.version in sara.get(place).text


def test_a_file_that_cannot_be_used_is_refused(sara: TestClient) -> None:
    for content, says in ((b"{", "cannot be used"), (b"\xff\xfe", "no text in UTF-8"), (b"", "Choose the file")):
        answer = sara.post("/controls", data={"reason": "because"}, files={"file": ("mine.yaml", content)})
        assert (answer.status_code, says in answer.text) == (422, True)


def test_the_document_in_force_can_be_taken_and_is_the_set(sara: TestClient) -> None:
    answer = sara.get("/controls/document")
    assert yaml.safe_load(answer.text) == CONTROLS.content
    assert answer.headers["content-disposition"] == f'attachment; filename="{CONTROLS.version}.yaml"'


def test_a_snooze_is_made_listed_and_ended(sara: TestClient) -> None:
    form = {"control_id": "rate_off_card", "client_id": "C1", "until": "2026-03-01", "why": "agreed rates"}
    sara.post("/controls/snoozes", data=form)
    page = sara.get("/controls").text
    assert "agreed rates" in page
    place = page.split('action="/controls/snoozes/')[1].split('"')[0]
    sara.post(f"/controls/snoozes/{place}", data={"why": "settled"})
    assert "settled" in sara.get("/controls").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"project_id": "P1"}, "either a client or a project"),
        ({"until": "soon"}, "Enter the last day"),
        ({"why": ""}, "Say why"),
        ({"control_id": "none"}, "none"),
    ],
)
def test_a_snooze_that_cannot_be_is_refused(sara: TestClient, change: dict[str, str], says: str) -> None:
    form = {"control_id": "rate_off_card", "client_id": "C1", "until": "2026-03-01", "why": "agreed rates"}
    sara.post("/controls/snoozes", data=form | change)
    page = sara.get("/controls").text
    assert says in page
    assert "Nothing is or was snoozed." in page


def test_differences_name_what_came_what_went_and_what_changed() -> None:
    old, new = CONTROLS.content, STRICT.content
    assert [(one.subject, one.field, one.new) for one in changes(old, new)] == [
        ("rate_off_card", "severity", "hard_stop")
    ]
    fewer = old | {"controls": old["controls"][1:]}
    assert [one.new for one in changes(old, fewer)] == ["removed"]
    assert [one.new for one in changes(fewer, old)] == ["added"]
