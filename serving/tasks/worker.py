"""A worker: carries out jobs until it is told to stop, through restarts of the database."""

import asyncio
import signal
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from serving.state import ServingState
from serving.tasks.app import REMEMBERED, STALLED, STATE, make_app, rescue
from serving.tasks.queue import QUEUES, depth
from serving.tasks.upkeep import Upkeep

log = structlog.get_logger(__name__)

CONNECTIONS: Final = 4
BEATS: Final = 3  # heartbeats within the time after which a worker counts as gone
BREATH: Final = 1.0  # seconds between a lost database and the next attempt
POLL: Final = 1.0  # seconds; new jobs are announced, but those that become due are not
LOST = (ConnectorException, psycopg.OperationalError, PoolTimeout)


@dataclass(frozen=True)
class WorkerOptions:
    """How a worker works.

    Attributes:
        concurrency: jobs at the same time, each in a thread.
        queues: the queues it serves.
        once: stop as soon as nothing is due any more, instead of waiting for more.
        stalled_after: time without a heartbeat after which a worker counts as gone.
        grace: how long a stop waits for the jobs in hand.
        encoder: folder of the exported sentence encoder; while it is missing, new notes wait for it.
    """

    concurrency: int = 4
    queues: tuple[str, ...] = QUEUES
    once: bool = False
    stalled_after: timedelta = timedelta(seconds=30)
    grace: timedelta = timedelta(seconds=20)
    encoder: Path = Path("encoder")


class Worker:
    """A worker of one process; ``stop`` may be called from a signal or another thread."""

    def __init__(self, state: ServingState, conninfo: str, options: WorkerOptions) -> None:
        self.state = state
        self.conninfo = conninfo
        self.options = options
        self._upkeep = Upkeep(options.encoder)
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Finish the jobs in hand and end; a second call changes nothing."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def run(self) -> None:
        """Work until stopped; a database that goes away is waited for."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            try:
                await self._work()
            except LOST as error:
                if self.options.once:
                    raise
                cause = error.__cause__ or error
                log.warning("the database does not answer; the worker tries again", error=repr(cause))
            if not self.options.once:
                await self._pause()
            elif not self._is_due():
                return

    def _is_due(self) -> bool:
        """Whether there is work by now: what was done may have left some."""
        with self.state.engine.connect() as connection:
            waiting = depth(connection).waiting
        return any(waiting.get(queue, 0) for queue in self.options.queues)

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), BREATH)
        except TimeoutError:
            return

    async def _work(self) -> None:
        connector = PsycopgConnector(conninfo=self.conninfo, min_size=1, max_size=CONNECTIONS, timeout=10)
        async with make_app(connector).open_async() as app:
            await rescue(app, stalled_after=self.options.stalled_after)
            working = asyncio.create_task(self._worker(app))
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not working.done():
                working.cancel()
            await asyncio.gather(working, stopping, return_exceptions=True)
            if not working.cancelled():
                working.result()

    async def _worker(self, app: App) -> None:
        stalled = self.options.stalled_after.total_seconds()
        await app.run_worker_async(
            queues=list(self.options.queues),
            concurrency=self.options.concurrency,
            wait=not self.options.once,
            fetch_job_polling_interval=POLL,
            delete_jobs="successful",
            install_signal_handlers=False,
            additional_context={
                STATE: self.state,
                STALLED: self.options.stalled_after,
                REMEMBERED: self._upkeep,
            },
            update_heartbeat_interval=stalled / BEATS,
            stalled_worker_timeout=stalled,
            shutdown_graceful_timeout=self.options.grace.total_seconds(),
        )


def run_worker(state: ServingState, conninfo: str, options: WorkerOptions) -> None:
    """Work in this process until SIGTERM or Ctrl-C; the second one does not wait for the jobs in hand."""

    async def work() -> None:
        worker = Worker(state, conninfo, options)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, loop, worker, number)
        await worker.run()

    asyncio.run(work())


def _stop(loop: asyncio.AbstractEventLoop, worker: Worker, number: signal.Signals) -> None:
    loop.remove_signal_handler(number)  # from now on the signal ends the process at once
    worker.stop()
