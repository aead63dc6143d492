"""Finding the firm's database, and saying in one line why it cannot be found."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from ledger.database import Database, DatabaseUnavailableError, database_name, locate
from ledger.settings import FirmNameError, Settings


def settings(home: Path, *, firm: str = "demo", url: str | None = None) -> Settings:
    return Settings(TRIAGE_HOME=str(home), TRIAGE_FIRM=firm, DATABASE_URL=url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "cannot reach PostgreSQL .*check DATABASE_URL"),
        ("nonsense", "DATABASE_URL is not a URL"),
    ],
)
def test_an_unreachable_server_is_one_line_with_the_remedy(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=why) as caught:
        locate(settings(tmp_path, url=url))
    assert "\n" not in str(caught.value)


def test_a_folder_of_something_else_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "holiday.jpg").write_text("sun")
    with pytest.raises(DatabaseUnavailableError, match="not a PostgreSQL data directory: set TRIAGE_HOME"):
        locate(settings(tmp_path))
    assert [path.name for path in (tmp_path / "pg").iterdir()] == ["holiday.jpg"]


def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(DatabaseUnavailableError, match="did not start"):
        locate(settings(tmp_path / "home"))


def test_each_firm_has_a_database_of_its_own(server_settings: Settings, admin_database: Database) -> None:
    if not admin_database.embedded:
        pytest.skip("an external server's databases are made by its owner")
    first, second = (locate(server_settings.for_firm(firm)) for firm in ("tests", "tests_other"))
    assert [database.url.database for database in (first, second)] == ["triage_tests", "triage_tests_other"]
    for database in (first, second):
        engine = database.engine()
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_database()")).scalar_one() == database.url.database
        engine.dispose()


def test_an_external_url_is_the_demo_firms_and_other_firms_have_their_own(admin_database: Database) -> None:
    url = admin_database.conninfo()
    home = Path("unused")
    assert locate(settings(home, url=url)).url.database == admin_database.url.database
    with pytest.raises(DatabaseUnavailableError, match="'triage_nobody' exists"):
        locate(settings(home, url=url, firm="nobody"))


def test_the_same_place_is_known_to_psycopg(database: Database) -> None:
    with psycopg.connect(database.conninfo()) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
    assert row == (database.url.database,)


@pytest.mark.parametrize("name", ["", "Demo", "1st", "a-b", "a b", "é", "x" * 41, "demo; DROP DATABASE x", "a\n"])
def test_a_name_that_cannot_name_a_database_is_refused(name: str) -> None:
    with pytest.raises(FirmNameError, match="lower-case letters"):
        Settings().for_firm(name)


def test_a_firm_keeps_its_models_apart(tmp_path: Path) -> None:
    one = settings(tmp_path, firm="acme_2")
    assert database_name(one.firm) == "triage_acme_2"
    assert one.model_cache != one.for_firm("other").model_cache
    assert one.for_firm(None) is one


USE = """
import os, signal, sys
from ledger.database import locate
from ledger.settings import Settings
locate(Settings(TRIAGE_HOME=sys.argv[1]))
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_user_does_not_keep_the_server_alive(tmp_path: Path) -> None:
    for end in ("killed", "ordinary"):
        subprocess.run([sys.executable, "-c", USE, str(tmp_path), end], check=False, timeout=60)
        running = (tmp_path / "pg" / "postmaster.pid").exists()
        assert running is (end == "killed")
