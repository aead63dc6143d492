from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.severity import Severity, check_severity
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.setting_thresholds import SettingThresholds


T = TypeVar("T", bound="Setting")


@_attrs_define
class Setting:
    """What an overlay makes of one control."""

    enabled: bool | Unset = True
    """ false switches it off, where its minimum is none """
    severity: Severity | Unset | None = UNSET
    """ unset: as it is """
    thresholds: SettingThresholds | Unset = UNSET
    """ tighter numbers """

    def to_dict(self) -> dict[str, Any]:
        enabled = self.enabled

        severity: str | Unset | None
        if isinstance(self.severity, Unset):
            severity = UNSET
        elif isinstance(self.severity, str):
            severity = self.severity
        else:
            severity = self.severity

        thresholds: dict[str, Any] | Unset = UNSET
        if not isinstance(self.thresholds, Unset):
            thresholds = self.thresholds.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if enabled is not UNSET:
            field_dict["enabled"] = enabled
        if severity is not UNSET:
            field_dict["severity"] = severity
        if thresholds is not UNSET:
            field_dict["thresholds"] = thresholds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.setting_thresholds import SettingThresholds

        d = dict(src_dict)
        enabled = d.pop("enabled", UNSET)

        def _parse_severity(data: object) -> Severity | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                severity_type_0 = check_severity(data)

                return severity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | Severity | Unset", data)

        severity = _parse_severity(d.pop("severity", UNSET))

        _thresholds = d.pop("thresholds", UNSET)
        thresholds: SettingThresholds | Unset
        if isinstance(_thresholds, Unset):
            thresholds = UNSET
        else:
            thresholds = SettingThresholds.from_dict(_thresholds)

        setting = cls(
            enabled=enabled,
            severity=severity,
            thresholds=thresholds,
        )

        return setting
