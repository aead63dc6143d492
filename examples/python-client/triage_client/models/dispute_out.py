from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.confidence import Confidence, check_confidence
from ..models.risk_status import RiskStatus, check_risk_status

if TYPE_CHECKING:
    from ..models.dispute_out_causes import DisputeOutCauses


T = TypeVar("T", bound="DisputeOut")


@_attrs_define
class DisputeOut:
    """Whether it will be disputed, and why."""

    causes: DisputeOutCauses
    """ cause → probability given a dispute """
    confidence: Confidence
    """ How much history and model agreement stand behind a risk. """
    probability: float | None
    """ calibrated probability of a dispute or credit """
    status: RiskStatus
    """ Whether a risk may be relied on. """
    usual: float | None
    """ the client's own share of disputed invoices """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        causes = self.causes.to_dict()

        confidence: str = self.confidence

        probability: float | None
        probability = self.probability

        status: str = self.status

        usual: float | None
        usual = self.usual

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "causes": causes,
                "confidence": confidence,
                "probability": probability,
                "status": status,
                "usual": usual,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dispute_out_causes import DisputeOutCauses

        d = dict(src_dict)
        causes = DisputeOutCauses.from_dict(d.pop("causes"))

        confidence = check_confidence(d.pop("confidence"))

        def _parse_probability(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        probability = _parse_probability(d.pop("probability"))

        status = check_risk_status(d.pop("status"))

        def _parse_usual(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        usual = _parse_usual(d.pop("usual"))

        dispute_out = cls(
            causes=causes,
            confidence=confidence,
            probability=probability,
            status=status,
            usual=usual,
        )

        dispute_out.additional_properties = d
        return dispute_out

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
