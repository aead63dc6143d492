"""What a score says, in one canonical form, and where two of them differ."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

from ledger.records.base import canonical_decimal
from serving.sql import Row

# Everything that follows from records, models and rules; ids, moments of storing and the case do not.
CONTENT = (
    "invoice_id", "invoice_record_id", "client_id", "as_of", "amount", "currency", "group_amount", "group_currency",
    "features", "catalogue_digest", "model_digests", "control_version", "policy_version", "risks", "reasons",
    "controls", "degraded", "route", "decided_by", "because", "sampled", "propensity",
)  # fmt: skip


def content_of(row: Row) -> dict[str, Any]:
    """The content of a score row as plain JSON values: money as text, moments in UTC, unknown numbers as null.

    That a newer champion could not be loaded then is no part of it: it says something of the machine, and the model
    that spoke is named by its digest.
    """
    plain: dict[str, Any] = _plain({name: row[name] for name in CONTENT})
    # The form of a promise follows from the model; scores from before there were forms do not repeat it.
    (plain["risks"].get("guarantee") or {}).pop("form", None)
    plain["degraded"] = [code for code in plain["degraded"] if not code.endswith("_outdated")]
    return plain


def content_bytes(content: dict[str, Any]) -> bytes:
    """The canonical bytes of a content: sorted keys, no spaces."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def content_digest(content: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical bytes."""
    return hashlib.sha256(content_bytes(content)).hexdigest()


def differences(one: Any, other: Any, pointer: str = "") -> Iterator[str]:
    """JSON pointers to the places in which two contents differ, outermost first."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            place = f"{pointer}/{name}"
            if name in one and name in other:
                yield from differences(one[name], other[name], place)
            else:
                yield place
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{pointer}/{number}")
    elif content_bytes({"": one}) != content_bytes({"": other}):
        yield pointer


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return canonical_decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, float):
        # JSON documents of the database know no negative zero and no number that is none.
        return value + 0.0 if isfinite(value) else None
    return value
