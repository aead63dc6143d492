from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.deployment_out import DeploymentOut


T = TypeVar("T", bound="DeploymentPageOut")


@_attrs_define
class DeploymentPageOut:
    """A page of the deployment ledger."""

    deployments: list[DeploymentOut]
    """ moves, newest first """
    next_cursor: str | None
    """ send it as ?cursor= for the next page; null at the end """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        deployments = []
        for deployments_item_data in self.deployments:
            deployments_item = deployments_item_data.to_dict()
            deployments.append(deployments_item)

        next_cursor: str | None
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "deployments": deployments,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.deployment_out import DeploymentOut

        d = dict(src_dict)
        deployments = []
        _deployments = d.pop("deployments")
        for deployments_item_data in _deployments:
            deployments_item = DeploymentOut.from_dict(deployments_item_data)

            deployments.append(deployments_item)

        def _parse_next_cursor(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        deployment_page_out = cls(
            deployments=deployments,
            next_cursor=next_cursor,
        )

        deployment_page_out.additional_properties = d
        return deployment_page_out

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
