from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.versions_out_models import VersionsOutModels


T = TypeVar("T", bound="VersionsOut")


@_attrs_define
class VersionsOut:
    """What decided, in which version."""

    controls: str
    """ version of the controls """
    features: str
    """ digest of the feature catalogue """
    models: VersionsOutModels
    """ risk → SHA-256 of the model """
    policy: str
    """ version of the policy """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        controls = self.controls

        features = self.features

        models = self.models.to_dict()

        policy = self.policy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "controls": controls,
                "features": features,
                "models": models,
                "policy": policy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.versions_out_models import VersionsOutModels

        d = dict(src_dict)
        controls = d.pop("controls")

        features = d.pop("features")

        models = VersionsOutModels.from_dict(d.pop("models"))

        policy = d.pop("policy")

        versions_out = cls(
            controls=controls,
            features=features,
            models=models,
            policy=policy,
        )

        versions_out.additional_properties = d
        return versions_out

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
