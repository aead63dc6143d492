from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.quarantined_out import QuarantinedOut


T = TypeVar("T", bound="QuarantinePageOut")


@_attrs_define
class QuarantinePageOut:
    """A page of the quarantine."""

    next_cursor: str | None
    """ send it as ?cursor= for the next page; null at the end """
    rows: list[QuarantinedOut]
    """ unresolved rows, oldest first """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        next_cursor: str | None
        next_cursor = self.next_cursor

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "next_cursor": next_cursor,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quarantined_out import QuarantinedOut

        d = dict(src_dict)

        def _parse_next_cursor(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = QuarantinedOut.from_dict(rows_item_data)

            rows.append(rows_item)

        quarantine_page_out = cls(
            next_cursor=next_cursor,
            rows=rows,
        )

        quarantine_page_out.additional_properties = d
        return quarantine_page_out

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
