"""Answers that are remembered: once worked out, bounded, and only those worth keeping."""

from hypothesis import given
from hypothesis import strategies as st

from serving.remembered import Remembered


def always(_: object) -> bool:
    return True


@given(st.lists(st.integers(0, 5), max_size=40), st.integers(1, 4))
def test_the_answer_is_always_the_right_one_and_never_more_are_kept(questions: list[int], most: int) -> None:
    memory = Remembered[int](most)
    for question in questions:
        assert memory.ask(question, lambda question=question: 10 * question, keep=always) == 10 * question  # type: ignore[misc]  # bound now
        assert len(memory._answers) <= most


def test_what_was_asked_lately_is_not_worked_out_again() -> None:
    memory, worked = Remembered[str](2), list[str]()

    def ask(question: str) -> str:
        return memory.ask(question, lambda: worked.append(question) or question, keep=always)  # type: ignore[func-returns-value]  # counts

    for question in ("a", "b", "a", "c", "a", "b"):
        assert ask(question) == question
    assert worked == ["a", "b", "c", "b"]


def test_what_is_not_worth_keeping_is_worked_out_again() -> None:
    memory, worked = Remembered[int](2), [0]

    def count() -> int:
        worked[0] += 1
        return worked[0]

    assert [memory.ask("q", count, keep=lambda _: False) for _ in range(2)] == [1, 2]
