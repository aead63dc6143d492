"""Sweeps of the worker: one item's fault sets that item aside, and the rest goes on.

A sweep looks for what there is to do and works on it item by item, each in a transaction of its own, or block by block
where that is much cheaper; a block that fails is halved until the fault is found. What is set aside is kept out of what
the sweep finds and is tried again from the list (``serving.tasks.set_aside``), after what is new. A database that does
not answer is nobody's fault: the round ends, and the next one goes on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from serving.faults import is_of_the_server
from serving.state import ServingState
from serving.tasks import set_aside
from serving.tasks.set_aside import Item, Sweep

log = structlog.get_logger(__name__)

# Works on items in a transaction that it opens; how many had something to do. It looks again whether they still have.
Work = Callable[[Sequence[Item]], int]


@dataclass(frozen=True)
class Swept:
    """What came of a round.

    Attributes:
        found: how many of the items found had something to do.
        again: how many that had been set aside were carried out now.
        faults: how many were set aside, for the first time or again.
    """

    found: int = 0
    again: int = 0
    faults: int = 0

    @property
    def done(self) -> int:
        """How many were carried out."""
        return self.found + self.again


def sweep_over(state: ServingState, sweep: Sweep, found: Iterable[Item], work: Work, *, block: int = 1) -> Swept:
    """Work on items, then on those set aside whose time has come.

    Args:
        state: whose database it is.
        sweep: under which name faults are kept.
        found: what there is to do.
        work: does it.
        block: items that ``work`` is given together.

    Raises:
        what a database that does not answer raises; what was done before stays.
    """
    items = list(found)
    with state.engine.connect() as connection:
        waiting = set_aside.due(connection, sweep)
        aside = waiting | set_aside.known(connection, sweep, [item.key for item in items])
    round_ = _Round(state, sweep, work, aside)
    together = [_together(item, aside) for item in items]
    done = sum(round_.attempt(together[start : start + block]) for start in range(0, len(together), block))
    fresh = {item.key for item in items}
    again = sum(round_.attempt([item]) for key, item in waiting.items() if key not in fresh)
    return Swept(done, again, round_.faults)


def _together(item: Item, aside: dict[str, Item]) -> Item:
    before = aside.get(item.key)
    return item if before is None else Item(item.key, tuple(sorted({*before.news, *item.news})))


@dataclass
class _Round:
    """One pass over the items of a sweep; ``aside`` is what was set aside before."""

    state: ServingState
    sweep: Sweep
    work: Work
    aside: dict[str, Item]
    faults: int = 0

    def attempt(self, items: Sequence[Item]) -> int:
        """Work on items together, or by halves where one of them fails; how many had something to do."""
        try:
            done = self.work(items)
        except Exception as fault:  # whatever it is, the items behind it must not wait for it
            if is_of_the_server(fault):
                raise
            if len(items) > 1:
                half = len(items) // 2
                return self.attempt(items[:half]) + self.attempt(items[half:])
            self._put(items[0], fault)
            return 0
        for key in self.aside.keys() & {item.key for item in items}:
            with self.state.engine.begin() as connection:
                set_aside.clear(connection, self.sweep, key)
        return done

    def _put(self, item: Item, fault: Exception) -> None:
        self.faults += 1
        reason = f"{type(fault).__name__}: {fault}"
        with self.state.engine.begin() as connection:
            made = set_aside.put(connection, self.sweep, item, reason)
        log.exception("an item was set aside", sweep=self.sweep.value, item=item.key, attempts=made["attempts"])
