"""What stops a training run, in one line with the remedy."""

from ledger.errors import PlainError


class TooFewOutcomesError(PlainError):
    """A model cannot be trained: too little has come true yet."""
