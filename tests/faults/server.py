"""Real parts that can be broken: a PostgreSQL of a test's own, and a real ``triage serve`` on it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx
import psutil

from ledger.database import Database, _server, locate
from ledger.migrate import migrate
from ledger.settings import Settings

SERVE = [sys.executable, "-c", "from cli.main import main; main()", "serve", "--port"]


def until(reached: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait for another process to get there."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.05)


class OwnPostgres:
    """An embedded server in a folder of its own, durable as in production."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(TRIAGE_HOME=str(folder), TRIAGE_FIRM="faults", DATABASE_URL=None)
        self.database: Database = locate(self._settings)
        engine = self.database.engine()
        migrate(engine)
        engine.dispose()

    def crash(self) -> None:
        """End it as a power cut would: no shutdown, no goodbye to its clients."""
        pid = self._pid()
        os.kill(pid, signal.SIGQUIT)
        until(lambda: not _lives(pid))

    def signal_all(self, sent: signal.Signals) -> None:
        """Signal every process of the server, the first one first."""
        first = psutil.Process(self._pid())
        for process in (first, *first.children(recursive=True)):
            process.send_signal(sent)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        _server(self._settings.postgres_folder).ensure_postgres_running()

    def _pid(self) -> int:
        return int((self._settings.postgres_folder / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """End it for good."""
        _server(self._settings.postgres_folder).stop()


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


class Service:
    """``triage serve`` in a process of its own."""

    def __init__(self, database: Database, home: Path, environment: Mapping[str, str] | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.place = f"http://127.0.0.1:{port}"
        given = {"DATABASE_URL": database.conninfo(), "TRIAGE_HOME": str(home), "TRIAGE_DRAIN_SECONDS": "0"}
        self._log = (home / "serve.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [*SERVE, str(port), "--no-worker"],
            env={**os.environ, **given, **(environment or {})},
            stdout=self._log,
            stderr=self._log,
        )

    def __enter__(self) -> Self:
        until(lambda: self.process.poll() is not None or self.readiness() == 200)
        assert self.process.poll() is None, Path(self._log.name).read_text(encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)
        self._log.close()

    def readiness(self) -> int | None:
        """Status of the readiness probe; ``None`` while nobody listens."""
        try:
            return httpx.get(f"{self.place}/readyz", timeout=10).status_code
        except httpx.TransportError:
            return None

    def client(self, key: str = "") -> httpx.Client:
        """A caller, with an API key if one is given."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.place, headers=headers, timeout=30)
