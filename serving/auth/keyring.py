"""API keys that this process has recognised a moment ago, so that a busy caller costs no question to the database.

A key that is revoked or rotated elsewhere is refused within ``seconds``; in the process that revoked it, at once.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from serving.auth.principal import Principal
from serving.auth.secrets import digest

REMEMBERED_SECONDS = 2.0
MOST_KEYS = 10_000


class KeyRing:
    """Presented key (by its digest) → principal and until when that holds."""

    def __init__(self, seconds: float = REMEMBERED_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    def recall(self, presented: str) -> Principal | None:
        """Whose key it was found to be, if that was a moment ago."""
        found = self._held.get(digest(presented))
        return found[1] if found is not None and found[0] > self._clock() else None

    def keep(self, presented: str, principal: Principal) -> None:
        """Remember a key that the database has just confirmed."""
        with self._lock:
            self._held[digest(presented)] = (self._clock() + self._seconds, principal)
            if len(self._held) > MOST_KEYS:
                self._held.popitem(last=False)

    def forget(self, key_id: str) -> None:
        """Ask the database again for this key from now on."""
        with self._lock:
            gone = [held for held, (_, principal) in self._held.items() if principal.principal_id == key_id]
            for held in gone:
                del self._held[held]
