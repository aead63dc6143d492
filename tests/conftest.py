"""Shared fixtures: a real PostgreSQL for every worker, and a fresh migrated database for each test that asks."""

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from ledger.database import Database, locate
from ledger.migrate import migrate
from ledger.settings import Settings

# Read when numerical libraries load and when a process hashes its first password, by the processes that tests start
# too. One worker per core is all the parallelism there is: threads below it only get in each other's way.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("TRIAGE_PASSWORD_MEMORY_KIB", "32")
# Without it, a test that stores a secret would leave a key file in the working directory.
os.environ.setdefault("TRIAGE_SECRET_KEY", "a key for tests alone: 0123456789abcdef")
# Drawn by chance: tests that are about them say so.
for _name in ("TRIAGE_SECOND_LOOK_SHARE", "TRIAGE_HIDDEN_SCORE_SHARE"):
    os.environ.setdefault(_name, "0")

_MEMORY = Path("/dev/shm")
_ROOMY = 2 * 1024**3


def _test_home() -> Path:
    """In memory where there is room: a database of three hundred files is made and dropped fifteen times as fast."""
    roomy = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOMY
    return (_MEMORY if roomy else Path(tempfile.gettempdir())) / f"triage-tests-{os.getuid()}"


TEST_HOME = _test_home()


def _policy_without_undo() -> Path:
    """The shipped policy, under which decisions take effect at once; tests of undoing use a policy of their own.

    Named by what it says: another version of the code, tested at the same time, has a file of its own.
    """
    shipped = (Path(__file__).parents[1] / "serving" / "policy.yaml").read_text(encoding="utf-8")
    TEST_HOME.mkdir(parents=True, exist_ok=True)
    text = re.sub(r"(?m)^undo_minutes: \S+", "undo_minutes: 0", shipped)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    made, fresh = TEST_HOME / f"policy-{digest}.yaml", TEST_HOME / f"policy-{os.getpid()}.yaml"
    fresh.write_text(text, encoding="utf-8")
    return fresh.replace(made)


os.environ.setdefault("TRIAGE_POLICY", str(_policy_without_undo()))
# Test databases need not outlive a power cut; killed processes, which tests are about, lose nothing by these.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


@pytest.fixture(scope="session")
def server_settings() -> Settings:
    """Settings of the server that all test databases share; it outlives the run, so the next one starts faster."""
    return Settings(TRIAGE_HOME=str(TEST_HOME), TRIAGE_FIRM="tests", DATABASE_URL=os.environ.get("TEST_DATABASE_URL"))


@pytest.fixture(scope="session")
def admin_database(server_settings: Settings) -> Database:
    """A database from which others are made; the embedded server is told not to wait for disks."""
    found = locate(server_settings)
    if server_settings.embedded:
        for setting in CARELESS:
            _execute(found, sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        _execute(found, sql.SQL("SELECT pg_reload_conf()"))
    return found


@pytest.fixture(scope="session")
def template(admin_database: Database) -> Iterator[str]:
    """A migrated, empty database of this worker, copied for each test."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _execute(admin_database, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    engine = Database(admin_database.url.set(database=name), embedded=True).engine()
    migrate(engine)
    engine.dispose()
    yield name
    _execute(admin_database, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


MakeDatabase = Callable[[], AbstractContextManager[Database]]


@pytest.fixture
def make_database(admin_database: Database, template: str) -> MakeDatabase:
    """Makes fresh migrated databases, for tests that begin anew several times."""

    @contextmanager
    def make() -> Iterator[Database]:
        name = f"test_{uuid.uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        _execute(admin_database, statement.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield Database(admin_database.url.set(database=name), embedded=True)
        finally:
            _execute(admin_database, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    return make


@pytest.fixture
def database(make_database: MakeDatabase) -> Iterator[Database]:
    """A fresh migrated database."""
    with make_database() as made:
        yield made


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """An engine on a fresh migrated database."""
    engine = database.engine()
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """An open transaction on a fresh migrated database."""
    with engine.begin() as connection:
        yield connection


def _execute(database: Database, statement: sql.Composable) -> None:
    admin = make_url(str(database.conninfo())).render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(autouse=True)
def no_foreign_registry() -> Iterator[None]:
    """MLflow writes the store of a process into its environment; commands that a later test starts would find it."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    yield
    os.environ.pop("MLFLOW_TRACKING_URI", None)


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Commands that a test runs in this process set up their logs; the next test finds the library's defaults."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def no_foreign_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser's driver leaves its event loop standing in this thread; other tests may run one of their own."""
    standing = None if request.node.get_closest_marker("browser") else asyncio._get_running_loop()
    if standing is None:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(standing)
