"""What a serving process writes down beside its requests, every second or so: refusals, and what keys have asked."""

import threading
from collections.abc import Callable
from typing import Final

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from serving.state import ServingState

EVERY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class Bookkeeper(threading.Thread):
    """A thread for as long as the application runs; while the database is down, it keeps what it has to write."""

    def __init__(self, state: ServingState, seconds: float = EVERY_SECONDS) -> None:
        super().__init__(daemon=True, name="bookkeeper")
        self._state = state
        self._seconds = seconds
        self._ending = threading.Event()

    def run(self) -> None:
        """Write what is due until the application ends."""
        while not self._ending.wait(self._seconds):
            write_down(self._state)

    def stop(self) -> None:
        """End the thread and write the rest."""
        self._ending.set()
        self.join()
        write_down(self._state, everything=True)


def write_down(state: ServingState, *, everything: bool = False) -> None:
    """Write what is due; each part by itself, so that one that fails does not hold up the other."""
    for part, flush in (
        ("refusals", lambda: state.refusals.flush(state.engine, everything=everything)),
        ("usage", lambda: state.limits.flush(state.engine)),
    ):
        _attempt(part, flush)


def _attempt(part: str, flush: Callable[[], None]) -> None:
    try:
        flush()
    except (SQLAlchemyError, psycopg.Error) as error:
        log.warning("could not write down what happened; trying again", part=part, error=str(error).splitlines()[0])
