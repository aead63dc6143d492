"""What the service's and the auditors' database accounts may do: the append-only tables have no other kind of writer.

Two group roles, which the firm's own login roles join: ``triage_app`` for servers and workers, ``triage_auditor`` for
people who look into the database. What may never change is not a second list: it is whatever carries the append-only
trigger. The owner of the tables, who applies migrations, is used for nothing else.
"""

from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving.sql import change, only, rows

APP: Final = "triage_app"
AUDITOR: Final = "triage_auditor"
# Written by audit_append() alone, which runs with its owner's rights.
CHAIN: Final = ("audit_entry", "audit_head")
# Nobody needs these to check the books; what is listed with no column is hidden whole.
SECRETS: Final[dict[str, frozenset[str]]] = {
    "account": frozenset({"password_hash"}),
    "account_session": frozenset(),
    "api_key": frozenset({"secret_digest", "previous_digest"}),
    "callback_secret": frozenset(),
    "case_request_link": frozenset(),
    "idempotency_key": frozenset(),
}

_TABLES = """
SELECT c.relname AS name, c.relkind = 'v' AS is_view, EXISTS (
    SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only' AND t.tgenabled <> 'D'
) AS kept
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'p')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
_COLUMNS = """
SELECT column_name AS name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %(table)s ORDER BY ordinal_position
"""
# Roles belong to the whole server: another firm's database may be making them at the same moment.
_MAKE_ROLE = """
DO $$ BEGIN CREATE ROLE {} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""


def have_roles(connection: Connection) -> bool:
    """Whether the group roles were made on this server."""
    return bool(only(connection, "SELECT to_regrole(%(app)s) IS NOT NULL AS found", {"app": APP})["found"])


def make_roles(connection: Connection) -> None:
    """Make the group roles, if they are missing; needs the right to make roles."""
    for role in (APP, AUDITOR):
        change(connection, sql.SQL(_MAKE_ROLE).format(sql.Identifier(role)))


def grant(connection: Connection) -> None:
    """Give both roles just what they need in this database; after each migration again, for its new tables."""
    for role in (APP, AUDITOR):
        name = sql.Identifier(role)
        change(connection, sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name))
        change(connection, sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
    everything = sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(sql.Identifier(APP))
    change(connection, everything)
    for table in rows(connection, _TABLES):
        _grant(connection, APP, table["name"], rights_of_app(table["name"], kept=table["kept"] or table["is_view"]))
        _show(connection, table["name"])


def rights_of_app(table: str, *, kept: bool) -> tuple[str, ...]:
    """What servers and workers may do with a table; ``kept``: its rows are never changed."""
    if table in CHAIN or table == "alembic_version":
        return ("SELECT",)
    return ("SELECT", "INSERT") if kept else ("SELECT", "INSERT", "UPDATE", "DELETE")


def _grant(connection: Connection, role: str, table: str, rights: tuple[str, ...]) -> None:
    statement = sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(", ").join(map(sql.SQL, rights)), sql.Identifier(table), sql.Identifier(role)
    )
    change(connection, statement)


def _show(connection: Connection, table: str) -> None:
    """Let auditors read a table, but no secret."""
    hidden = SECRETS.get(table)
    if hidden is None:
        _grant(connection, AUDITOR, table, ("SELECT",))
    elif hidden:
        shown = [row["name"] for row in rows(connection, _COLUMNS, {"table": table}) if row["name"] not in hidden]
        columns = sql.SQL(", ").join(map(sql.Identifier, shown))
        statement = sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(
            columns, sql.Identifier(table), sql.Identifier(AUDITOR)
        )
        change(connection, statement)
