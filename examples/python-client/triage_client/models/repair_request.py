from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.repair_request_repairs import RepairRequestRepairs


T = TypeVar("T", bound="RepairRequest")


@_attrs_define
class RepairRequest:
    """Corrections of a row in quarantine."""

    repairs: RepairRequestRepairs | Unset = UNSET
    """ field → corrected value; others stay as they came """

    def to_dict(self) -> dict[str, Any]:
        repairs: dict[str, Any] | Unset = UNSET
        if not isinstance(self.repairs, Unset):
            repairs = self.repairs.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if repairs is not UNSET:
            field_dict["repairs"] = repairs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.repair_request_repairs import RepairRequestRepairs

        d = dict(src_dict)
        _repairs = d.pop("repairs", UNSET)
        repairs: RepairRequestRepairs | Unset
        if isinstance(_repairs, Unset):
            repairs = UNSET
        else:
            repairs = RepairRequestRepairs.from_dict(_repairs)

        repair_request = cls(
            repairs=repairs,
        )

        return repair_request
