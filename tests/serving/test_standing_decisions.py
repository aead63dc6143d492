"""What was decided stays decided: a decision answers for its invoice until the facts change, and what is out is out."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from serving.auth.scopes import Role
from tests.serving.factories import NOW, clean, client, contract, invoice, line, time_entry, write
from tests.serving.kit import OpenClient
from tests.serving.test_scores_api import document


def score(machine: TestClient, **body: Any) -> Any:
    return machine.post("/v1/scores", json={"invoice_id": "INV-1"} | body)


def cases(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        query = "SELECT case_id, state, reopens, invoice_id, kind FROM review_case ORDER BY opened_at"
        return list(connection.execute(text(query)))


@pytest.fixture
def decided(log_in: OpenClient, machine: TestClient, firm: Engine) -> Any:
    """Decides the case of INV-1."""
    sam = log_in("sam", Role.SENIOR_REVIEWER)

    def make(action: str, **more: Any) -> str:
        case_id: str = score(machine).json()["case_id"]
        if action == "cancel":
            done = sam.post(f"/v1/cases/{case_id}/cancel", json={"note": "withdrawn"})
        else:
            fence = sam.post(f"/v1/cases/{case_id}/claim").json()["fence"]
            done = sam.post(f"/v1/cases/{case_id}/decision", json={"action": action, "fence": fence, **more})
        assert done.status_code == 200, done.text
        return case_id

    return make


@pytest.mark.parametrize(
    ("action", "more", "route", "may_send"),
    [
        ("release", {}, "released", True),
        ("hold", {"reason_code": "rate"}, "stopped", False),
        ("cancel", {}, "stopped", False),
    ],
)
def test_asking_again_answers_with_the_decision_and_opens_nothing(
    decided: Any, machine: TestClient, firm: Engine, action: str, more: Any, route: str, may_send: bool
) -> None:
    case_id = decided(action, **more)
    again = score(machine).json()
    assert (again["route"], again["may_send"], again["disposition"]) == (route, may_send, "decided")
    assert (again["decision"]["action"], again["decision"]["decided_by_name"]) == (action, "Sam")
    assert (again["decision"]["final"], again["case_id"]) == (True, case_id)
    run = machine.post("/v1/scores/batch", json={"items": [{"invoice_id": "INV-1"}]})
    assert run.status_code == 200
    assert f'"route":"{route}"' in run.text
    assert len(cases(firm)) == 1


def test_the_next_stage_of_a_released_invoice_is_no_new_fact(decided: Any, machine: TestClient, firm: Engine) -> None:
    decided("release")
    write(firm, [invoice(version="2", status="approved")])
    assert score(machine).json()["route"] == "released"


@pytest.mark.parametrize("fact", [[invoice(version="2", amount="1900")], [client(version="2", status="blocked")]])
def test_changed_facts_open_a_case_that_names_the_one_before(
    decided: Any, machine: TestClient, firm: Engine, fact: Any
) -> None:
    earlier = decided("release")
    write(firm, fact)
    again = score(machine).json()
    assert again["disposition"] == "queued"
    assert not again["may_send"]
    assert [(one.state, one.reopens) for one in cases(firm)] == [("decided", None), ("open", earlier)]


@pytest.mark.parametrize("status", ["issued", "settled", "credited", "cancelled"])
def test_what_left_the_house_opens_no_case(machine: TestClient, firm: Engine, status: str) -> None:
    write(firm, [invoice(version="2", status=status), client(version="2", status="blocked")])
    answer = score(machine).json()
    assert (answer["stage"], answer["route"], answer["may_send"], answer["case_id"]) == (status, "sent", False, None)
    assert cases(firm) == []


def test_a_case_ends_when_its_invoice_was_sent(machine: TestClient, firm: Engine) -> None:
    score(machine)
    write(firm, [invoice(version="2", status="issued")])
    assert score(machine).json()["route"] == "sent"
    assert [one.state for one in cases(firm)] == ["cancelled"]


def test_a_past_moment_touches_nothing_that_is_live(machine: TestClient, firm: Engine) -> None:
    score(machine)
    write(firm, [client(version="2", status="blocked")])
    past = score(machine, as_of=NOW.isoformat().replace("+00:00", "Z")).json()
    assert (past["disposition"], past["route"], past["may_send"], past["case_id"]) == (
        "historical",
        "hold",
        False,
        None,
    )
    with firm.connect() as connection:
        assert connection.execute(text("SELECT route FROM review_case")).scalar_one() != "hold"


def test_a_dry_run_stores_nothing(machine: TestClient, firm: Engine) -> None:
    answer = score(machine, dry_run=True).json()
    assert (answer["disposition"], answer["score_id"], answer["case_id"]) == ("dry_run", None, None)
    batch = machine.post("/v1/scores/batch", json={"items": [{"invoice_id": "INV-1"}], "dry_run": True})
    assert '"disposition":"dry_run"' in batch.text
    with firm.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM score")).scalar_one() == 0
    assert cases(firm) == []


def test_a_senior_reopens_a_decided_case_with_a_reason(
    decided: Any, machine: TestClient, log_in: OpenClient, firm: Engine
) -> None:
    earlier = decided("release")
    mona, rita = log_in("mona", Role.MANAGER), log_in("rita", Role.REVIEWER)
    assert rita.post(f"/v1/cases/{earlier}/reopen", json={"note": "no"}).status_code == 403
    made = mona.post(f"/v1/cases/{earlier}/reopen", json={"note": "the client called"}).json()
    assert (made["state"], made["reopens"]) == ("open", earlier)
    assert not score(machine).json()["may_send"]
    assert mona.post(f"/v1/cases/{earlier}/reopen", json={"note": "twice"}).status_code == 409


# Documents ----------------------------------------------------------------------------------------------------------


def test_a_document_with_an_id_of_the_ledger_is_refused_and_touches_nothing(machine: TestClient, firm: Engine) -> None:
    score(machine)
    sent = document()
    sent["invoice"] |= {"invoice_id": "INV-1", "amount": "100"}
    sent["lines"] = []
    refused = machine.post("/v1/scores", json={"document": sent})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:invoice-in-ledger")
    with firm.connect() as connection:
        assert connection.execute(text("SELECT amount FROM review_case")).scalar_one() == 1800


def test_a_document_never_takes_over_another_clients_case(machine: TestClient, firm: Engine) -> None:
    assert machine.post("/v1/scores", json={"document": document()}).status_code == 200
    write(firm, [client(client_id="C2"), contract(contract_id="K2", client_id="C2")])
    other = document()
    other["invoice"] |= {"client_id": "C2", "contract_id": "K2", "project_id": None}
    other["lines"] = []
    refused = machine.post("/v1/scores", json={"document": other})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:document-conflict")


def test_two_lines_under_one_id_are_refused(machine: TestClient, firm: Engine) -> None:
    sent = document()
    sent["lines"] = [*sent["lines"], sent["lines"][0]]
    refused = machine.post("/v1/scores", json={"document": sent})
    assert refused.status_code == 422
    assert "lines/1/line_id" in refused.json()["detail"]


def test_lines_of_the_ledger_are_never_mixed_into_a_document(machine: TestClient, firm: Engine) -> None:
    write(firm, [line(9, line_id="L-other")])  # its header is on its way
    refused = machine.post("/v1/scores", json={"document": document()})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:invoice-in-ledger")


def test_a_document_approves_no_hours_that_the_ledger_knows(machine: TestClient, firm: Engine) -> None:
    write(firm, [time_entry(version="2", status="submitted")])
    sent = document()
    entry = {"time_entry_id": "T1", "project_id": "P1", "client_id": "C1", "resource_id": "W1"}
    sent["time_entries"] = [entry | {"worked_on": "2026-01-12", "hours": "10", "status": "approved"}]
    refused = machine.post("/v1/scores", json={"document": sent})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:rows-in-ledger")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/document/time_entries/0/time_entry_id"]


def test_a_document_is_the_ledgers_invoice_once_the_ledger_has_it(
    machine: TestClient, log_in: OpenClient, firm: Engine
) -> None:
    case_id = machine.post("/v1/scores", json={"document": document()}).json()["case_id"]
    rita = log_in("rita", Role.REVIEWER)
    fence = rita.post(f"/v1/cases/{case_id}/claim").json()["fence"]
    write(firm, clean(9))
    decided = rita.post(f"/v1/cases/{case_id}/decision", json={"action": "release", "fence": fence})
    assert decided.json()["case"]["state"] == "decided"
    with firm.connect() as connection:
        query = "SELECT document IS NULL FROM score ORDER BY scored_at DESC, score_id DESC LIMIT 1"
        assert connection.execute(text(query)).scalar_one()
        assert connection.execute(text("SELECT origin FROM review_case")).scalar_one() == "ledger"
