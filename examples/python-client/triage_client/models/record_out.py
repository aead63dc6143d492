from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RecordOut")


@_attrs_define
class RecordOut:
    """A record version to look at."""

    kind: str
    """ kind of record """
    record_id: str
    """ id of the version """

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        record_id = self.record_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
                "record_id": record_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = d.pop("kind")

        record_id = d.pop("record_id")

        record_out = cls(
            kind=kind,
            record_id=record_id,
        )

        return record_out
