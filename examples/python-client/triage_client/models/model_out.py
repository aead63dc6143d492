from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.model_out_facts import ModelOutFacts


T = TypeVar("T", bound="ModelOut")


@_attrs_define
class ModelOut:
    """A loaded model."""

    risk: str
    """ delay, dispute or anomaly """
    digest: str | Unset | None = UNSET
    """ SHA-256 of the model file; scores name it """
    facts: ModelOutFacts | Unset = UNSET
    """ what training noted: span, data digest, metrics, versions """
    name: str | Unset | None = UNSET
    """ registered name """
    version: str | Unset | None = UNSET
    """ registered version """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        risk = self.risk

        digest: str | Unset | None
        if isinstance(self.digest, Unset):
            digest = UNSET
        else:
            digest = self.digest

        facts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.facts, Unset):
            facts = self.facts.to_dict()

        name: str | Unset | None
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        version: str | Unset | None
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "risk": risk,
            }
        )
        if digest is not UNSET:
            field_dict["digest"] = digest
        if facts is not UNSET:
            field_dict["facts"] = facts
        if name is not UNSET:
            field_dict["name"] = name
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.model_out_facts import ModelOutFacts

        d = dict(src_dict)
        risk = d.pop("risk")

        def _parse_digest(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        digest = _parse_digest(d.pop("digest", UNSET))

        _facts = d.pop("facts", UNSET)
        facts: ModelOutFacts | Unset
        if isinstance(_facts, Unset):
            facts = UNSET
        else:
            facts = ModelOutFacts.from_dict(_facts)

        def _parse_name(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_version(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        version = _parse_version(d.pop("version", UNSET))

        model_out = cls(
            risk=risk,
            digest=digest,
            facts=facts,
            name=name,
            version=version,
        )

        model_out.additional_properties = d
        return model_out

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
