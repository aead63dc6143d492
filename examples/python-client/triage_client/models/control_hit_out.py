from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cause import Cause, check_cause
from ..models.owner_role import OwnerRole, check_owner_role
from ..models.severity import Severity, check_severity
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.snooze_mark_out import SnoozeMarkOut


T = TypeVar("T", bound="ControlHitOut")


@_attrs_define
class ControlHitOut:
    """A control that fired."""

    cause: Cause
    """ Why an invoice is disputed or credited. """
    control_id: str
    """ stable id of the control """
    message: str
    """ what is wrong, with values """
    offenders: list[str]
    """ one sentence per line or record at fault """
    owner: OwnerRole
    """ Who can clear a control. """
    remedy: str
    """ what clears it """
    severity: Severity
    """ How much a control weighs. """
    title: str
    """ what it checks """
    version: int
    """ version of the control """
    snoozed: SnoozeMarkOut | Unset | None = UNSET
    """ it is listed and does not count for the route; a hard stop is never snoozed """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.snooze_mark_out import SnoozeMarkOut

        cause: str = self.cause

        control_id = self.control_id

        message = self.message

        offenders = self.offenders

        owner: str = self.owner

        remedy = self.remedy

        severity: str = self.severity

        title = self.title

        version = self.version

        snoozed: dict[str, Any] | Unset | None
        if isinstance(self.snoozed, Unset):
            snoozed = UNSET
        elif isinstance(self.snoozed, SnoozeMarkOut):
            snoozed = self.snoozed.to_dict()
        else:
            snoozed = self.snoozed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cause": cause,
                "control_id": control_id,
                "message": message,
                "offenders": offenders,
                "owner": owner,
                "remedy": remedy,
                "severity": severity,
                "title": title,
                "version": version,
            }
        )
        if snoozed is not UNSET:
            field_dict["snoozed"] = snoozed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.snooze_mark_out import SnoozeMarkOut

        d = dict(src_dict)
        cause = check_cause(d.pop("cause"))

        control_id = d.pop("control_id")

        message = d.pop("message")

        offenders = cast("list[str]", d.pop("offenders"))

        owner = check_owner_role(d.pop("owner"))

        remedy = d.pop("remedy")

        severity = check_severity(d.pop("severity"))

        title = d.pop("title")

        version = d.pop("version")

        def _parse_snoozed(data: object) -> SnoozeMarkOut | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError
                snoozed_type_0 = SnoozeMarkOut.from_dict(data)

                return snoozed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | SnoozeMarkOut | Unset", data)

        snoozed = _parse_snoozed(d.pop("snoozed", UNSET))

        control_hit_out = cls(
            cause=cause,
            control_id=control_id,
            message=message,
            offenders=offenders,
            owner=owner,
            remedy=remedy,
            severity=severity,
            title=title,
            version=version,
            snoozed=snoozed,
        )

        control_hit_out.additional_properties = d
        return control_hit_out

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
