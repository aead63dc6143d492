from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.owner_out import OwnerOut
    from ..models.record_out import RecordOut


T = TypeVar("T", bound="RemedyOut")


@_attrs_define
class RemedyOut:
    """Something to do before the invoice goes out, and what the models would then say."""

    clears: bool
    """ the models would then let it through """
    days_earlier: float | None
    """ days by which the money is expected earlier; null: unknown """
    dispute_after: float | None
    """ and once everything is done """
    dispute_before: float | None
    """ probability of a dispute or credit as things stand """
    late_after: float | None
    """ and once everything is done """
    late_before: float | None
    """ probability of late payment as things stand """
    minutes: int
    """ usual effort of all actions together """
    note: str
    """ what that means for the route """
    owners: list[OwnerOut]
    """ who can do it, one per sentence """
    records: list[RecordOut]
    """ record versions that would be superseded """
    sentences: list[str]
    """ what to do, one sentence per action """

    def to_dict(self) -> dict[str, Any]:
        clears = self.clears

        days_earlier: float | None
        days_earlier = self.days_earlier

        dispute_after: float | None
        dispute_after = self.dispute_after

        dispute_before: float | None
        dispute_before = self.dispute_before

        late_after: float | None
        late_after = self.late_after

        late_before: float | None
        late_before = self.late_before

        minutes = self.minutes

        note = self.note

        owners = []
        for owners_item_data in self.owners:
            owners_item = owners_item_data.to_dict()
            owners.append(owners_item)

        records = []
        for records_item_data in self.records:
            records_item = records_item_data.to_dict()
            records.append(records_item)

        sentences = self.sentences

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "clears": clears,
                "days_earlier": days_earlier,
                "dispute_after": dispute_after,
                "dispute_before": dispute_before,
                "late_after": late_after,
                "late_before": late_before,
                "minutes": minutes,
                "note": note,
                "owners": owners,
                "records": records,
                "sentences": sentences,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.owner_out import OwnerOut
        from ..models.record_out import RecordOut

        d = dict(src_dict)
        clears = d.pop("clears")

        def _parse_days_earlier(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        days_earlier = _parse_days_earlier(d.pop("days_earlier"))

        def _parse_dispute_after(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        dispute_after = _parse_dispute_after(d.pop("dispute_after"))

        def _parse_dispute_before(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        dispute_before = _parse_dispute_before(d.pop("dispute_before"))

        def _parse_late_after(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        late_after = _parse_late_after(d.pop("late_after"))

        def _parse_late_before(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        late_before = _parse_late_before(d.pop("late_before"))

        minutes = d.pop("minutes")

        note = d.pop("note")

        owners = []
        _owners = d.pop("owners")
        for owners_item_data in _owners:
            owners_item = OwnerOut.from_dict(owners_item_data)

            owners.append(owners_item)

        records = []
        _records = d.pop("records")
        for records_item_data in _records:
            records_item = RecordOut.from_dict(records_item_data)

            records.append(records_item)

        sentences = cast("list[str]", d.pop("sentences"))

        remedy_out = cls(
            clears=clears,
            days_earlier=days_earlier,
            dispute_after=dispute_after,
            dispute_before=dispute_before,
            late_after=late_after,
            late_before=late_before,
            minutes=minutes,
            note=note,
            owners=owners,
            records=records,
            sentences=sentences,
        )

        return remedy_out
