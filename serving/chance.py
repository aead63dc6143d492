"""Draws that anybody can repeat: a number that depends on a purpose and on what is drawn, and on nothing else."""

import hashlib
from typing import Final

_STEPS: Final = 2**56


def drawn(purpose: str, *parts: str) -> float:
    """A number in [0, 1) that depends on its purpose and parts alone: asking again does not redraw."""
    digest = hashlib.sha256("\x1f".join((purpose, *parts)).encode()).digest()
    return int.from_bytes(digest[:7], "big") / _STEPS
