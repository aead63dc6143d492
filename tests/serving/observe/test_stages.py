"""Stages are timed once and told to the request that they belong to."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from anyio import to_thread
from anyio.from_thread import start_blocking_portal

from serving.observe import stages
from serving.observe.metrics import REGISTRY


def observed(stage: str) -> float:
    """How often a stage was timed."""
    return REGISTRY.get_sample_value("triage_stage_seconds_count", {"stage": stage}) or 0.0


def test_a_stage_that_is_entered_twice_adds_up() -> None:
    kept = stages.begin()
    for _ in range(2):
        with stages.stage("features"):
            pass
    assert list(kept) == ["features"]
    assert observed("features") >= 2


def test_a_stage_that_fails_is_timed_as_well() -> None:
    kept = stages.begin()
    with pytest.raises(ValueError, match="broken"), stages.stage("models"):
        raise ValueError("broken")
    assert "models" in kept


def test_threads_of_a_request_share_its_stages() -> None:
    def work() -> None:
        with stages.stage("store"):
            pass

    async def request() -> dict[str, float]:
        kept = stages.begin()
        await to_thread.run_sync(work)
        return kept

    with start_blocking_portal() as portal:
        assert "store" in portal.call(request)


def test_the_header_names_stages_in_milliseconds_and_the_whole_last() -> None:
    assert stages.server_timing({"ready": 0.0012, "store": 0.0005}, 0.002) == (
        "ready;dur=1.20, store;dur=0.50, total;dur=2.00"
    )


def test_with_tracing_a_stage_is_a_span() -> None:
    opened: list[str] = []

    @contextmanager
    def span(name: str) -> Iterator[None]:
        opened.append(name)
        yield

    before = stages._spans[0]
    stages.use_spans(span)
    try:
        with stages.stage("controls"):
            pass
    finally:
        stages.use_spans(before)
    assert opened == ["controls"]
