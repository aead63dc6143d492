"""Cases of one upstream cause: shown as one row, claimed together as far as the caller may."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from serving.scoring.runs import score_run
from serving.state import ServingState
from tests.serving.factories import NOW, clean, master, write
from tests.serving.kit import OpenClient
from tests.serving.queue.kit import case_of, set_case, team

KEY = "hours_not_approved:project:P1"


@pytest.fixture
def six(state: ServingState, engine: Engine) -> list[str]:
    """Six open cases that wait for the same approval."""
    ids = [f"INV-{number}" for number in range(1, 7)]
    write(engine, [*master(), *(record for number in range(1, 7) for record in clean(number))])
    score_run(state, ids, as_of=NOW)
    for invoice_id in ids:
        set_case(engine, invoice_id, group_key=KEY, group_title="Hours not approved")
    return [case_of(engine, invoice_id)["case_id"] for invoice_id in ids]


def claim_all(client: TestClient) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = client.post("/v1/cases/group-claim", json={"group_key": KEY}).json()
    return found


def test_a_group_is_claimed_whole(six: list[str], log_in: OpenClient) -> None:
    taken = claim_all(log_in("rita", Role.REVIEWER))
    assert {case["case_id"] for case in taken["claimed"]} == set(six)
    assert taken["refused"] == []


def test_claiming_it_again_changes_nothing(six: list[str], log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    first, again = claim_all(rita), claim_all(rita)
    assert [case["fence"] for case in again["claimed"]] == [case["fence"] for case in first["claimed"]]


def test_what_the_caller_may_not_have_is_named_with_its_reason(
    six: list[str], log_in: OpenClient, engine: Engine
) -> None:
    log_in("bob", Role.REVIEWER).post(f"/v1/cases/{six[0]}/claim")
    set_case(engine, "INV-2", route="senior_review")
    set_case(engine, "INV-3", state="waiting")
    taken = claim_all(log_in("rita", Role.REVIEWER))
    assert len(taken["claimed"]) == 3
    because = {each["invoice_id"]: each["because"] for each in taken["refused"]}
    assert "held by Bob" in because["INV-1"]
    assert "senior" in because["INV-2"]
    assert "waits for an answer" in because["INV-3"]


def test_foreign_cases_of_a_group_are_not_even_named(six: list[str], log_in: OpenClient, engine: Engine) -> None:
    set_case(engine, "INV-1", team_id=team(engine))
    taken = claim_all(log_in("rita", Role.REVIEWER))
    assert (len(taken["claimed"]), taken["refused"]) == (5, [])


def test_an_unknown_group_is_a_404(six: list[str], log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    assert rita.post("/v1/cases/group-claim", json={"group_key": "none"}).status_code == 404


def test_the_page_shows_a_group_as_one_row_and_lists_it_on_demand(six: list[str], log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    page = rita.get("/queue").text
    assert page.count("data-row") - page.count("data-rows") == 1
    assert "<strong>6 invoices</strong> wait for the same: Hours not approved" in page
    assert "10,800" in page
    listed = rita.get("/queue", params={"group": KEY}).text
    assert listed.count('<td class="id">') == 6


def test_four_of_a_kind_are_shown_one_by_one(six: list[str], log_in: OpenClient, engine: Engine) -> None:
    for invoice_id in ("INV-1", "INV-2"):
        set_case(engine, invoice_id, group_key=None)
    assert log_in("rita", Role.REVIEWER).get("/queue").text.count('<td class="id">') == 6


def test_the_page_claims_a_group_and_says_what_it_could_not(six: list[str], log_in: OpenClient, engine: Engine) -> None:
    set_case(engine, "INV-2", route="senior_review")
    rita = log_in("rita", Role.REVIEWER)
    page = rita.post("/queue/claim", data={"group": KEY}).text
    assert "You hold 5 of 6 cases. INV-2: this case needs a senior reviewer" in page


def test_the_page_claims_chosen_cases(six: list[str], log_in: OpenClient) -> None:
    rita = log_in("rita", Role.REVIEWER)
    assert "You hold 2 of 2 cases." in rita.post("/queue/claim", data={"case": six[:2]}).text
    assert "Choose at least one case." in rita.post("/queue/claim", data={}).text
