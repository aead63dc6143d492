"""What a lever is: one action with its owner and its effort, and the record versions that it would leave behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ledger.records.billing import Cause

# Stands in the hypothetical version where the real one will carry a number or reference that nobody has yet.
TO_BE_FILED = "to be filed"


class Owner(StrEnum):
    """Who can pull a lever."""

    APPROVER = "approver"
    PROJECT_MANAGER = "project_manager"
    BILLING = "billing"
    SALES = "sales"
    MASTER_DATA = "master_data"


@dataclass(frozen=True)
class Change:
    """A new version of a record: the version in force with some columns changed.

    Attributes:
        kind: kind of record.
        row: row of the version in force in the history that the lever was found in.
        record_id: its record id: what a person looks up.
        entity_id: id of the thing of which it is a version.
        columns: column → new value, in the units of ``ledger.read`` (``float``, days and microseconds as ``int``).
    """

    kind: str
    row: int
    record_id: int
    entity_id: str
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Lever:
    """One action that somebody of ours can take.

    Attributes:
        code: stable name of the kind of action.
        sentence: what to do, in the words of finance, with the ids of what it is done to.
        owner: role that can do it.
        owner_id: resource id of the person, where the ledger names one.
        minutes: usual effort, in minutes of somebody's work (not of waiting).
        cause: the cause of a dispute that it takes away; ``None`` where it only speeds things up.
        changes: the versions that would be written once it is done.
    """

    code: str
    sentence: str
    owner: Owner
    minutes: int
    changes: tuple[Change, ...]
    cause: Cause | None = None
    owner_id: str | None = None

    @property
    def records(self) -> tuple[tuple[str, int], ...]:
        """(kind, record id) of the versions that it would supersede."""
        return tuple((change.kind, change.record_id) for change in self.changes)
