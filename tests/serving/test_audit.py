"""The audit chain holds, and shows each way of tampering with it."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from serving import audit


def fill(connection: Connection, number: int = 40) -> None:
    for place in range(number):
        audit.write(connection, "tested", actor="a", subject=f"s{place % 7}", detail={"place": place, "text": "ü"})


def unlocked(connection: Connection, statement: str) -> None:
    """What somebody with the owner's rights could do."""
    connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER append_only"))
    connection.execute(text(statement))


def test_an_untouched_chain_holds(connection: Connection) -> None:
    fill(connection)
    found = audit.verify(connection)
    assert (found.holds, found.entries) == (True, 40)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET body = '{}'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_an_entry_cannot_be_changed(connection: Connection, statement: str) -> None:
    fill(connection, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


LAST = "(SELECT stream, max(position) FROM audit_entry GROUP BY stream LIMIT 1)"
TAMPERING = {
    "a changed word": "UPDATE audit_entry SET body = replace(body, 'tested', 'denied') WHERE position = 2",
    "a removed entry": "DELETE FROM audit_entry WHERE position = 2",
    "a cut tail": f"DELETE FROM audit_entry WHERE (stream, position) IN {LAST}",
    "a rewritten digest": "UPDATE audit_entry SET digest = repeat('a', 64) WHERE position = 1",
    "an emptied log": "DELETE FROM audit_entry",
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_shows(connection: Connection, how: str) -> None:
    fill(connection)
    unlocked(connection, TAMPERING[how])
    assert not audit.verify(connection).holds


def test_what_was_rolled_back_left_no_entry(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        fill(connection)
        transaction.rollback()
    with engine.connect() as connection:
        assert audit.verify(connection).entries == 0


def test_scores_are_told_with_their_request_id(machine: TestClient, firm: Engine) -> None:
    machine.post("/v1/scores", json={"invoice_id": "INV-1"}, headers={"x-request-id": "req-1"})
    with firm.connect() as connection:
        body = connection.execute(text("SELECT body::jsonb FROM audit_entry WHERE action = 'scored'")).scalar_one()
        assert audit.verify(connection).holds
    assert body["request_id"] == "req-1"
    assert len(body["detail"]["scores"][0]["digest"]) == 64
