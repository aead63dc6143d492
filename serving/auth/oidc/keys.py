"""The provider's public keys: found through its discovery document, kept, and fetched anew for an unknown one."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from serving.auth.oidc.settings import secure

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 3_600.0
# Tokens with invented key ids must not turn us against the provider.
LEAST_SECONDS: Final = 10.0
TIMEOUT_SECONDS: Final = 5.0
LARGEST_BYTES: Final = 1_000_000


class ProviderError(Exception):
    """The provider did not tell its keys."""


class Keys:
    """The last keys that the provider told; they stay in use while it is down."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._lock = threading.Lock()
        self._known: KeySet | None = None
        self._asked_at = float("-inf")
        self._fetched_at = float("-inf")

    def current(self) -> KeySet | None:
        """The keys to check with; ``None`` while the provider never answered."""
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


def _fetch(issuer: str) -> KeySet:
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        found = _document(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderError(f"the discovery document is of {found.get('issuer')!r}, not of {issuer!r}")
        place = found.get("jwks_uri")
        if not isinstance(place, str) or not secure(place):
            raise ProviderError("the discovery document names no https jwks_uri")
        return _public(_document(client, place))


def _document(client: httpx.Client, url: str) -> dict[str, Any]:
    try:
        with client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
            answer.raise_for_status()
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST_BYTES:
                    raise ProviderError(f"{url} is larger than {LARGEST_BYTES} bytes")
        found = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderError(f"{url}: {error!r}") from error
    if not isinstance(found, dict):
        raise ProviderError(f"{url} is no JSON object")
    return found


def _public(document: dict[str, Any]) -> KeySet:
    """Keys that sign; a shared secret among them would let every reader of the document make tokens."""
    try:
        keys = KeySet.import_key_set({"keys": [key for key in document["keys"] if key.get("use", "sig") == "sig"]})
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderError(f"the key set cannot be read: {error!r}") from error
    return KeySet([key for key in keys if not isinstance(key, OctKey)])
