"""The revisions build just the tables that the record classes describe, once, whoever starts first."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, inspect, text
from sqlalchemy.dialects import postgresql

from ledger.database import Database
from ledger.migrate import migrate
from ledger.tables import metadata


@pytest.fixture
def bare(admin_database: Database) -> Iterator[Engine]:
    """A new database without tables."""
    name = sql.Identifier(f"bare_{uuid4().hex[:12]}")
    with psycopg.connect(admin_database.conninfo(), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        engine = Database(admin_database.url.set(database=name._obj[0]), embedded=True).engine()
        yield engine
        engine.dispose()
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _type(column_type: Any) -> str:
    return str(column_type.compile(dialect=postgresql.dialect())).upper().replace("TIMESTAMP WITH TIME ZONE", "MOMENT")


def test_tables_have_the_columns_that_their_classes_describe(engine: Engine) -> None:
    for name in sorted(metadata.tables):
        _check_columns(engine, name)


def _check_columns(engine: Engine, name: str) -> None:
    described = {column.name: (_type(column.type), column.nullable) for column in metadata.tables[name].columns}
    statement = text(
        "SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute "
        "WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped"
    )
    with engine.connect() as connection:
        found = {row[0]: (_plain(row[1]), row[2]) for row in connection.execute(statement, {"name": name})}
    assert found == described, name


def _plain(sql_type: str) -> str:
    return sql_type.upper().replace("TIMESTAMP WITH TIME ZONE", "MOMENT").replace("NUMERIC(26,6)", "NUMERIC(26, 6)")


def test_tables_have_the_keys_and_indexes_that_their_classes_describe(engine: Engine) -> None:
    for name in sorted(metadata.tables):
        _check_keys(engine, name)


def _check_keys(engine: Engine, name: str) -> None:
    table, found = metadata.tables[name], inspect(engine)
    indexes = {
        index["name"]: index["column_names"]
        for index in found.get_indexes(name)
        if not index.get("duplicates_constraint")
    }
    # Higher rooms may add indexes of their own by migrations of their own; none of the ledger's may be missing.
    described = {str(index.name): [column.name for column in index.columns] for index in table.indexes}
    assert {name: indexes.get(name) for name in described} == described
    assert all(str(index).startswith(f"ix_{name}_") for index in indexes.keys() - described.keys())
    unique = sorted(constraint["column_names"] for constraint in found.get_unique_constraints(name))
    declared = [list(one.columns.keys()) for one in table.constraints if one.__visit_name__ == "unique_constraint"]
    assert unique == sorted(declared)
    assert found.get_pk_constraint(name)["constrained_columns"] == list(table.primary_key.columns.keys())


def test_two_migrations_at_once_end_with_one(bare: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, [bare, bare]))
    with bare.connect() as connection:
        revisions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    assert len(revisions) == len(set(revisions)) >= 1
    assert set(metadata.tables) <= set(inspect(bare).get_table_names())


def test_migrating_again_changes_nothing(bare: Engine) -> None:
    migrate(bare)
    before = inspect(bare).get_table_names()
    migrate(bare)
    assert inspect(bare).get_table_names() == before
