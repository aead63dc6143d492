from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.activation_out_action import ActivationOutAction, check_activation_out_action

T = TypeVar("T", bound="ActivationOut")


@_attrs_define
class ActivationOut:
    """One row of the activation ledger."""

    action: ActivationOutAction
    """ how it came into force """
    activated_at: datetime.datetime
    """ when """
    actor_id: str
    """ who did it """
    previous_version: str | None
    """ what was in force before """
    proposal_id: str | None
    """ proposal that it came from """
    version: str
    """ what came into force """
    why: str
    """ why """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        action: str = self.action

        activated_at = self.activated_at.isoformat()

        actor_id = self.actor_id

        previous_version: str | None
        previous_version = self.previous_version

        proposal_id: str | None
        proposal_id = self.proposal_id

        version = self.version

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "activated_at": activated_at,
                "actor_id": actor_id,
                "previous_version": previous_version,
                "proposal_id": proposal_id,
                "version": version,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        action = check_activation_out_action(d.pop("action"))

        activated_at = datetime.datetime.fromisoformat(d.pop("activated_at"))

        actor_id = d.pop("actor_id")

        def _parse_previous_version(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        previous_version = _parse_previous_version(d.pop("previous_version"))

        def _parse_proposal_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        proposal_id = _parse_proposal_id(d.pop("proposal_id"))

        version = d.pop("version")

        why = d.pop("why")

        activation_out = cls(
            action=action,
            activated_at=activated_at,
            actor_id=actor_id,
            previous_version=previous_version,
            proposal_id=proposal_id,
            version=version,
            why=why,
        )

        activation_out.additional_properties = d
        return activation_out

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
