"""Levers pulled in earnest: the records that a source would send once somebody has done what a remedy says."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.records import KINDS, Record
from ledger.tables import python_type
from models.levers.lever import Change

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def really(records: Sequence[Record], changes: Iterable[Change], as_of: int) -> list[Record]:
    """New versions of the newest known records, known in the last microsecond before ``as_of``."""
    moment = _EPOCH + timedelta(microseconds=as_of)
    return [_changed(records, change, moment) for change in changes]


def _changed(records: Sequence[Record], change: Change, moment: datetime) -> Record:
    own = change.entity_id.removesuffix("-again")
    known = [one for one in records if one.kind == change.kind and one.entity_id == own and one.known_at < moment]
    base = max(known, key=lambda one: (one.known_at, one.event_at))
    last = moment - timedelta(microseconds=1)
    columns = {name: _value(change.kind, name, value) for name, value in change.columns.items()}
    content = base.model_dump() | columns | {"version": f"{base.version}+", "known_at": last}
    return KINDS[change.kind].model_validate(content | {"event_at": max(base.event_at, last)})


def _value(kind: str, name: str, value: Any) -> Any:
    plain = python_type(KINDS[kind].model_fields[name].annotation)
    if plain is date:
        return date(1970, 1, 1) + timedelta(days=value)
    if plain is datetime:
        return _EPOCH + timedelta(microseconds=value)
    return Decimal(repr(value)) if plain is Decimal else plain(value)
