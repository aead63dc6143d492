"""The last so many answers of something that is dear and always the same for the same question."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """Answers by question, for the threads of one process; the one not asked for longest is forgotten first.

    Two threads that ask the same for the first time may both work it out: nobody waits for anybody.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, question: Hashable, work_out: Callable[[], Answer], *, keep: Callable[[Answer], bool]) -> Answer:
        """The answer from before, or the one that is worked out now and remembered if ``keep`` says so."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                return self._answers[question]
        answer = work_out()
        if keep(answer):
            with self._lock:
                self._answers[question] = answer
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
        return answer
