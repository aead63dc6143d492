"""The database's own accounts: the service adds and never rewrites, auditors read everything but secrets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, event, text

from serving import audit
from serving.rights import APP, AUDITOR, SECRETS, grant, have_roles, make_roles
from serving.sql import change, rows

# What looks like a secret and is none: digests of contents that the auditor is meant to compare.
_HARMLESS = re.compile(r"(data|catalogue|ledger|body|control|policy|content|record|text|model)?_?digests?$")
_SUSPECT = "secret|password|token|sealed|hash"


@pytest.fixture
def guarded(engine: Engine) -> Engine:
    """A database in which both roles have their rights."""
    with engine.begin() as connection:
        make_roles(connection)
        grant(connection)
    return engine


@contextmanager
def acting(engine: Engine, role: str) -> Iterator[Connection]:
    """A transaction with just the rights of a role."""
    with engine.begin() as connection:
        change(connection, f"SET LOCAL ROLE {role}")
        yield connection


KEPT = ("score", "case_event", "case_decision", "rule_set", "invoice", "deployment", "case_comment")


@pytest.mark.parametrize("table", [*KEPT, "audit_entry", "audit_head"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_the_service_cannot_remove_what_is_kept(guarded: Engine, table: str, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege), acting(guarded, APP) as connection:
        change(connection, statement.format(table))


@pytest.mark.parametrize("table", [*KEPT, "audit_entry"])
def test_not_even_the_trigger_can_be_taken_away(guarded: Engine, table: str) -> None:
    with pytest.raises(InsufficientPrivilege), acting(guarded, APP) as connection:
        change(connection, f"ALTER TABLE {table} DISABLE TRIGGER append_only")


def test_the_chain_is_written_by_its_function_alone(guarded: Engine) -> None:
    with acting(guarded, APP) as connection:
        audit.write(connection, "tested", actor="a", subject="s", detail={})
        assert audit.verify(connection).entries == 1
    forged = "INSERT INTO audit_entry (stream, position, body, previous, digest) VALUES (0, 9, '{}', '', '')"
    for statement in (forged, "UPDATE audit_head SET position = 0"):
        with pytest.raises(InsufficientPrivilege), acting(guarded, APP) as connection:
            change(connection, statement)


def test_the_whole_service_runs_with_these_rights(guarded: Engine, firm: Engine, machine: TestClient) -> None:
    @event.listens_for(guarded, "begin")
    def less(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET ROLE {APP}")

    answer = machine.post("/v1/scores", json={"invoice_id": "INV-1"})
    assert answer.status_code == 200
    with guarded.connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar_one() == APP
        assert audit.verify(connection).holds


def test_auditors_read_and_write_nothing(guarded: Engine) -> None:
    with acting(guarded, AUDITOR) as connection:
        assert rows(connection, "SELECT * FROM audit_entry") == []
        assert rows(connection, "SELECT login, roles FROM account") == []
    for statement in ("INSERT INTO team VALUES ('T', 'T')", "SELECT password_hash FROM account", "TABLE api_key"):
        with pytest.raises(InsufficientPrivilege), acting(guarded, AUDITOR) as connection:
            change(connection, statement)


def test_no_column_that_looks_like_a_secret_is_shown_to_auditors(guarded: Engine) -> None:
    query = """
        SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name ~ %(suspect)s
          AND has_column_privilege(%(auditor)s, quote_ident(table_name), column_name, 'SELECT')
    """
    with guarded.connect() as connection:
        shown = rows(connection, query, {"suspect": _SUSPECT, "auditor": AUDITOR})
    assert [row for row in shown if not _HARMLESS.fullmatch(row["column"])] == []


def test_every_secret_is_one_of_a_table_that_exists(guarded: Engine) -> None:
    with guarded.connect() as connection:
        found = rows(connection, "SELECT table_name, column_name FROM information_schema.columns")
    known = {(row["table_name"], row["column_name"]) for row in found}
    assert set(SECRETS) <= {table for table, _ in known}
    assert {(table, column) for table, columns in SECRETS.items() for column in columns} <= known


def test_a_deployment_is_in_the_chain(engine: Engine) -> None:
    statement = """
        INSERT INTO deployment (action, risk, version, digest, gates, who, why)
        VALUES ('promote', 'dispute', '3', 'd', '{}', 'dan', 'better on the last quarter')
    """
    with engine.begin() as connection:
        change(connection, statement)
        (entry,) = rows(connection, "SELECT action, actor_id, subject_id FROM audit_entry")
        assert audit.verify(connection).holds
    assert entry == {"action": "model_deployed", "actor_id": "dan", "subject_id": "model dispute"}


def test_the_roles_are_made_once(guarded: Engine) -> None:
    with guarded.begin() as connection:
        make_roles(connection)
        assert have_roles(connection)
