"""Names for ids: clients, projects, companies and people of the ledger, and accounts of the service."""

from collections.abc import Iterable
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving.sql import Row, rows

IDENTITIES: Final = {
    "client": "client_id",
    "project": "project_id",
    "legal_entity": "legal_entity_id",
    "resource": "resource_id",
}
_NEWEST = """
SELECT DISTINCT ON ({id}) {id} AS id, name FROM {table} WHERE {id} = ANY(%(ids)s)
ORDER BY {id}, known_at DESC, event_at DESC, record_id DESC
"""


def names_of(connection: Connection, kind: str, ids: Iterable[str | None]) -> dict[str, str]:
    """Id → newest name of records of a kind; ids that the ledger does not know are left out."""
    wanted = sorted({each for each in ids if each})
    if not wanted:
        return {}
    query = sql.SQL(_NEWEST).format(id=sql.Identifier(IDENTITIES[kind]), table=sql.Identifier(kind))
    return {row["id"]: row["name"] for row in rows(connection, query, {"ids": wanted})}


def account_names(connection: Connection, ids: Iterable[str | None]) -> dict[str, str]:
    """Id → name of accounts and API keys."""
    query = """
        SELECT account_id AS id, name FROM account WHERE account_id = ANY(%(ids)s)
        UNION ALL SELECT key_id, 'key ' || name FROM api_key WHERE key_id = ANY(%(ids)s)
    """
    wanted = sorted({each for each in ids if each})
    return {row["id"]: row["name"] for row in rows(connection, query, {"ids": wanted})} if wanted else {}


def legal_entities(connection: Connection) -> list[Row]:
    """Our own companies: ``id, name``, by name."""
    query = """
        SELECT * FROM (
            SELECT DISTINCT ON (legal_entity_id) legal_entity_id AS id, name FROM legal_entity
            ORDER BY legal_entity_id, known_at DESC, record_id DESC
        ) e ORDER BY name
    """
    return rows(connection, query)


WHO: Final = ("proposed_by", "approved_by", "actor_id", "created_by", "ended_by", "run_by", "written_by", "owner_id")


def people_in(connection: Connection, *lists: Iterable[Row]) -> dict[str, str]:
    """Id → name of everybody whom some rows name as the one who did something."""
    found = [row.get(column) for rows_ in lists for row in rows_ for column in WHO]
    return account_names(connection, found)
