from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.case_out import CaseOut


T = TypeVar("T", bound="CasePageOut")


@_attrs_define
class CasePageOut:
    """A page of cases."""

    cases: list[CaseOut]
    """ the cases, in the order asked for """
    next_cursor: str | None
    """ send it as ?cursor= for the next page; null at the end """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cases = []
        for cases_item_data in self.cases:
            cases_item = cases_item_data.to_dict()
            cases.append(cases_item)

        next_cursor: str | None
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cases": cases,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.case_out import CaseOut

        d = dict(src_dict)
        cases = []
        _cases = d.pop("cases")
        for cases_item_data in _cases:
            cases_item = CaseOut.from_dict(cases_item_data)

            cases.append(cases_item)

        def _parse_next_cursor(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        case_page_out = cls(
            cases=cases,
            next_cursor=next_cursor,
        )

        case_page_out.additional_properties = d
        return case_page_out

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
