"""``triage db``: migrate, show or stop the database."""

from typing import Annotated, Literal

import typer
from rich.console import Console
from sqlalchemy import Connection, Engine, text

from cli.firm import FirmOption, open_firm
from ledger.database import stop_embedded
from ledger.settings import Settings
from ledger.tables import TABLES
from serving.rights import APP, AUDITOR, grant, have_roles, make_roles

console = Console()


def db(
    action: Annotated[Literal["migrate", "show", "roles", "stop"], typer.Argument(help="What to do.")] = "show",
    *,
    firm: FirmOption = None,
) -> None:
    """Migrate the firm's database, show what it holds, make and equip its roles, or stop the embedded server."""
    if action == "stop":
        stopped = stop_embedded(Settings().for_firm(firm))
        console.print("The embedded PostgreSQL was stopped." if stopped else "No embedded PostgreSQL was running.")
        return
    settings, engine = open_firm(firm)
    console.print(f"Firm {settings.firm}: database {engine.url.database} is migrated.")
    _equip(engine, make=action == "roles")
    if action == "show":
        with engine.connect() as connection:
            for kind in TABLES:
                count = connection.execute(text(f"SELECT count(*) FROM {kind}")).scalar_one()  # noqa: S608 - our names
                console.print(f"{kind:<16} {count:>12,}")
    engine.dispose()


def _equip(engine: Engine, *, make: bool) -> None:
    """Give the roles their rights on the tables of this code, where there are roles."""
    with engine.begin() as connection:
        if make:
            make_roles(connection)
        if have_roles(connection) and _owns(connection):
            grant(connection)
            console.print(f"{APP} and {AUDITOR} have their rights; let your login roles join them.")


def _owns(connection: Connection) -> bool:
    query = "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'audit_entry'::regclass"
    return bool(connection.execute(text(query)).scalar_one())
