"""The provider's public keys and addresses: found through its discovery document, kept, fetched anew when unknown."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from serving.auth.oidc.discovery import TIMEOUT_SECONDS, Metadata, ProviderError, discover, document

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 3_600.0
# Tokens with invented key ids must not turn us against the provider.
LEAST_SECONDS: Final = 10.0


@dataclass(frozen=True)
class _Told:
    keys: KeySet
    metadata: Metadata


class Keys:
    """The last keys and addresses that the provider told; they stay in use while it is down."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._lock = threading.Lock()
        self._known: _Told | None = None
        self._asked_at = float("-inf")
        self._fetched_at = float("-inf")

    def current(self) -> KeySet | None:
        """The keys to check with; ``None`` while the provider never answered."""
        told = self._told()
        return None if told is None else told.keys

    def metadata(self) -> Metadata | None:
        """The provider's addresses; ``None`` while it never answered."""
        told = self._told()
        return None if told is None else told.metadata

    def _told(self) -> _Told | None:
        if self._clock() - self._fetched_at >= FRESH_SECONDS:
            self.refresh()
        return self._known

    def refresh(self) -> None:
        """Ask for the keys, at most every ten seconds; whoever has some does not wait for another thread that asks."""
        if not self._lock.acquire(blocking=self._known is None):
            return
        try:
            if self._clock() - self._asked_at < LEAST_SECONDS:
                return
            self._asked_at = self._clock()
            self._known = _fetch(self._issuer)
            self._fetched_at = self._clock()
        except ProviderError as error:
            log.warning("the identity provider did not tell its keys", error=str(error), kept=self._known is not None)
        finally:
            self._lock.release()


def _fetch(issuer: str) -> _Told:
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        metadata = discover(client, issuer)
        return _Told(_public(document(client, metadata.place("jwks_uri"))), metadata)


def _public(document: dict[str, Any]) -> KeySet:
    """Keys that sign; a shared secret among them would let every reader of the document make tokens."""
    try:
        keys = KeySet.import_key_set({"keys": [key for key in document["keys"] if key.get("use", "sig") == "sig"]})
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderError(f"the key set cannot be read: {error!r}") from error
    return KeySet([key for key in keys if not isinstance(key, OctKey)])
