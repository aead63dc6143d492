from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.record_result import RecordResult


T = TypeVar("T", bound="RecordsResponse")


@_attrs_define
class RecordsResponse:
    """What became of the records."""

    accepted: int
    """ records that are in the ledger now and were not before """
    conflicts: int
    """ records whose key is taken by other content """
    duplicates: int
    """ records that were there already, with the same content """
    quarantined: int
    """ rows that are no records """
    results: list[RecordResult]
    """ one per record, in order; of a stream, the first 1,000 that were not accepted """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = self.accepted

        conflicts = self.conflicts

        duplicates = self.duplicates

        quarantined = self.quarantined

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "conflicts": conflicts,
                "duplicates": duplicates,
                "quarantined": quarantined,
                "results": results,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.record_result import RecordResult

        d = dict(src_dict)
        accepted = d.pop("accepted")

        conflicts = d.pop("conflicts")

        duplicates = d.pop("duplicates")

        quarantined = d.pop("quarantined")

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = RecordResult.from_dict(results_item_data)

            results.append(results_item)

        records_response = cls(
            accepted=accepted,
            conflicts=conflicts,
            duplicates=duplicates,
            quarantined=quarantined,
            results=results,
        )

        records_response.additional_properties = d
        return records_response

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
