"""Browsers in which a person has logged in before: they are not held up by what strangers try under the same name.

The cookie is sealed with the installation's key and names the account and the password of that moment, so that another
password makes it worthless. It lets nobody in: it only says that this browser's wrong passwords are counted by
themselves.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any, Final

import orjson

from serving.auth.secrets import new_token
from serving.callbacks.vault import SecretUnreadable, Vault
from serving.sql import Row

DEVICE_COOKIE: Final = "triage_device"
DEVICE_SECONDS: Final = 180 * 86_400
LONGEST: Final = 2_000
_PURPOSE: Final = "known browser"


def device_cookie(vault: Vault, account: Row, clock: Callable[[], float] = time.time) -> str:
    """What the browser keeps after its person has logged in with a password."""
    told = {
        "for": _PURPOSE,
        "device": new_token(),
        "account": account["account_id"],
        "password": _fingerprint(account),
        "until": clock() + DEVICE_SECONDS,
    }
    return vault.seal(orjson.dumps(told).decode())


def known_device(vault: Vault, cookie: str, account: Row | None, clock: Callable[[], float] = time.time) -> str | None:
    """The browser's id, if this account's person has logged in with it since the password was set."""
    told = _opened(vault, cookie)  # whatever the name: a real one takes no longer than an unknown one
    if told is None or account is None or account["password_hash"] is None:
        return None
    same = told["account"] == account["account_id"] and told["password"] == _fingerprint(account)
    return str(told["device"]) if same and told["until"] > clock() else None


def _opened(vault: Vault, cookie: str) -> dict[str, Any] | None:
    if not cookie or len(cookie) > LONGEST:
        return None
    try:
        told = orjson.loads(vault.open(cookie))
    except (SecretUnreadable, ValueError):
        return None
    return told if isinstance(told, dict) and told.get("for") == _PURPOSE else None


def _fingerprint(account: Row) -> str:
    return hashlib.sha256(str(account["password_hash"]).encode()).hexdigest()[:32]
