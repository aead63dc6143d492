from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.deployment_out_action import DeploymentOutAction, check_deployment_out_action

if TYPE_CHECKING:
    from ..models.gate_out import GateOut


T = TypeVar("T", bound="DeploymentOut")


@_attrs_define
class DeploymentOut:
    """A move of a champion."""

    action: DeploymentOutAction
    """ forward or back """
    deployed_at: datetime.datetime
    """ from when on it was live """
    deployment_id: str
    """ id of the move """
    digest: str
    """ SHA-256 of its file """
    gates: list[GateOut]
    """ gates it passed; none for a rollback """
    previous_version: str | None
    """ champion before """
    risk: str
    """ delay, dispute or anomaly """
    version: str
    """ version that became champion """
    who: str
    """ who moved it """
    why: str
    """ and why """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        action: str = self.action

        deployed_at = self.deployed_at.isoformat()

        deployment_id = self.deployment_id

        digest = self.digest

        gates = []
        for gates_item_data in self.gates:
            gates_item = gates_item_data.to_dict()
            gates.append(gates_item)

        previous_version: str | None
        previous_version = self.previous_version

        risk = self.risk

        version = self.version

        who = self.who

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "deployed_at": deployed_at,
                "deployment_id": deployment_id,
                "digest": digest,
                "gates": gates,
                "previous_version": previous_version,
                "risk": risk,
                "version": version,
                "who": who,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.gate_out import GateOut

        d = dict(src_dict)
        action = check_deployment_out_action(d.pop("action"))

        deployed_at = datetime.datetime.fromisoformat(d.pop("deployed_at"))

        deployment_id = d.pop("deployment_id")

        digest = d.pop("digest")

        gates = []
        _gates = d.pop("gates")
        for gates_item_data in _gates:
            gates_item = GateOut.from_dict(gates_item_data)

            gates.append(gates_item)

        def _parse_previous_version(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        previous_version = _parse_previous_version(d.pop("previous_version"))

        risk = d.pop("risk")

        version = d.pop("version")

        who = d.pop("who")

        why = d.pop("why")

        deployment_out = cls(
            action=action,
            deployed_at=deployed_at,
            deployment_id=deployment_id,
            digest=digest,
            gates=gates,
            previous_version=previous_version,
            risk=risk,
            version=version,
            who=who,
            why=why,
        )

        deployment_out.additional_properties = d
        return deployment_out

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
