"""A study's last word: one small table over all of its rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """What a study module's ``summary(rows)`` gives, for the command line to print below the rows.

    Attributes:
        title: what the figures are.
        headings: one per column; the first column is text, the others are figures.
        lines: cells, one tuple per line.
    """

    title: str
    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
