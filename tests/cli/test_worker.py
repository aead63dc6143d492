"""The worker beside the server: kept alive, stopped in order, and gone when its parent is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from cli.main import main
from cli.worker import worker_beside
from ledger.database import Database
from ledger.settings import Settings

BESIDE = """
import time
from cli.worker import worker_beside
from ledger.settings import Settings
with worker_beside(Settings(), wanted=True):
    time.sleep(600)
"""


@pytest.fixture
def settings(database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose workers find the test's database."""
    monkeypatch.setenv("DATABASE_URL", database.conninfo())
    return Settings()


def workers(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT id FROM procrastinate_workers ORDER BY id")).scalars())


def until(reached: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if reached():
            return
        time.sleep(0.05)
    raise AssertionError("not reached within a minute")


def worker_of(parent: int) -> int:
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    )
    return next(int(line.split()[0]) for line in found.stdout.splitlines() if "--beside" in line)


def test_a_worker_that_dies_is_started_again_and_stopped_with_the_server(settings: Settings, engine: Engine) -> None:
    with worker_beside(settings, wanted=True):
        until(lambda: len(workers(engine)) == 1)
        os.kill(worker_of(os.getpid()), signal.SIGKILL)
        until(lambda: len(workers(engine)) == 2)
    assert len(workers(engine)) == 1


def test_a_worker_ends_when_its_parent_was_killed(settings: Settings, engine: Engine) -> None:
    with subprocess.Popen([sys.executable, "-c", BESIDE], env=os.environ.copy()) as parent:
        until(lambda: len(workers(engine)) == 1)
        parent.kill()
    until(lambda: workers(engine) == [])


def test_an_external_database_has_its_own_workers(settings: Settings, engine: Engine) -> None:
    with worker_beside(settings, wanted=None), pytest.raises(StopIteration):
        worker_of(os.getpid())


def test_once_does_what_is_due_and_ends(settings: Settings, engine: Engine) -> None:
    main_in_process(["worker", "--once", "--threads", "1"])
    assert workers(engine) == []


def main_in_process(arguments: list[str]) -> None:
    program = f"from cli.main import main; main({arguments!r})"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_callback_endpoints_are_kept_from_the_command_line(
    settings: Settings, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as end:
            main(["callbacks", *arguments])
        assert end.value.code == 0
        return capsys.readouterr().out

    endpoint_id, secret = run("allow", "https://flows.example.com/hooks", "--name", "Camunda").split()
    assert secret.startswith("whsec_")
    assert run("rotate", endpoint_id, "--overlap-hours", "1").strip() != secret
    assert "disabled: moved" in run("disable", endpoint_id, "--because", "moved")
    assert "active" in run("enable", endpoint_id)
    assert "0 callbacks wait, 0 are dead" in run("list")
    assert "0 queued" in run("redeliver")
    with engine.connect() as connection:
        actions = connection.execute(text("SELECT action FROM audit_entry ORDER BY position")).scalars().all()
    assert actions == [
        "callback_endpoint_created",
        "callback_secret_rotated",
        "callback_endpoint_disabled",
        "callback_endpoint_enabled",
    ]


def test_a_refusal_on_the_command_line_is_one_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["callbacks", "allow", "http://flows.example.com", "--name", "x"])
    assert end.value.code == 1
    assert capsys.readouterr().err.strip() == "triage: /prefix: only https is called back"
