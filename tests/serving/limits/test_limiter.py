"""Counting what keys ask: never more than allowed, never less, and together with other processes."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from serving.auth.scopes import Scope
from serving.limits.allowance import Allowance, TooManyRequests
from serving.limits.limiter import Limiter
from tests.serving.kit import api_key

FREE = Allowance()
MIDNIGHT = 86_400.0 * 20_000


@dataclass
class Time:
    """A clock that stands until a test moves it."""

    now: float = MIDNIGHT

    def __call__(self) -> float:
        return self.now


def limiter(*, per_second: float | None = None, per_day: int | None = None, time: Time | None = None) -> Limiter:
    clock = time or Time()
    return Limiter(Allowance(per_second, per_day), clock, clock)


def passes(counting: Limiter, number: int, key: str = "k", own: Allowance = FREE) -> int:
    """How many of so many requests pass."""
    passed = 0
    for _ in range(number):
        try:
            counting.take(key, own)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def refusal(counting: Limiter) -> TooManyRequests:
    with pytest.raises(TooManyRequests) as caught:
        counting.take("k", FREE)
    return caught.value


def test_without_a_limit_nothing_is_counted() -> None:
    assert limiter().take("k", FREE) is None


def test_a_second_lets_its_rate_through_and_the_next_one_again() -> None:
    time = Time()
    counting = limiter(per_second=5, time=time)
    assert passes(counting, 20) == 5
    time.now += 0.2
    assert passes(counting, 20) == 1
    time.now += 60
    assert passes(counting, 20) == 5


def test_less_than_one_a_second_is_one_now_and_then() -> None:
    time = Time()
    counting = limiter(per_second=0.1, time=time)
    assert passes(counting, 3) == 1
    assert refusal(counting).headers["Retry-After"] == "10"
    time.now += 10
    assert passes(counting, 3) == 1


def test_keys_do_not_take_from_each_other() -> None:
    counting = limiter(per_second=2)
    assert (passes(counting, 9, "a"), passes(counting, 9, "b")) == (2, 2)


def test_a_keys_own_limits_stand_before_the_general_ones() -> None:
    counting = limiter(per_second=2, per_day=100)
    assert passes(counting, 9, own=Allowance(per_second=4)) == 4
    assert passes(counting, 9, "other", Allowance(per_second=50, per_day=3)) == 3


def test_a_days_quota_ends_at_midnight() -> None:
    time = Time()
    counting = limiter(per_day=3, time=time)
    assert passes(counting, 5) == 3
    time.now += 86_399
    assert refusal(counting).headers["Retry-After"] == "1"
    time.now += 1
    assert passes(counting, 5) == 3


def test_a_refused_request_takes_nothing() -> None:
    time = Time()
    counting = limiter(per_second=1, per_day=2, time=time)
    assert passes(counting, 50) == 1
    time.now += 1
    assert passes(counting, 50) == 1


def test_headers_tell_what_is_left() -> None:
    standing = limiter(per_second=5, per_day=100).take("k", FREE)
    assert standing is not None
    assert standing.headers() == {
        "RateLimit-Policy": '"second";q=5;w=1, "day";q=100;w=86400',
        "RateLimit": '"second";r=4;t=1, "day";r=99;t=86400',
    }


def test_a_refusal_says_when_to_come_again_and_what_is_left() -> None:
    counting = limiter(per_second=2)
    passes(counting, 2)
    refused = refusal(counting)
    assert refused.headers == {
        "Retry-After": "1",
        "RateLimit-Policy": '"second";q=2;w=1',
        "RateLimit": '"second";r=0;t=1',
    }


@given(rate=st.floats(0.2, 50), gaps=st.lists(st.floats(0, 3), min_size=1, max_size=40))
def test_no_span_of_time_lets_more_through_than_burst_and_rate(rate: float, gaps: list[float]) -> None:
    time = Time(0.0)
    counting, passed = limiter(per_second=rate, time=time), 0
    for gap in gaps:
        time.now += gap
        passed += passes(counting, 3)
        assert passed <= Allowance(rate).burst + rate * time.now + 0.01


@given(rate=st.floats(0.2, 50), asks=st.lists(st.floats(0, 2), min_size=1, max_size=30))
def test_waiting_as_long_as_told_is_enough(rate: float, asks: list[float]) -> None:
    time = Time(0.0)
    counting = limiter(per_second=rate, time=time)
    for gap in asks:
        time.now += gap
        passes(counting, 60)
        time.now += float(refusal(counting).headers["Retry-After"])
        assert passes(counting, 1) == 1


def usage(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT requests FROM key_usage ORDER BY day")).scalars())


@pytest.fixture
def key_id(engine: Engine) -> str:
    """A key that usage can be kept of."""
    return api_key(engine, Scope.SCORES_READ).split("_")[1]


def test_processes_share_the_quota_through_the_database(engine: Engine, key_id: str) -> None:
    here, there = limiter(per_day=10), limiter(per_day=10)
    assert passes(here, 6, key_id) == 6
    here.flush(engine)
    assert passes(there, 2, key_id) == 2
    there.flush(engine)
    assert passes(there, 9, key_id) == 2
    there.flush(engine)
    here.flush(engine)
    assert usage(engine) == [10]


def test_a_flush_that_fails_forgets_nothing(engine: Engine, key_id: str) -> None:
    counting = limiter(per_day=10)
    passes(counting, 4, key_id)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE key_usage RENAME TO gone"))
    with pytest.raises(Exception, match="key_usage"):
        counting.flush(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO key_usage"))
    counting.flush(engine)
    counting.flush(engine)
    assert usage(engine) == [4]


def test_requests_before_midnight_belong_to_the_day_before(engine: Engine, key_id: str) -> None:
    time = Time(MIDNIGHT - 1)
    counting = limiter(per_day=10, time=time)
    passes(counting, 3, key_id)
    time.now += 2
    passes(counting, 4, key_id)
    counting.flush(engine)
    assert usage(engine) == [3, 4]
