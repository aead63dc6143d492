"""Comments, mentions, similar cases and replays on the pages: who sees what, and that nothing typed is lost."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from ledger.records import CreditNote
from serving.auth.scopes import Role
from serving.similar.repository import learn
from serving.sql import change, only
from tests.serving.factories import KNOWN, invoice, record, write
from tests.serving.web.conftest import OpenBrowser


@pytest.fixture
def rita(browse: OpenBrowser) -> TestClient:
    return browse("rita", Role.REVIEWER)


def give_to_team(engine: Engine, case_id: str) -> None:
    with engine.begin() as connection:
        change(connection, "INSERT INTO team (team_id, name) VALUES ('T', 'Team')")
        change(connection, "UPDATE review_case SET team_id = 'T' WHERE case_id = %(id)s", {"id": case_id})


def score_of(engine: Engine, case_id: str) -> str:
    with engine.connect() as connection:
        query = "SELECT score_id FROM review_case WHERE case_id = %(id)s"
        return str(only(connection, query, {"id": case_id})["score_id"])


def test_a_comment_is_on_the_timeline_with_its_markup_escaped(rita: TestClient, cases: dict[str, str]) -> None:
    place = f"/cases/{cases['INV-1']}"
    assert rita.post(f"{place}/comments", data={"text": "see <b>line 1</b>"}).status_code == 303
    page = rita.get(place).text
    assert "Rita wrote" in page
    assert "see &lt;b&gt;line 1&lt;/b&gt;" in page


def test_a_refused_comment_stays_in_its_field(rita: TestClient, cases: dict[str, str]) -> None:
    answer = rita.post(f"/cases/{cases['INV-1']}/comments", data={"text": "ask @nobody about it"})
    assert answer.status_code == 422
    assert "nobody who may see this case logs in as @nobody" in answer.text.lower()
    assert ">ask @nobody about it</textarea>" in answer.text


def test_a_mention_shows_on_every_page_until_the_case_is_opened(browse: OpenBrowser, cases: dict[str, str]) -> None:
    sam, rita = browse("sam", Role.SENIOR_REVIEWER), browse("rita", Role.REVIEWER)
    rita.post(f"/cases/{cases['INV-1']}/comments", data={"text": "@sam is this the old card?"})
    assert "comment for you" in sam.get("/queue").text
    assert "is this the old card?" in sam.get("/mentions").text
    sam.get(f"/cases/{cases['INV-1']}")
    assert "Nothing waits for you" in sam.get("/mentions").text
    assert "comment for you" not in sam.get("/queue").text


def test_who_only_reads_cannot_comment(browse: OpenBrowser, cases: dict[str, str]) -> None:
    ana = browse("ana", Role.AUDITOR)
    assert "/comments" not in ana.get(f"/cases/{cases['INV-1']}").text
    assert ana.post(f"/cases/{cases['INV-1']}/comments", data={"text": "x"}).status_code == 403


def test_what_we_did_last_time_is_told(engine: Engine, rita: TestClient, cases: dict[str, str]) -> None:
    place = f"/cases/{cases['INV-3']}"
    rita.post(f"{place}/claim")
    done = {"fence": "1", "then": "queue", "action": "correct", "reason_code": "rate", "note": "card of last year"}
    rita.post(f"{place}/decide", data=done)
    with engine.begin() as connection:
        assert learn(connection) == 1
    page = rita.get(f"/cases/{cases['INV-2']}").text
    assert "Correct – rate, Rita" in page
    assert "card of last year" in page


def test_before_that_it_says_that_there_is_nothing_like_it(rita: TestClient, cases: dict[str, str]) -> None:
    assert "No decided case is like this one yet." in rita.get(f"/cases/{cases['INV-1']}").text


def test_the_clients_history_tells_what_was_questioned(engine: Engine, rita: TestClient, cases: dict[str, str]) -> None:
    settled = invoice(9, status="settled", due_date="2026-01-01", settled_on="2026-01-05")
    note = record(CreditNote, credit_note_id="CN1", invoice_id="INV-9", client_id="C1", amount="10", currency="EUR",
                  cause="rate", issued_on=KNOWN.date())  # fmt: skip
    write(engine, [settled, note])
    page = rita.get(f"/cases/{cases['INV-1']}").text
    assert "1 of 1 invoices of two years were disputed or credited: rate 1." in page
    assert "credited (rate)" in page


def test_a_score_can_be_made_again_from_its_case(engine: Engine, rita: TestClient, cases: dict[str, str]) -> None:
    score_id = score_of(engine, cases["INV-1"])
    assert f"/scores/{score_id}/replay" in rita.get(f"/cases/{cases['INV-1']}").text
    answer = rita.get(f"/scores/{score_id}/replay")
    assert answer.status_code == 200
    assert "made again" in answer.text


@pytest.mark.parametrize(
    "path", ["/scores/{}/replay", "/v1/scores/{}", "/v1/scores/{}/explanation", "/v1/scores/{}/replay"]
)
def test_the_score_of_a_foreign_teams_case_is_not_there(
    engine: Engine, rita: TestClient, cases: dict[str, str], path: str
) -> None:
    place = path.format(score_of(engine, cases["INV-1"]))
    accept = {"accept": "application/json" if path.startswith("/v1") else "text/html"}
    assert rita.get(place, headers=accept).status_code != 404
    give_to_team(engine, cases["INV-1"])
    assert rita.get(place, headers=accept).status_code == 404
