"""Snoozes: a control that a person silences for one client or project, for a while and with a reason."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from serving.controls.control import SnoozeMark

LONGEST = timedelta(days=90)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Snooze:
    """One snooze. It counts for a scoring moment after ``created_at`` and before its end, by date or by hand."""

    snooze_id: str
    control_id: str
    client_id: str | None
    project_id: str | None
    created_at: datetime
    until: datetime
    ended_at: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is in force: known strictly before the moment, and not over by then."""
        return self.created_at < moment < self.until and (self.ended_at is None or moment <= self.ended_at)

    @property
    def mark(self) -> SnoozeMark:
        """What a hit says of it."""
        return SnoozeMark(self.snooze_id, self.until)


@dataclass(frozen=True)
class Snoozes:
    """Snoozes by control and by whom they concern."""

    _by: dict[tuple[str, str, str], tuple[Snooze, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, snoozes: Iterable[Snooze]) -> "Snoozes":
        """Index some snoozes."""
        by: dict[tuple[str, str, str], tuple[Snooze, ...]] = {}
        for snooze in sorted(snoozes, key=lambda one: one.snooze_id):
            whom = ("client", snooze.client_id) if snooze.client_id is not None else ("project", snooze.project_id)
            key = (snooze.control_id, whom[0], whom[1] or "")
            by[key] = (*by.get(key, ()), snooze)
        return cls(by)

    def mark(self, control_id: str, client_id: str | None, project_id: str | None, as_of: int) -> SnoozeMark | None:
        """The mark of the snooze in force for a hit at ``as_of`` (microseconds), if there is one."""
        if not self._by:
            return None
        moment = _EPOCH + timedelta(microseconds=as_of)
        for whom, name in (("client", client_id), ("project", project_id)):
            for snooze in self._by.get((control_id, whom, name or ""), ()):
                if snooze.holds_at(moment):
                    return snooze.mark
        return None

    def next_end(self, moment: datetime) -> datetime | None:
        """When the next of them ends by its date after a moment; ``None`` when none does."""
        return min((one.until for found in self._by.values() for one in found if one.until > moment), default=None)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all of them, sorted."""
        return tuple(sorted(snooze.snooze_id for found in self._by.values() for snooze in found))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all of them with their ends; empty when there are none."""
        said = sorted(f"{one.snooze_id} {one.until} {one.ended_at}" for found in self._by.values() for one in found)
        return hashlib.sha256("\n".join(said).encode()).hexdigest() if said else ""


NO_SNOOZES = Snoozes()
