"""``triage db``: migrate, show or stop the database."""

from typing import Annotated, Literal

import typer
from rich.console import Console
from sqlalchemy import text

from cli.firm import FirmOption, open_firm
from ledger.database import stop_embedded
from ledger.settings import Settings
from ledger.tables import TABLES

console = Console()


def db(
    action: Annotated[Literal["migrate", "show", "stop"], typer.Argument(help="What to do.")] = "show",
    *,
    firm: FirmOption = None,
) -> None:
    """Migrate the firm's database, show what the ledger holds, or stop the embedded server."""
    if action == "stop":
        stopped = stop_embedded(Settings().for_firm(firm))
        console.print("The embedded PostgreSQL was stopped." if stopped else "No embedded PostgreSQL was running.")
        return
    settings, engine = open_firm(firm)
    console.print(f"Firm {settings.firm}: database {engine.url.database} is migrated.")
    if action == "show":
        with engine.connect() as connection:
            for kind in TABLES:
                count = connection.execute(text(f"SELECT count(*) FROM {kind}")).scalar_one()  # noqa: S608 - our names
                console.print(f"{kind:<16} {count:>12,}")
    engine.dispose()
