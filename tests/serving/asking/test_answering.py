"""Answering through a link: once, by whom it was sent to, into the ledger, and what follows at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from ledger.records import Approval
from serving.asking import answering, follow
from serving.queue.following import InUse
from serving.state import ServingState
from serving.web.views import answer as page
from tests.serving.asking.conftest import Ask, events, one, path
from tests.serving.factories import record, write


def newest(engine: Engine, kind: str, column: str) -> Any:
    return one(engine, f"SELECT {column} FROM {kind} WHERE source = 'triage'")


def test_the_page_shows_what_is_asked_and_no_amount_of_hours(ask: Ask, petra: TestClient) -> None:
    answer = petra.get(path(ask()["link"]))
    page = " ".join(answer.text.split())
    assert "Please approve these hours." in page
    assert "Alice asks Petra Manager" in page
    assert "10 hours of Wim Worker" in page
    assert "1,800" not in page
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store"


def test_reading_twice_notes_one_opening_and_answers_nothing(ask: Ask, petra: TestClient, firm: Engine) -> None:
    link = path(ask()["link"])
    assert [petra.get(link).status_code for _ in range(2)] == [200, 200]
    assert events(firm).count("ask_opened") == 1
    assert one(firm, "SELECT state FROM case_request") == "asked"


def test_an_approval_is_written_scored_and_opens_the_case(ask: Ask, petra: TestClient, firm: Engine) -> None:
    answer = petra.post(path(ask()["link"]), data={"decision": "approved", "comment": "All there."})
    assert "Thank you" in answer.text
    assert newest(firm, "approval", "decision") == "approved"
    assert newest(firm, "approval", "approver_id") == "PM1"
    assert newest(firm, "time_entry", "status") == "approved"
    assert (newest(firm, "note", "text"), newest(firm, "note", "author_id")) == ("All there.", "PM1")
    assert events(firm)[-3:] == ["answered", "rescored", "resumed"]
    assert one(firm, "SELECT state FROM review_case") == "open"


def test_the_new_score_has_seen_the_answer(ask: Ask, petra: TestClient, firm: Engine) -> None:
    petra.post(path(ask()["link"]), data={"decision": "approved"})
    known = newest(firm, "approval", "known_at")
    assert one(firm, "SELECT max(as_of) FROM score") > known
    with firm.connect() as connection:
        tx, seen = connection.execute(text(
            "SELECT a.recorded_tx, (SELECT ledger_snapshot FROM score ORDER BY score_id DESC LIMIT 1)"
            " FROM approval a WHERE source = 'triage'"
        )).one()  # fmt: skip
        visible = "SELECT pg_visible_in_snapshot(CAST(:tx AS text)::xid8, CAST(:seen AS pg_snapshot))"
        assert connection.execute(text(visible), {"tx": str(tx), "seen": seen}).scalar_one()


def test_whoever_answers_is_recorded_as_the_one_who_was_asked(ask: Ask, petra: TestClient, firm: Engine) -> None:
    petra.post(path(ask()["link"]), data={"decision": "approved"})
    assert one(firm, "SELECT actor_id FROM case_event WHERE event = 'answered'") == "PM1"
    assert one(firm, "SELECT actor_id FROM audit_entry WHERE action = 'request_answered'") == "PM1"


def test_a_refusal_needs_its_reason_and_opens_the_case_at_once(ask: Ask, petra: TestClient, firm: Engine) -> None:
    link = path(ask()["link"])
    ask(kind="answer", question="Why?", subjects=[], asked_id="W1")
    bare = petra.post(link, data={"decision": "rejected"})
    assert (bare.status_code, "why you reject it" in bare.text) == (422, True)
    petra.post(link, data={"decision": "rejected", "comment": "Not our hours."})
    assert newest(firm, "time_entry", "status") == "rejected"
    assert one(firm, "SELECT state FROM review_case") == "open"


def test_a_link_works_once_and_then_shows_the_same_calm_page_as_any_dead_one(ask: Ask, petra: TestClient) -> None:
    link = path(ask()["link"])
    petra.post(link, data={"decision": "approved"})
    used, unknown = petra.get(link), petra.get("/answer/never-made")
    assert (used.status_code, unknown.status_code) == (404, 404)
    assert "This link leads nowhere any more" in used.text
    assert "Acme" not in used.text
    strip = [answer.text.replace(link, "").replace("/answer/never-made", "") for answer in (used, unknown)]
    assert strip[0] == strip[1]
    assert petra.post(link, data={"decision": "rejected", "comment": "no"}).status_code == 404


def test_of_sixteen_answers_at_once_one_is_taken(ask: Ask, state: ServingState, firm: Engine) -> None:
    token = path(ask()["link"]).removeprefix("/answer/")
    together = threading.Barrier(16)

    def answer(number: int) -> bool:
        said = answering.Said("approved" if number % 2 else "rejected", f"answer {number}")
        together.wait()
        try:
            with state.engine.begin() as connection:
                answering.answer(connection, state, token, said, correlation_id="r")
        except answering.DeadLink:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(answer, range(16))) == 1
    assert one(firm, "SELECT count(*) FROM approval WHERE source = 'triage'") == 1
    assert events(firm).count("answered") == 1


def test_what_follows_is_done_once_by_whoever_comes_first(ask: Ask, state: ServingState, firm: Engine) -> None:
    token = path(ask()["link"]).removeprefix("/answer/")
    with state.engine.begin() as connection:
        request_id = answering.answer(connection, state, token, answering.Said("approved"), correlation_id="r")
    assert [follow.follow(state, request_id) for _ in range(2)] == [True, False]
    assert events(firm).count("rescored") == 1


def test_an_answer_to_a_case_that_was_held_meanwhile_is_followed_in_a_new_case(
    ask: Ask, alice: TestClient, petra: TestClient, case_id: str, firm: Engine
) -> None:
    link = path(ask()["link"])
    alice.post(f"/v1/cases/{case_id}/resume", json={"note": "no time"})
    fence = alice.post(f"/v1/cases/{case_id}/claim").json()["fence"]
    held = {"action": "hold", "fence": fence, "reason_code": "hours_not_approved"}
    assert alice.post(f"/v1/cases/{case_id}/decision", json=held).status_code == 200
    petra.post(link, data={"decision": "approved"})
    assert one(firm, "SELECT reopens FROM review_case WHERE state = 'open'") == case_id


def test_an_answer_leaves_the_task_that_follows_it_even_if_this_process_dies(
    ask: Ask, state: ServingState, firm: Engine
) -> None:
    token = path(ask()["link"]).removeprefix("/answer/")
    with state.engine.begin() as connection:
        answering.answer(connection, state, token, answering.Said("approved"), correlation_id="r")
    assert one(firm, "SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'") == "asking.follow"


def test_an_approval_that_was_answered_elsewhere_meanwhile_stays_as_it_is(
    ask: Ask, petra: TestClient, firm: Engine
) -> None:
    link = path(ask()["link"])
    write(firm, [record(Approval, approval_id="A1", version="2", subject_kind="time_entry", subject_id="T2",
                        project_id="P1", client_id="C1", approver_id="PM1", requested_at="2026-01-14T09:00:00Z",
                        decided_at="2026-01-20T09:00:00Z", decision="rejected")])  # fmt: skip
    assert "Thank you" in petra.post(link, data={"decision": "approved"}).text
    assert one(firm, "SELECT count(*) FROM approval WHERE source = 'triage'") == 0


def evidence(ask: Ask) -> str:
    wanted = [{"kind": "milestone", "id": "M9"}]
    return path(ask(kind="evidence", question="Send the acceptance.", subjects=wanted)["link"])


def test_evidence_is_kept_and_named_by_the_milestone(ask: Ask, petra: TestClient, firm: Engine) -> None:
    sent = {"files": ("signed.pdf", b"%PDF-1.7 signed", "text/html")}
    petra.post(evidence(ask), files=sent, data={"accepted_on": "2026-02-03"})
    kept = one(firm, "SELECT attachment_id FROM case_attachment WHERE media_type = 'application/pdf'")
    assert newest(firm, "milestone", "evidence_ref") == f"case file {kept}"
    assert newest(firm, "milestone", "status") == "accepted"
    assert str(newest(firm, "milestone", "accepted_on")) == "2026-02-03"


def test_a_paper_without_a_day_of_acceptance_accepts_nothing(ask: Ask, petra: TestClient, firm: Engine) -> None:
    petra.post(evidence(ask), files={"files": ("signed.pdf", b"%PDF-1.7 signed")})
    assert newest(firm, "milestone", "status") == "delivered"


@pytest.mark.parametrize(
    ("data", "file", "says"),
    [
        ({}, None, "Choose a file"),
        ({}, ("page.html", b"<html>"), "take one of PDF"),
        ({"accepted_on": "soon", "comment": "x"}, None, "Write the day as"),
    ],
)
def test_a_refused_answer_says_what_is_missing_and_can_be_given_again(
    ask: Ask, petra: TestClient, firm: Engine, data: dict[str, str], file: Any, says: str
) -> None:
    link = evidence(ask)
    answer = petra.post(link, data=data, files={"files": file} if file else None)
    assert (answer.status_code, says in answer.text) == (422, True), answer.text
    assert petra.get(link).status_code == 200
    assert one(firm, "SELECT count(*) FROM case_attachment") == 0


def test_words_become_a_note_of_the_invoice(ask: Ask, petra: TestClient, firm: Engine) -> None:
    link = path(ask(kind="answer", question="Why?", subjects=[], asked_id=None, asked_name="Ann at Acme")["link"])
    petra.post(link, data={"comment": "They paid\r\nyesterday.\x00"})
    assert newest(firm, "note", "text") == "They paid\nyesterday."
    assert newest(firm, "note", "invoice_id") == "INV-1"
    assert one(firm, "SELECT actor_id FROM case_event WHERE event = 'answered'") == "Ann at Acme"


def test_guessing_slows_the_guesser_down(petra: TestClient, ask: Ask) -> None:
    link = path(ask()["link"])
    assert [petra.get(f"/answer/guess-{n}").status_code for n in range(5)] == [404] * 5
    slow = petra.get("/answer/guess-6")
    assert (slow.status_code, int(slow.headers["retry-after"]) > 0) == (429, True)
    assert petra.get(link).status_code == 429


def test_opening_an_old_link_often_is_no_guessing(ask: Ask, petra: TestClient) -> None:
    link = path(ask()["link"])
    petra.post(link, data={"decision": "approved"})
    assert {petra.get(link).status_code for _ in range(8)} == {404}


def test_the_address_of_an_answer_is_in_no_log(ask: Ask, petra: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    link = path(ask()["link"])
    petra.get(link)
    petra.post(link, data={"decision": "approved"})
    assert link.removeprefix("/answer/") not in capsys.readouterr().out


@pytest.mark.parametrize(
    "change", ["UPDATE case_request SET answer = 'other'", "UPDATE case_request SET asked_id = 'PM2'"]
)
def test_the_database_lets_nobody_change_an_answer(ask: Ask, petra: TestClient, firm: Engine, change: str) -> None:
    petra.post(path(ask()["link"]), data={"decision": "approved"})
    with pytest.raises(Exception, match=r"stays as it is|does not change"), firm.begin() as connection:
        connection.execute(text(change))


def test_a_person_is_thanked_for_an_answer_that_can_only_be_followed_later(
    ask: Ask, petra: TestClient, firm: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> bool:
        raise InUse("the case is being worked on")

    link = path(ask()["link"])
    monkeypatch.setattr(page, "follow", refuse)
    assert petra.post(link, data={"decision": "approved"}).status_code == 200
    assert one(firm, "SELECT state FROM case_request") == "answered"
