from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.records_request_records_item import RecordsRequestRecordsItem


T = TypeVar("T", bound="RecordsRequest")


@_attrs_define
class RecordsRequest:
    """Records of any kinds: objects with ``kind``, the envelope, and the columns of docs/data-dictionary.md."""

    records: list[RecordsRequestRecordsItem]
    """ the records; the order does not matter """

    def to_dict(self) -> dict[str, Any]:
        records = []
        for records_item_data in self.records:
            records_item = records_item_data.to_dict()
            records.append(records_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "records": records,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.records_request_records_item import RecordsRequestRecordsItem

        d = dict(src_dict)
        records = []
        _records = d.pop("records")
        for records_item_data in _records:
            records_item = RecordsRequestRecordsItem.from_dict(records_item_data)

            records.append(records_item)

        records_request = cls(
            records=records,
        )

        return records_request
