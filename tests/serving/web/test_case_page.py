"""The case page: what it shows, who may do what, and that a refusal loses nothing."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from tests.serving.factories import line, write
from tests.serving.web.conftest import OpenBrowser


@pytest.fixture
def rita(browse: OpenBrowser) -> TestClient:
    return browse("rita", Role.REVIEWER)


def claim(client: TestClient, case_id: str, **data: str) -> int:
    return client.post(f"/cases/{case_id}/claim", data=data).status_code


def decide(client: TestClient, case_id: str, **data: str) -> tuple[int, str, str]:
    answer = client.post(f"/cases/{case_id}/decide", data={"fence": "1", "then": "queue", **data})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_it_marks_the_line_whose_rate_is_off_the_card(rita: TestClient, cases: dict[str, str]) -> None:
    assert "rate 240 where the card says 180" in rita.get(f"/cases/{cases['INV-3']}").text


def test_it_tells_the_hard_stop_its_remedy_and_what_is_missing(rita: TestClient, cases: dict[str, str]) -> None:
    page = rita.get(f"/cases/{cases['INV-2']}").text
    assert "Purchase order missing" in page
    assert "Hard stop" in page
    assert "purchase order number on the invoice." in page
    assert "no model or person overrules it" in page


def test_it_shows_risks_as_sentences(rita: TestClient, cases: dict[str, str]) -> None:
    page = rita.get(f"/cases/{cases['INV-1']}").text
    assert "likely to be paid more than 15 days late; usually 18 % for this client." in page
    assert "Chance of being paid, by days after the due date" in page


def test_a_record_known_later_than_now_is_not_shown(engine: Engine, rita: TestClient, cases: dict[str, str]) -> None:
    future = line(1, version="2", known_at="2026-03-01T00:00:00Z", description="from the future")
    write(engine, [future])
    assert "from the future" not in rita.get(f"/cases/{cases['INV-1']}").text


def test_claim_decide_and_the_ledger_knows(engine: Engine, rita: TestClient, cases: dict[str, str]) -> None:
    case_id = cases["INV-1"]
    assert claim(rita, case_id) == 303
    status, place, _ = decide(rita, case_id, action="hold", reason_code="rate", note="too high")
    assert (status, place) == (303, "/queue")
    assert "INV-1: decided – hold." in rita.get("/queue").text
    with engine.connect() as connection:
        assert connection.execute(text("SELECT action, note FROM review_decision")).one() == ("hold", "too high")


def test_deciding_with_next_claims_the_following_case(rita: TestClient, cases: dict[str, str]) -> None:
    claim(rita, cases["INV-1"])
    _, place, _ = decide(rita, cases["INV-1"], action="hold", reason_code="rate", then="next")
    assert place.startswith("/cases/")
    assert place != f"/cases/{cases['INV-1']}"
    assert "You hold this case" in rita.get(place).text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Choose what to decide."),
        ({"action": "hold"}, "Choose a reason: this decision needs one."),
        ({"action": "escalate"}, "Write a note: this decision needs one."),
        ({"action": "hold", "reason_code": "whim"}, "Choose a reason from the list."),
    ],
)
def test_an_incomplete_decision_is_refused_in_words(
    rita: TestClient, cases: dict[str, str], data: dict[str, str], says: str
) -> None:
    claim(rita, cases["INV-1"])
    status, _, page = decide(rita, cases["INV-1"], **data)
    assert status == 422
    assert says in page


def test_a_hard_stop_refuses_a_release_and_keeps_the_note(rita: TestClient, cases: dict[str, str]) -> None:
    claim(rita, cases["INV-2"])
    status, _, page = decide(rita, cases["INV-2"], action="release", note="they will not mind")
    assert status == 409
    assert "A hard stop still fires" in page
    assert "they will not mind</textarea>" in page
    assert "You hold this case" in page


def test_a_lost_claim_shows_who_has_it_and_keeps_the_note(
    browse: OpenBrowser, rita: TestClient, cases: dict[str, str]
) -> None:
    bob = browse("bob", Role.REVIEWER)
    claim(bob, cases["INV-1"])
    status, _, page = decide(rita, cases["INV-1"], action="hold", reason_code="rate", note="mine")
    assert status == 409
    assert "Held by <strong>Bob</strong>" in page
    assert "mine</textarea>" in page


def test_claiming_again_brings_the_kept_note_along(rita: TestClient, cases: dict[str, str]) -> None:
    answer = rita.post(f"/cases/{cases['INV-1']}/claim", data={"note": "kept", "action": "hold"})
    assert answer.status_code == 200
    assert "kept</textarea>" in answer.text
    assert 'value="hold" required checked' in answer.text


def test_the_preparer_is_told_and_refused(browse: OpenBrowser, cases: dict[str, str]) -> None:
    pia = browse("pia", Role.SENIOR_REVIEWER, resource_id="PREP")
    page = pia.get(f"/cases/{cases['INV-1']}").text
    assert "Somebody else must decide" in page
    assert "Claim this case" not in page
    assert claim(pia, cases["INV-1"]) == 403


def test_a_reviewer_is_told_that_a_senior_must_decide(rita: TestClient, cases: dict[str, str]) -> None:
    assert claim(rita, cases["INV-4"]) == 403
    assert "senior" in rita.get(f"/cases/{cases['INV-4']}").text


def test_a_large_release_says_that_a_second_person_is_needed(browse: OpenBrowser, cases: dict[str, str]) -> None:
    sam = browse("sam", Role.SENIOR_REVIEWER)
    claim(sam, cases["INV-4"])
    assert "a release needs two people" in sam.get(f"/cases/{cases['INV-4']}").text


def test_waiting_resuming_giving_back_and_cancelling(browse: OpenBrowser, cases: dict[str, str]) -> None:
    sam, case_id = browse("sam", Role.SENIOR_REVIEWER), cases["INV-1"]
    claim(sam, case_id)
    page = sam.get(f"/cases/{case_id}").text
    assert 'value="request_evidence"' not in page
    assert 'href="#ask"' in page
    assert decide(sam, case_id, action="request_evidence", note="who approved?")[0] == 422
    asked = {"kind": "answer", "question": "who approved?", "asked_name": "Petra", "fence": "1"}
    assert sam.post(f"/cases/{case_id}/requests", data=asked).status_code == 200
    assert "Resume" in sam.get(f"/cases/{case_id}").text
    assert sam.post(f"/cases/{case_id}/resume", data={}).status_code == 422
    assert sam.post(f"/cases/{case_id}/resume", data={"note": "it came"}).status_code == 303
    claim(sam, case_id)
    assert sam.post(f"/cases/{case_id}/give-back", data={"fence": "1"}).status_code == 409
    assert sam.post(f"/cases/{case_id}/give-back", data={"fence": "2"}).headers["location"] == "/queue"
    assert sam.post(f"/cases/{case_id}/cancel", data={"note": "gone"}).headers["location"] == "/queue"
    assert "nothing more is to be done" in sam.get(f"/cases/{case_id}").text


def test_a_write_from_another_site_is_refused(rita: TestClient, cases: dict[str, str]) -> None:
    answer = rita.post(f"/cases/{cases['INV-1']}/claim", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "started by another site" in answer.text


def test_an_unknown_case_is_an_error_page_in_the_frame(rita: TestClient) -> None:
    answer = rita.get("/cases/none")
    assert answer.status_code == 404
    assert "What happened" in answer.text
    assert 'href="/queue"' in answer.text
