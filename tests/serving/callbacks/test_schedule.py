"""Attempts spread over about a day, each wait in its range, the same message always alike."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.callbacks.schedule import JITTER, LONGEST, Schedule

schedules = st.builds(
    Schedule, st.floats(0.01, 3600).map(lambda seconds: timedelta(seconds=seconds)), st.integers(1, 50)
)


@given(schedules, st.text(max_size=40))
def test_waits_grow_up_to_the_longest_and_end_with_the_last_attempt(schedule: Schedule, message_id: str) -> None:
    means = [schedule.mean_after(number) for number in range(1, schedule.attempts + 1)]
    assert means == sorted(means)
    assert max(means) <= LONGEST
    waits = [schedule.wait_after(number, message_id) for number in range(1, schedule.attempts + 2)]
    assert waits[-2:] == [None, None]
    assert None not in waits[:-2]


@given(schedules, st.text(max_size=40), st.integers(1, 60))
def test_jitter_stays_within_a_fifth_and_is_the_same_again(schedule: Schedule, message_id: str, number: int) -> None:
    wait, mean = schedule.wait_after(number, message_id), schedule.mean_after(number)
    assert wait == schedule.wait_after(number, message_id)
    if wait is not None:
        assert abs(wait / mean - 1) <= JITTER + 1e-6


def test_the_default_reaches_about_a_day() -> None:
    schedule = Schedule(timedelta(seconds=5), 12)
    total = sum((schedule.mean_after(number) for number in range(1, 12)), timedelta())
    assert timedelta(hours=20) < total < timedelta(hours=28)


def test_messages_do_not_all_come_back_at_once() -> None:
    schedule = Schedule(timedelta(hours=1), 12)
    assert len({schedule.wait_after(1, f"m{number}") for number in range(50)}) == 50


@pytest.mark.parametrize("number", [1, 40, 10_000])
def test_no_attempt_overflows(number: int) -> None:
    assert Schedule(timedelta(hours=1), 20_000).mean_after(number) <= LONGEST
