from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.quarantined_out_raw import QuarantinedOutRaw


T = TypeVar("T", bound="QuarantinedOut")


@_attrs_define
class QuarantinedOut:
    """A row that waits for repair."""

    kind: str | None
    """ kind of record, where it is known """
    origin: str
    """ mapping and file of an import, or api and who sent it """
    pointer: str | None
    """ the column or field at fault """
    quarantine_id: str
    """ id of the row in quarantine """
    quarantined_at: datetime.datetime
    """ when it came """
    raw: QuarantinedOutRaw
    """ the row as it came """
    reason: str
    """ why it was refused """
    row_number: int | None
    """ row in the file """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str | None
        kind = self.kind

        origin = self.origin

        pointer: str | None
        pointer = self.pointer

        quarantine_id = self.quarantine_id

        quarantined_at = self.quarantined_at.isoformat()

        raw = self.raw.to_dict()

        reason = self.reason

        row_number: int | None
        row_number = self.row_number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "origin": origin,
                "pointer": pointer,
                "quarantine_id": quarantine_id,
                "quarantined_at": quarantined_at,
                "raw": raw,
                "reason": reason,
                "row_number": row_number,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quarantined_out_raw import QuarantinedOutRaw

        d = dict(src_dict)

        def _parse_kind(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        kind = _parse_kind(d.pop("kind"))

        origin = d.pop("origin")

        def _parse_pointer(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        pointer = _parse_pointer(d.pop("pointer"))

        quarantine_id = d.pop("quarantine_id")

        quarantined_at = datetime.datetime.fromisoformat(d.pop("quarantined_at"))

        raw = QuarantinedOutRaw.from_dict(d.pop("raw"))

        reason = d.pop("reason")

        def _parse_row_number(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        row_number = _parse_row_number(d.pop("row_number"))

        quarantined_out = cls(
            kind=kind,
            origin=origin,
            pointer=pointer,
            quarantine_id=quarantine_id,
            quarantined_at=quarantined_at,
            raw=raw,
            reason=reason,
            row_number=row_number,
        )

        quarantined_out.additional_properties = d
        return quarantined_out

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
