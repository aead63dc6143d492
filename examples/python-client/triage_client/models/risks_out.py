from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.anomaly_out import AnomalyOut
    from ..models.delay_out import DelayOut
    from ..models.dispute_out import DisputeOut
    from ..models.guarantee_out import GuaranteeOut


T = TypeVar("T", bound="RisksOut")


@_attrs_define
class RisksOut:
    """The three risks."""

    anomaly: AnomalyOut
    """ How unusual it is. """
    clear_score: float | None
    """ how safe to let through """
    clearable: bool
    """ the certified threshold is met """
    delay: DelayOut
    """ When it will be paid. """
    dispute: DisputeOut
    """ Whether it will be disputed, and why. """
    guarantee: GuaranteeOut | Unset | None = UNSET
    """ null when no threshold qualified for any invoice """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.guarantee_out import GuaranteeOut

        anomaly = self.anomaly.to_dict()

        clear_score: float | None
        clear_score = self.clear_score

        clearable = self.clearable

        delay = self.delay.to_dict()

        dispute = self.dispute.to_dict()

        guarantee: dict[str, Any] | Unset | None
        if isinstance(self.guarantee, Unset):
            guarantee = UNSET
        elif isinstance(self.guarantee, GuaranteeOut):
            guarantee = self.guarantee.to_dict()
        else:
            guarantee = self.guarantee

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "anomaly": anomaly,
                "clear_score": clear_score,
                "clearable": clearable,
                "delay": delay,
                "dispute": dispute,
            }
        )
        if guarantee is not UNSET:
            field_dict["guarantee"] = guarantee

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.anomaly_out import AnomalyOut
        from ..models.delay_out import DelayOut
        from ..models.dispute_out import DisputeOut
        from ..models.guarantee_out import GuaranteeOut

        d = dict(src_dict)
        anomaly = AnomalyOut.from_dict(d.pop("anomaly"))

        def _parse_clear_score(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        clear_score = _parse_clear_score(d.pop("clear_score"))

        clearable = d.pop("clearable")

        delay = DelayOut.from_dict(d.pop("delay"))

        dispute = DisputeOut.from_dict(d.pop("dispute"))

        def _parse_guarantee(data: object) -> GuaranteeOut | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError
                guarantee_type_0 = GuaranteeOut.from_dict(data)

                return guarantee_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("GuaranteeOut | None | Unset", data)

        guarantee = _parse_guarantee(d.pop("guarantee", UNSET))

        risks_out = cls(
            anomaly=anomaly,
            clear_score=clear_score,
            clearable=clearable,
            delay=delay,
            dispute=dispute,
            guarantee=guarantee,
        )

        risks_out.additional_properties = d
        return risks_out

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
