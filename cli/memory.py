"""Keeps a serving process small: glibc otherwise gives each of forty threads an arena of its own, and none back."""

import ctypes

# malloc.h; the setting exists in glibc alone.
_M_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> bool:
    """Let all threads allocate from a few arenas; says whether the C library knows such a thing."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_M_ARENA_MAX, _ARENAS))
