from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="OwnerOut")


@_attrs_define
class OwnerOut:
    """Who can do it."""

    id: str | None
    """ resource id of the person, where the ledger names one """
    role: str
    """ approver, project_manager, billing, sales or master_data """

    def to_dict(self) -> dict[str, Any]:
        id: str | None
        id = self.id

        role = self.role

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "role": role,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        id = _parse_id(d.pop("id"))

        role = d.pop("role")

        owner_out = cls(
            id=id,
            role=role,
        )

        return owner_out
