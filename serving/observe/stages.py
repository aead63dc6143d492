"""How long each part of an answer takes: a stage is timed where it is, and told in three places.

As ``Server-Timing`` in the answer, in the histogram of stages, and, where tracing is on, as a span.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol

from serving.observe.metrics import STAGE_SECONDS


class Spans(Protocol):
    """Opens a span for a stage."""

    def __call__(self, name: str) -> AbstractContextManager[Any]:
        """A span that ends with the block."""


def _no_span(name: str) -> AbstractContextManager[Any]:  # noqa: ARG001 - the shape of Spans
    return nullcontext()


_timings: ContextVar[dict[str, float] | None] = ContextVar("timings", default=None)
_spans: list[Spans] = [_no_span]


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Time a block as part of the request it belongs to, if it belongs to one."""
    started = time.perf_counter()
    with _spans[0](name):
        try:
            yield
        finally:
            took = time.perf_counter() - started
            STAGE_SECONDS.labels(name).observe(took)
            kept = _timings.get()
            if kept is not None:
                kept[name] = kept.get(name, 0.0) + took


def begin() -> dict[str, float]:
    """Start collecting stages (name → seconds) in this context; threads of the request share it."""
    kept: dict[str, float] = {}
    _timings.set(kept)
    return kept


def server_timing(stages: Mapping[str, float], total: float) -> str:
    """The header (W3C Server Timing): milliseconds by stage, the whole last."""
    parts = [*stages.items(), ("total", total)]
    return ", ".join(f"{name};dur={1000 * took:.2f}" for name, took in parts)


def use_spans(spans: Spans) -> None:
    """Open spans for stages from now on."""
    _spans[0] = spans
