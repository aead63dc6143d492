"""Bring a database's tables up to this code: every room's Alembic revisions, applied in one locked transaction."""

from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

# Each room that owns tables keeps their revisions beside its code; a room's first revision depends on the ledger's.
ROOMS_WITH_TABLES = ("ledger", "features", "models", "training", "monitoring", "serving")


def revision_folders() -> list[Path]:
    """The ``migrations/versions`` folders of the installed rooms."""
    folders = []
    for room in ROOMS_WITH_TABLES:
        spec = find_spec(room)
        if spec and spec.origin:
            folder = Path(spec.origin).parent / "migrations" / "versions"
            if folder.is_dir():
                folders.append(folder)
    return folders


def alembic_config(connection: Connection) -> Config:
    """Alembic set up on an open connection, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(folder) for folder in revision_folders()))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Apply every missing revision; a second process that starts at once waits and finds nothing to do."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('triage.migrate'))"))
        command.upgrade(alembic_config(connection), "heads")
