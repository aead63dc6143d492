"""What every command needs first: the firm's migrated database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy import Engine

from ledger.database import locate
from ledger.migrate import migrate
from ledger.settings import Settings

FirmOption = Annotated[
    str | None, typer.Option("--firm", help="Firm whose database and models are used (TRIAGE_FIRM).")
]


def open_firm(firm: str | None, *, pool_size: int = 10) -> tuple[Settings, Engine]:
    """Settings and a migrated engine of the firm; the embedded server is started when it is needed.

    Raises ``DatabaseUnavailableError`` with the remedy in its message.
    """
    settings = Settings().for_firm(firm)
    engine = locate(settings).engine(pool_size=pool_size)
    migrate(engine)
    return settings, engine


@contextmanager
def opened_firm(firm: str | None) -> Iterator[tuple[Settings, Engine]]:
    """As ``open_firm``, for one command: its connections are closed when the command is done or refused."""
    settings, engine = open_firm(firm)
    try:
        yield settings, engine
    finally:
        engine.dispose()
