from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.fate import Fate, check_fate

T = TypeVar("T", bound="RecordResult")


@_attrs_define
class RecordResult:
    """What became of one record."""

    index: int
    """ its place in the request, or its line, from 0 """
    pointer: str | None
    """ JSON pointer to what was refused """
    quarantine_id: str | None
    """ where the refused row is kept """
    reason: str | None
    """ why it was refused """
    record_id: str | None
    """ the ledger's version under this key; of a conflict, the one that stays """
    status: Fate
    """ What became of a sent record. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        pointer: str | None
        pointer = self.pointer

        quarantine_id: str | None
        quarantine_id = self.quarantine_id

        reason: str | None
        reason = self.reason

        record_id: str | None
        record_id = self.record_id

        status: str = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "index": index,
                "pointer": pointer,
                "quarantine_id": quarantine_id,
                "reason": reason,
                "record_id": record_id,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        index = d.pop("index")

        def _parse_pointer(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        pointer = _parse_pointer(d.pop("pointer"))

        def _parse_quarantine_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        quarantine_id = _parse_quarantine_id(d.pop("quarantine_id"))

        def _parse_reason(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_record_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        record_id = _parse_record_id(d.pop("record_id"))

        status = check_fate(d.pop("status"))

        record_result = cls(
            index=index,
            pointer=pointer,
            quarantine_id=quarantine_id,
            reason=reason,
            record_id=record_id,
            status=status,
        )

        record_result.additional_properties = d
        return record_result

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
