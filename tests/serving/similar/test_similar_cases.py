"""Similar decided cases: found by what they were like, told with what became of them, only to who may see them."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from ledger.records import Dispute, Note
from serving.auth.scopes import Role
from serving.queue import service
from serving.queue.decide import DecisionRequest, decide
from serving.scoring.repository import score_row
from serving.scoring.runs import score_run
from serving.similar import repository
from serving.similar.stories import Story, similar_to
from serving.sql import change, only
from serving.state import ServingState
from tests.serving.factories import NOW, contract, invoice, line, master, record, write
from tests.serving.kit import person


@pytest.fixture
def cases(engine: Engine, state: ServingState) -> dict[str, str]:
    """Invoice id → case id: without a purchase order (1, 2), and off the card (3)."""
    write(engine, [
        *master(), contract(contract_id="K2", po_required=True),
        invoice(1, contract_id="K2"), line(1), invoice(2, contract_id="K2"), line(2),
        invoice(3), line(3, unit_rate="240", quantity="10", amount="2400"),
        record(Note, note_id="N1", client_id="C1", invoice_id="INV-1", text="Where is the order number?"),
    ])  # fmt: skip
    score_run(state, ["INV-1", "INV-2", "INV-3"], as_of=NOW)
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT invoice_id, case_id FROM review_case").all()
    return {str(row[0]): str(row[1]) for row in found}


def hold(state: ServingState, case_id: str, name: str = "rita") -> None:
    """A reviewer decides the case, and what it was like is learnt."""
    rita = person(state.engine, name, Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        taken = service.claim(connection, state, case_id, principal=rita)
        request = DecisionRequest(action="hold", fence=taken["fence"], reason_code="po_reference", note="asked for it")
        decide(connection, state, case_id, request, principal=rita)
    with state.engine.begin() as connection:
        repository.learn(connection)


@pytest.fixture(params=["by index", "one by one"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With pgvector and without."""
    if request.param == "one by one":
        monkeypatch.setattr(repository, "has_vectors", lambda _: False)
    return


def like(connection: Connection, case_id: str, viewer: object) -> list[Story]:
    kase = service.find(connection, case_id, viewer)  # type: ignore[arg-type]  # a principal
    score = score_row(connection, kase["score_id"])
    assert score is not None
    return similar_to(connection, kase, score, principal=viewer)  # type: ignore[arg-type]  # as above


def test_a_decided_case_of_the_same_kind_is_found_with_what_was_done(
    state: ServingState, cases: dict[str, str], way: None
) -> None:
    hold(state, cases["INV-1"])
    sam = person(state.engine, "sam", Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        (found,) = like(connection, cases["INV-2"], sam)
    assert (found.invoice_id, found.action, found.reason_code, found.note) == (
        "INV-1",
        "hold",
        "po_reference",
        "asked for it",
    )
    assert "urchase order" in found.shared[0]
    assert found.same_client
    assert found.took > timedelta(0)


def test_the_more_alike_comes_first_and_never_the_case_itself(
    state: ServingState, cases: dict[str, str], way: None
) -> None:
    hold(state, cases["INV-1"])
    hold(state, cases["INV-3"], "rob")
    sam = person(state.engine, "sam", Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        found = like(connection, cases["INV-2"], sam)
        assert cases["INV-1"] not in {story.case_id for story in like(connection, cases["INV-1"], sam)}
    assert found[0].invoice_id == "INV-1"
    assert [story.alike for story in found] == sorted((story.alike for story in found), reverse=True)


def test_a_foreign_teams_case_is_never_told(state: ServingState, cases: dict[str, str], way: None) -> None:
    hold(state, cases["INV-1"])
    with state.engine.begin() as connection:
        change(connection, "INSERT INTO team (team_id, name) VALUES ('T', 'Team')")
        change(connection, "UPDATE review_case SET team_id = 'T' WHERE case_id = %(id)s", {"id": cases["INV-1"]})
        charlie = person(state.engine, "charlie", Role.REVIEWER)
        assert like(connection, cases["INV-2"], charlie) == []


def test_a_dispute_after_the_decision_is_told(state: ServingState, cases: dict[str, str]) -> None:
    hold(state, cases["INV-1"])
    sam = person(state.engine, "sam", Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        closed = only(connection, "SELECT max(closed_at) AS moment FROM review_case")["moment"] + timedelta(days=9)
    columns = {"dispute_id": "D1", "invoice_id": "INV-1", "client_id": "C1", "cause": "rate", "status": "open"}
    write(state.engine, [record(Dispute, **columns, event_at=closed, known_at=closed)])
    with state.engine.begin() as connection:
        (found,) = like(connection, cases["INV-2"], sam)
    assert (found.disputed_after, found.dispute_cause) == (9, "rate")


def test_what_was_learnt_is_not_learnt_again(state: ServingState, cases: dict[str, str]) -> None:
    hold(state, cases["INV-1"])
    with state.engine.begin() as connection:
        assert repository.learn(connection) == 0
        change(connection, "UPDATE case_likeness SET recipe = 0")
        assert repository.learn(connection) == 1


def test_before_anything_was_decided_there_is_nothing_to_tell(state: ServingState, cases: dict[str, str]) -> None:
    sam = person(state.engine, "sam", Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        assert like(connection, cases["INV-2"], sam) == []


@pytest.mark.parametrize("amount", ["1", "87000000"])
def test_tiny_and_huge_invoices_have_likes_too(engine: Engine, state: ServingState, way: None, amount: str) -> None:
    write(engine, [
        *master(), contract(contract_id="K2", po_required=True),
        invoice(1, contract_id="K2", amount=amount), line(1, unit_rate=amount, quantity="1", amount=amount),
        invoice(2, contract_id="K2"), line(2),
    ])  # fmt: skip
    score_run(state, ["INV-1", "INV-2"], as_of=NOW)
    with engine.connect() as connection:
        cases = dict(connection.exec_driver_sql("SELECT invoice_id, case_id FROM review_case").all())
    hold(state, cases["INV-1"])
    sam = person(state.engine, "sam", Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        assert [story.invoice_id for story in like(connection, cases["INV-2"], sam)] == ["INV-1"]
        assert like(connection, cases["INV-1"], sam) == []


def test_of_an_invoice_that_came_back_the_last_decision_is_told_alone(
    state: ServingState, cases: dict[str, str], way: None
) -> None:
    hold(state, cases["INV-1"])
    write(state.engine, [invoice(1, version="2", contract_id="K2", due_date="2026-03-09")])
    score_run(state, ["INV-1"], as_of=NOW)
    with state.engine.connect() as connection:
        query = "SELECT case_id FROM review_case WHERE invoice_id = 'INV-1' AND state = 'open'"
        again = str(only(connection, query)["case_id"])
    hold(state, again, "rosa")
    sam = person(state.engine, "sam", Role.SENIOR_REVIEWER)
    with state.engine.begin() as connection:
        assert [story.case_id for story in like(connection, cases["INV-2"], sam)] == [again]
