"""Whom to ask about a case: owners of what would clear it, then who prepared, owns, approves or manages the billed."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection

from serving.sql import Row, rows

MOST: Final = 5
_NAMES: Final = """
SELECT DISTINCT ON (resource_id) resource_id, name FROM resource WHERE resource_id = ANY(%(ids)s)
ORDER BY resource_id, known_at DESC, event_at DESC, record_id DESC
"""


def people_to_ask(connection: Connection, kase: Row, score: Row) -> list[Row]:
    """At most five people, the likeliest first: ``asked_id``, ``asked_name``, ``asked_role`` and ``about``."""
    chosen: dict[str, Row] = {}
    for asked_id, role, about in (*_owners(score), *((one, None, None) for one in kase["separated"])):
        chosen.setdefault(asked_id, {"asked_id": asked_id, "asked_role": role, "about": about})
    found = list(chosen.values())[:MOST]
    names = rows(connection, _NAMES, {"ids": [one["asked_id"] for one in found]})
    by_id = {row["resource_id"]: row["name"] for row in names}
    return [one | {"asked_name": by_id.get(one["asked_id"], one["asked_id"])} for one in found]


def _owners(score: Row) -> Iterator[tuple[str, str | None, str | None]]:
    """Owners of what would clear the invoice, where it was worked out and the ledger names them."""
    for remedy in sorted(score["remedies"] or (), key=lambda one: float(one["minutes"])):
        for owner, sentence in zip(remedy["owners"], remedy["sentences"], strict=False):
            if owner["id"] is not None:
                yield owner["id"], owner["role"], sentence
