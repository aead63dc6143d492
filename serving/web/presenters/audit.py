"""Audit entries in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from serving.sql import Row
from serving.web.words import plain

LONGEST = 160


@dataclass(frozen=True)
class AuditRow:
    """One entry: who did what to what, and its place in the chain."""

    written_at: datetime
    action: str
    actor: str
    actor_id: str
    subject: str
    subject_name: str
    detail: str
    place: str
    digest: str


def audit_row(row: Row, names: Mapping[str, str]) -> AuditRow:
    """An entry of the log."""
    return AuditRow(
        written_at=row["written_at"],
        action=plain(row["action"]),
        actor=names.get(row["actor_id"], row["actor_id"]),
        actor_id=row["actor_id"],
        subject=row["subject_id"],
        subject_name=names.get(row["subject_id"], row["subject_id"]),
        detail=_in_short(row["detail"] or {}),
        place=f"{row['stream']}/{row['position']}",
        digest=row["digest"][:12],
    )


@dataclass(frozen=True)
class BreakRow:
    """A place where the chain does not hold."""

    stream: int
    position: int
    reason: str


@dataclass(frozen=True)
class VerificationRow:
    """How a verification of the chain stands.

    Attributes:
        done: entries looked at so far.
        total: entries there are; ``None`` until a worker has begun.
        ended_at: ``None`` while it runs.
        holds: ``None`` while it runs, and where it ended without a result.
    """

    requested_by: str
    requested_at: datetime
    done: int
    total: int | None
    ended_at: datetime | None
    holds: bool | None
    breaks: tuple[BreakRow, ...]


def verification_row(row: Row, names: Mapping[str, str]) -> VerificationRow:
    """A verification, with the name of who asked for it."""
    return VerificationRow(
        requested_by=names.get(row["requested_by"], row["requested_by"]),
        requested_at=row["requested_at"],
        done=row["entries_done"],
        total=row["entries_total"],
        ended_at=row["ended_at"],
        holds=row["holds"],
        breaks=tuple(BreakRow(**one) for one in row["breaks"]),
    )


def _in_short(detail: Mapping[str, Any]) -> str:
    """Plain values of a document; lists and documents inside it are in the log, not on the page."""
    parts = [
        f"{plain(name).lower()}: {value}"
        for name, value in detail.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
    text = ", ".join(parts)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
