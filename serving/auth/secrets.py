"""Passwords, session tokens and API keys: how they are made and what is kept of them."""

import hashlib
import hmac
import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from serving.settings import ServingSettings

KEY_PREFIX = "triage"
# Each takes 64 MiB for a moment; whoever sends logins by the hundred waits instead of taking all memory.
_HASHING = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Argon2id with the library's current parameters (RFC 9106, low-memory profile), the memory from the settings."""
    with _HASHING:
        return _hasher().hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether the password is right; an unknown account takes as long as a known one."""
    try:
        expected = stored or _nobody(_hasher())
        with _HASHING:
            return _hasher().verify(expected, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(memory_cost=ServingSettings().password_memory_kib)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """The hash of no account, as costly as those that the hasher makes."""
    with _HASHING:
        return hasher.hash(secrets.token_urlsafe(16))


def new_token() -> str:
    """A random secret of 256 bits."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """A random password that a person can type."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def digest(secret: str) -> str:
    """What is stored of a token or key: SHA-256 suffices, because these secrets are random, not chosen."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def digest_matches(stored: str, secret: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(stored, digest(secret))


def format_key(key_id: str, secret: str) -> str:
    """The key as its owner sees it, once."""
    return f"{KEY_PREFIX}_{key_id}_{secret}"


def parse_key(text: str) -> tuple[str, str] | None:
    """Key id and secret of a presented key; ``None`` when it is not one of ours."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if prefix == KEY_PREFIX and key_id and secret else None
