"""``triage worker``: background work; and the worker that ``triage run`` and ``triage serve`` start beside the server.

The one beside the server is a process of its own: scoring a billing run in a thread of the server would make every
request wait for the interpreter, and a worker that is killed must not take the server along. It ends with its parent,
however that ends.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Final

import structlog
import typer
from sqlalchemy import Engine

from cli.firm import FirmOption, open_firm
from ledger.database import Database
from ledger.settings import Settings
from models.champions import Champions
from serving.app import load_state
from serving.observe.logs import log_as_json
from serving.rules import register_rules
from serving.settings import ServingSettings
from serving.tasks.queue import QUEUES
from serving.tasks.worker import WorkerOptions, run_worker

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 1.0
RESTART_SECONDS: Final = 2.0
STOP_SECONDS: Final = 30.0

WorkerOption = Annotated[
    bool | None,
    typer.Option("--worker/--no-worker", help="Work in the background too; default: with the embedded database only."),
]


def worker(
    *,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Jobs at the same time; default TRIAGE_WORKER_THREADS.")
    ] = None,
    queue: Annotated[list[str] | None, typer.Option(help="Serve this queue only; may be repeated.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due and end.")] = False,
    beside: Annotated[int | None, typer.Option(hidden=True, help="End when this process has ended.")] = None,
    firm: FirmOption = None,
) -> None:
    """Deliver callbacks and score billing runs until SIGTERM or Ctrl-C; any number of workers may run."""
    serving = ServingSettings()
    log_as_json(serving.log_level)
    settings, engine = open_firm(firm, pool_size=2 * (threads or serving.worker_threads))
    state = load_state(engine, serving, models=Champions(settings.model_cache))
    with engine.begin() as connection:
        register_rules(connection, state)
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside,), daemon=True).start()
    options = WorkerOptions(
        concurrency=threads or serving.worker_threads,
        queues=tuple(queue or QUEUES),
        once=once,
        stalled_after=timedelta(seconds=serving.worker_stalled_seconds),
        encoder=settings.encoder,
    )
    run_worker(state, conninfo_of(engine), options)
    engine.dispose()


def conninfo_of(engine: Engine) -> str:
    """Where an engine connects to, for psycopg."""
    return Database(engine.url, embedded=False).conninfo()


def _end_with(parent: int) -> None:
    """Stop in order when the server is gone, also when it was killed and could not say so."""
    while os.getppid() == parent:
        threading.Event().wait(LOOK_SECONDS)
    os.kill(os.getpid(), 15)


@contextmanager
def worker_beside(settings: Settings, *, wanted: bool | None) -> Iterator[None]:
    """A worker process for as long as the block runs; started again when it dies. ``None`` wants it when embedded."""
    if not (settings.embedded if wanted is None else wanted):
        yield
        return
    keeper = _Keeper(settings.firm)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper(threading.Thread):
    """Keeps one worker process alive."""

    def __init__(self, firm: str) -> None:
        super().__init__(daemon=True, name="worker keeper")
        program = "from cli.main import main; main()"
        self.command = [sys.executable, "-c", program, "worker", "--firm", firm, "--beside", str(os.getpid())]
        self.ending = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start the worker, and again whenever it ends without being asked to."""
        while not self.ending.is_set():
            self.process = subprocess.Popen(self.command)  # noqa: S603 - our own command
            code = self.process.wait()
            if not self.ending.is_set():
                log.warning("the worker ended and is started again", code=code)
                self.ending.wait(RESTART_SECONDS)

    def stop(self) -> None:
        """Let the worker finish what it has in hand; after half a minute it is killed, and loses nothing by it."""
        self.ending.set()
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
