"""The vectorised as-of functions agree with a slow, obvious reference on random events and queries."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.asof import DAY_US, NEVER, EventIndex, StateIndex, Window, latest_before, superseded_at, window_before

KEYS, MOMENTS = st.integers(-1, 3), st.integers(0, 12)
EVENTS = st.lists(st.tuples(KEYS, MOMENTS, MOMENTS, st.sampled_from((math.nan, -2.0, 0.0, 1.5, 7.25))), max_size=25)
QUERIES = st.lists(st.tuples(KEYS, MOMENTS), min_size=1, max_size=8)


@dataclass(frozen=True)
class Case:
    """Random events and queries, days as microseconds."""

    events: list[tuple[int, int, int, float]]
    queries: list[tuple[int, int]]

    def column(self, place: int) -> np.ndarray:
        return np.array([event[place] for event in self.events], dtype=np.int64)

    @property
    def values(self) -> np.ndarray:
        return np.array([event[3] for event in self.events], dtype=np.float64)

    @property
    def index(self) -> EventIndex:
        record_id = np.arange(len(self.events), dtype=np.int64)
        known, event = self.column(1) * DAY_US, self.column(2) * DAY_US
        return EventIndex.build(self.column(0), known, event_at=event, record_id=record_id)

    @property
    def keys(self) -> np.ndarray:
        return np.array([key for key, _ in self.queries], dtype=np.int64)

    @property
    def as_of(self) -> np.ndarray:
        return np.array([moment * DAY_US for _, moment in self.queries], dtype=np.int64)

    def known(self, key: int, as_of: int, *, since: int = -1) -> list[float]:
        """Values known strictly before, oldest first, by the rule as it is written."""
        rows = [
            (known, event, number, value)
            for number, (its_key, known, event, value) in enumerate(self.events)
            if its_key == key >= 0 and since <= known < as_of
        ]
        return [value for *_, value in sorted(rows, key=lambda row: row[:3])]


CASES = st.builds(Case, EVENTS, QUERIES)


def real(values: list[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def check(found: np.ndarray, expected: list[float]) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@given(CASES)
def test_the_latest_value(case: Case) -> None:
    expected = [(case.known(*query) or [math.nan])[-1] for query in case.queries]
    check(latest_before(case.keys, case.as_of, case.index, case.values), expected)


@given(CASES, st.integers(1, 6))
def test_counts_and_sums_of_a_window(case: Case, days: int) -> None:
    window = window_before(case.keys, case.as_of, case.index, days=days)
    seen = [case.known(key, as_of, since=as_of - days) for key, as_of in case.queries]
    check(window.count(), [float(len(values)) for values in seen])
    check(window.sum(case.index.sums(case.values, scale=100)), [sum(real(values)) for values in seen])


def statistic(name: str, window: Window, case: Case) -> np.ndarray:
    sums = case.index.sums(case.values, scale=100)
    found: dict[str, np.ndarray] = {
        "mean": window.mean(sums),
        "std": window.std(sums),
        "last 3": window.last(3).mean(sums),
        "median": window.quantile(case.values, 0.5, last=50),
        "upper": window.quantile(case.values, 0.9, last=50),
    }
    return found[name]


def reference(name: str, values: list[float]) -> float:
    chosen = real(values[-3:]) if name == "last 3" else real(values)
    if not chosen or (name == "std" and len(chosen) < 2):
        return math.nan
    if name in ("median", "upper"):
        return float(np.quantile(chosen, 0.5 if name == "median" else 0.9))
    return float(np.std(chosen, ddof=1)) if name == "std" else float(np.mean(chosen))


@pytest.mark.parametrize("name", ["mean", "std", "last 3", "median", "upper"])
@given(case=CASES)
def test_statistics_of_everything_known(case: Case, name: str) -> None:
    window = window_before(case.keys, case.as_of, case.index)
    check(statistic(name, window, case), [reference(name, case.known(*query)) for query in case.queries])


@given(CASES)
def test_the_decayed_mean_halves_a_weight_per_half_life(case: Case) -> None:
    def slow(key: int, as_of: int) -> float:
        rows = [(known, value) for its, known, _, value in case.events if its == key >= 0 and known < as_of]
        weighted = [(2.0 ** (-(as_of - known) / 3), value) for known, value in rows if not math.isnan(value)]
        total = sum(weight for weight, _ in weighted)
        return sum(weight * value for weight, value in weighted) / total if weighted else math.nan

    window = window_before(case.keys, case.as_of, case.index)
    found = window.decayed_mean(case.values, half_life_days=3.0, last=50)
    np.testing.assert_allclose(found, [slow(*query) for query in case.queries], rtol=1e-9, atol=1e-9)


@given(CASES)
def test_pairs_are_the_rows_of_the_windows(case: Case) -> None:
    query, row = window_before(case.keys, case.as_of, case.index).pairs()
    for number, (key, as_of) in enumerate(case.queries):
        np.testing.assert_array_equal(case.values[row[query == number]], case.known(key, as_of))


@given(CASES)
def test_a_state_sums_the_newest_versions_only(case: Case) -> None:
    entity, known = case.column(0), case.column(1) * DAY_US
    end = superseded_at(entity, case.index)
    state = StateIndex.build(entity, known, end=end, values=case.values, scale=100)
    newest = [(case.known(*query) or [0.0])[-1] for query in case.queries]
    # Of versions known at the same moment only one is ever in force: the one that sorts last.
    check(state.total(case.keys, case.as_of), [0.0 if math.isnan(value) else value for value in newest])


def test_a_small_key_keeps_its_digits_behind_a_large_one() -> None:
    values = np.array([9e12, 9e12, 0.01, 0.02])
    index = EventIndex.build(np.array([0, 0, 1, 1]), np.arange(4, dtype=np.int64))
    window = index.before(np.array([1]), np.array([NEVER]))
    assert window.sum(index.sums(values, scale=100)).tolist() == [0.03]
