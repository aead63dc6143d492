from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SnoozeOut")


@_attrs_define
class SnoozeOut:
    """A snooze."""

    client_id: str | None
    """ for this client """
    control_id: str
    """ control that is silenced """
    created_at: datetime.datetime
    """ when it began """
    created_by: str
    """ who made it """
    ended_at: datetime.datetime | None
    """ when """
    ended_because: str | None
    """ why """
    ended_by: str | None
    """ who ended it by hand """
    in_force: bool
    """ it silences its control now """
    project_id: str | None
    """ for this project """
    reason: str
    """ why """
    snooze_id: str
    """ id of the snooze """
    until: datetime.datetime
    """ when it ends by itself """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        client_id: str | None
        client_id = self.client_id

        control_id = self.control_id

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        ended_at: str | None
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        ended_because: str | None
        ended_because = self.ended_because

        ended_by: str | None
        ended_by = self.ended_by

        in_force = self.in_force

        project_id: str | None
        project_id = self.project_id

        reason = self.reason

        snooze_id = self.snooze_id

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "client_id": client_id,
                "control_id": control_id,
                "created_at": created_at,
                "created_by": created_by,
                "ended_at": ended_at,
                "ended_because": ended_because,
                "ended_by": ended_by,
                "in_force": in_force,
                "project_id": project_id,
                "reason": reason,
                "snooze_id": snooze_id,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_client_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        client_id = _parse_client_id(d.pop("client_id"))

        control_id = d.pop("control_id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_ended_because(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        ended_because = _parse_ended_because(d.pop("ended_because"))

        def _parse_ended_by(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        ended_by = _parse_ended_by(d.pop("ended_by"))

        in_force = d.pop("in_force")

        def _parse_project_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        project_id = _parse_project_id(d.pop("project_id"))

        reason = d.pop("reason")

        snooze_id = d.pop("snooze_id")

        until = datetime.datetime.fromisoformat(d.pop("until"))

        snooze_out = cls(
            client_id=client_id,
            control_id=control_id,
            created_at=created_at,
            created_by=created_by,
            ended_at=ended_at,
            ended_because=ended_because,
            ended_by=ended_by,
            in_force=in_force,
            project_id=project_id,
            reason=reason,
            snooze_id=snooze_id,
            until=until,
        )

        snooze_out.additional_properties = d
        return snooze_out

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
