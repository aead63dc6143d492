"""What an invoice says, as one digest: a decision stands as long as it is the same."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from ledger.records.billing import InvoiceStatus
from serving.controls.known import Known

# Not sent yet: a person can still stop it.
UNSENT: Final = frozenset({InvoiceStatus.DRAFT.value, InvoiceStatus.APPROVED.value})
# How far an invoice has come, and what a system adds on the way: none of it changes what was decided on.
_PROGRESS: Final = frozenset({
    "record_id", "status", "invoice_number", "issued_on", "settled_on", "delivery_channel",
    "event_at", "known_at", "source", "source_id", "version",
})  # fmt: skip


def facts_digest(known: Known, version: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of header and lines as they were known, without the invoice's progress and record versions.

    A new version that only reports the next stage has the same digest; another amount, line, client or purchase order
    has another.
    """
    lines = known.of("invoice_line", "invoice_id", version["invoice_id"])
    content = [_plain(version), sorted((_plain(line) for line in lines), key=lambda line: str(line["line_id"]))]
    return hashlib.sha256(orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in _PROGRESS}
