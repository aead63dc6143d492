"""The error that people see as one line: what happened, what was kept, and the remedy."""


class PlainError(Exception):
    """An expected failure; the command line prints its message and no traceback."""
