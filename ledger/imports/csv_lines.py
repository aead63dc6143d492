"""CSV into records that survive a quote nobody closed: it costs its own line, not the thousand after it."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator


def csv_records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str], str | None]]:
    """Each record's first line number (from 1), its cells, and what is wrong with it; the header comes first.

    A record that spans lines and comes out with the wrong number of cells is read again line by line: its first line
    is bad, the others get their own chance.
    """
    source, width = _Source(lines), None
    while source.more():
        cells, problem = _record(source, delimiter)
        if width is None:
            width = len(cells)
        elif problem is None and cells and len(cells) != width:
            problem = f"{len(cells)} cells under {width} columns"
        if problem and len(source.taken) > 1:
            source.give_back()
            cells, problem = _bare_cells(source, delimiter), "a quote is opened and not closed in its row"
        if cells:
            yield source.first, cells, problem


def _record(source: "_Source", delimiter: str) -> tuple[list[str], str | None]:
    source.begin()
    try:
        # Strict, so that a quote which swallows the rows after it is noticed where it ends.
        return next(csv.reader(source, delimiter=delimiter, strict=True)), None
    except csv.Error as error:
        return _bare_cells(source, delimiter), f"not CSV: {error}"


def _bare_cells(source: "_Source", delimiter: str) -> list[str]:
    return source.taken[0].rstrip("\r\n").replace('"', "").split(delimiter)


class _Source:
    """Physical lines that remember which of them the current record took, and can take them back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self._number = 0
        self.first = 0
        self.taken: list[str] = []

    def more(self) -> bool:
        """Whether a line is left."""
        if not self._returned and (line := next(self._lines, None)) is not None:
            self._returned.append(line)
        return bool(self._returned)

    def begin(self) -> None:
        """A new record starts at the next line."""
        self.first, self.taken = self._number + 1, []

    def give_back(self) -> None:
        """All lines of the record but its first are read again."""
        self._returned.extendleft(reversed(self.taken[1:]))
        self._number = self.first

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        if not self.more():
            raise StopIteration
        self.taken.append(self._returned.popleft())
        self._number += 1
        return self.taken[-1]
