"""Failures count together for a while, each by who tried, and never take more memory than they may."""

from serving.limits.failures import Failures


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_whoever_fails_too_often_waits_and_others_do_not() -> None:
    clock = Clock()
    failures = Failures(clock)
    for _ in range(3):
        assert failures.wait(("a",), 3) == 0
        failures.count(("a",), 60)
    assert (failures.wait(("a",), 3), failures.wait(("b",), 3)) == (60, 0)
    clock.now = 61
    assert failures.wait(("a",), 3) == 0
    failures.count(("a",), 60)
    assert (failures.wait(("a",), 3), failures.wait(("a",), 1)) == (0, 60)


def test_a_success_begins_anew() -> None:
    failures = Failures(Clock())
    failures.count(("a",), 60)
    failures.forget(("a",))
    failures.forget(("never",))
    assert failures.wait(("a",), 1) == 0


def test_what_did_not_fail_after_all_is_taken_back() -> None:
    failures = Failures(Clock())
    for _ in range(2):
        failures.count(("a",), 60)
    failures.take_back(("a",))
    failures.take_back(("never",))
    assert [failures.wait(("a",), most) for most in (1, 2)] == [60, 0]


def test_the_oldest_are_forgotten_when_there_are_too_many() -> None:
    failures = Failures(Clock(), most_kept=2)
    for name in ("a", "b", "a", "c"):
        failures.count((name,), 60)
    assert [failures.wait((name,), 1) for name in "abc"] == [60, 0, 60]
