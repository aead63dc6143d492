"""Keeps signing secrets so that they can be read again only with a key that is not in the database.

The key comes from ``TRIAGE_SECRET_KEY`` (several, separated by commas: the first one seals, all of them open, so that
the key itself can be changed), else from a file in ``TRIAGE_HOME`` that is made on first use for its owner's eyes only.
"""

import base64
import hashlib
import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ledger.errors import PlainError
from serving.problems import Unavailable
from serving.settings import ServingSettings

KEY_FILE: Final = "secret.key"
SHORTEST: Final = 32


class WeakKeyError(PlainError):
    """A key that is missing or too short to seal anything with."""


class SecretUnreadable(Unavailable):
    """A stored secret was sealed with a key that this process does not have."""

    slug = "secret-unreadable"
    title = "A stored secret cannot be read"

    def __init__(self) -> None:
        super().__init__(
            "the secret was sealed with another key: set TRIAGE_SECRET_KEY (or the key file in TRIAGE_HOME) as it was"
        )


class Vault:
    """Seals and opens short texts (Fernet: AES-128-CBC with HMAC-SHA256). Raises ``WeakKeyError`` for short keys."""

    def __init__(self, keys: list[str]) -> None:
        if not keys or any(len(key) < SHORTEST for key in keys):
            raise WeakKeyError(f"TRIAGE_SECRET_KEY needs at least {SHORTEST} characters for each key")
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    @classmethod
    def of(cls, settings: ServingSettings) -> "Vault":
        """The vault of this installation; makes the key file when there is neither a key nor a file."""
        if settings.secret_key is not None:
            return cls([key.strip() for key in settings.secret_key.get_secret_value().split(",") if key.strip()])
        return cls([_key_from(settings.home / KEY_FILE)])

    def seal(self, text: str) -> str:
        """The text, encrypted and authenticated."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again; raises ``SecretUnreadable`` for another key or changed content."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error


def _derived(key: str) -> bytes:
    """A Fernet key from any text; the text must be random, so one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())


def _key_from(place: Path) -> str:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    if not place.exists():
        _write_private(draft, token_urlsafe(48))
        try:
            # A link appears whole or not at all: of two processes that start at once one key wins for both.
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return place.read_text(encoding="utf-8").strip()


def _write_private(place: Path, text: str) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
