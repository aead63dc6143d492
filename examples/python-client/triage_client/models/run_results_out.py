from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.run_result_out import RunResultOut


T = TypeVar("T", bound="RunResultsOut")


@_attrs_define
class RunResultsOut:
    """A page of results, by invoice id."""

    next_cursor: str | None
    """ send it as cursor for the next page; null on the last one """
    results: list[RunResultOut]
    """ invoices scored so far """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        next_cursor: str | None
        next_cursor = self.next_cursor

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "next_cursor": next_cursor,
                "results": results,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_result_out import RunResultOut

        d = dict(src_dict)

        def _parse_next_cursor(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = RunResultOut.from_dict(results_item_data)

            results.append(results_item)

        run_results_out = cls(
            next_cursor=next_cursor,
            results=results,
        )

        run_results_out.additional_properties = d
        return run_results_out

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
