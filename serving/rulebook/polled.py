"""Something of the database that a process keeps at hand and takes up anew within seconds, without a restart."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 2.0
Kept = TypeVar("Kept")


class Polled(ABC, Generic[Kept]):
    """A value that is asked for at most every two seconds, by one thread, while the others go on with what they have.

    When the database fails, or holds what this process cannot read, the last good value stays and :meth:`problem`
    says so.
    """

    what: str
    unreadable: tuple[type[Exception], ...]

    def __init__(self, engine: Engine, start: Kept, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._now = start
        self._problem: str | None = None
        self._next_look = float("-inf")
        self._looking = threading.Lock()

    @abstractmethod
    def _read(self, connection: Connection) -> Kept:
        """The value in force."""

    @abstractmethod
    def _name(self, value: Kept) -> str:
        """Its version, for the log."""

    @property
    def due(self) -> bool:
        """Whether the next call of :meth:`current` asks the database."""
        return self._clock() >= self._next_look

    def current(self) -> Kept:
        """The value of the moment."""
        if self.due and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._next_look = self._clock() + LOOK_EVERY_SECONDS
                self._looking.release()
        return self._now

    def problem(self) -> str | None:
        """Why the value in use may not be the newest."""
        return self._problem

    def _look(self) -> None:
        expected: tuple[type[Exception], ...] = (SQLAlchemyError, *self.unreadable)
        try:
            with self._engine.connect() as connection:
                found = self._read(connection)
        except expected as error:
            self._problem = f"the {self.what} in use may not be the newest: {str(error).splitlines()[0]}"
            log.warning("rules not refreshed", what=self.what, in_use=self._name(self._now), error=repr(error))
            return
        if self._name(found) != self._name(self._now):
            log.info("rules taken up", what=self.what, version=self._name(found), before=self._name(self._now))
        self._now, self._problem = found, None
