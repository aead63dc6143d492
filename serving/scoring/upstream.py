"""What lies behind a case: the controls that fired, their causes, and the one upstream cause it shares with others.

Two cases have the same cause when the same control speaks first in both, and whoever can clear it does so in one
place: a project for its manager and its contract, a client for master data and credit, a legal entity for an
integration.
"""

from typing import Any

from serving.controls.control import Hit, OwnerRole, Severity
from serving.scoring.verdict import Header, Judged

_OF_THE_CLIENT = frozenset({OwnerRole.MASTER_DATA, OwnerRole.CREDIT_CONTROL, OwnerRole.CLIENT})


def upstream_of(judged: Judged) -> dict[str, Any]:
    """The columns of a case that tell it; a case for which no control speaks is in no group."""
    speaking = [hit for hit in judged.hits if hit.routes and hit.severity is not Severity.WARNING]
    place = _place(speaking[0], judged.header) if speaking else None
    return {
        "legal_entity_id": judged.header.legal_entity_id,
        "control_ids": [hit.control_id for hit in judged.hits],
        "causes": sorted({hit.cause.value for hit in judged.hits}),
        "group_key": None if place is None else f"{speaking[0].control_id}:{place}",
        "group_title": None if place is None else speaking[0].title,
    }


def _place(hit: Hit, header: Header) -> str | None:
    if hit.owner is OwnerRole.INTEGRATION:
        return None if header.legal_entity_id is None else f"entity:{header.legal_entity_id}"
    if hit.owner in _OF_THE_CLIENT or header.project_id is None:
        return f"client:{header.client_id}"
    return f"project:{header.project_id}"
