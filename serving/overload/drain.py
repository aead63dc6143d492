"""Leaving in order: readiness says no, so that balancers send nothing more, then open requests are finished."""

import signal
import threading
import time
from types import FrameType
from typing import Final

import uvicorn

_TOLD_TO_LEAVE: Final = frozenset({signal.SIGTERM})


class Drain:
    """Whether the process is on its way out."""

    def __init__(self) -> None:
        self._begun = threading.Event()

    @property
    def begun(self) -> bool:
        """Readiness says no from then on."""
        return self._begun.is_set()

    def begin(self) -> None:
        """Say no from now on."""
        self._begun.set()


class Server(uvicorn.Server):
    """uvicorn, which on SIGTERM goes on serving for a while: balancers look at readiness only every few seconds.

    A second signal, and Ctrl-C, end the waiting. Requests in hand are finished in any case, within uvicorn's
    ``timeout_graceful_shutdown``.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, *, seconds: float) -> None:
        super().__init__(config)
        self._drain = drain
        self._seconds = seconds
        self._leave_at = float("inf")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave."""
        waits = sig in _TOLD_TO_LEAVE and not self._drain.begun and self._seconds > 0
        self._drain.begin()
        if not waits:
            super().handle_exit(sig, frame)
            return
        self._captured_signals.append(sig)
        self._leave_at = time.monotonic() + self._seconds

    async def on_tick(self, counter: int) -> bool:
        """Leave when balancers had their time."""
        if time.monotonic() >= self._leave_at:
            self.should_exit = True
        return await super().on_tick(counter)
