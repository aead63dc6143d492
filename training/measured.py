"""A figure with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float
