from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.confidence import Confidence, check_confidence
from ..models.risk_status import RiskStatus, check_risk_status

T = TypeVar("T", bound="AnomalyOut")


@_attrs_define
class AnomalyOut:
    """How unusual it is."""

    confidence: Confidence
    """ How much history and model agreement stand behind a risk. """
    p_value: float | None
    """ conformal p-value; small is unusual """
    status: RiskStatus
    """ Whether a risk may be relied on. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        confidence: str = self.confidence

        p_value: float | None
        p_value = self.p_value

        status: str = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "confidence": confidence,
                "p_value": p_value,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        confidence = check_confidence(d.pop("confidence"))

        def _parse_p_value(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        p_value = _parse_p_value(d.pop("p_value"))

        status = check_risk_status(d.pop("status"))

        anomaly_out = cls(
            confidence=confidence,
            p_value=p_value,
            status=status,
        )

        anomaly_out.additional_properties = d
        return anomaly_out

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
