from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.confidence import Confidence, check_confidence
from ..models.risk_status import RiskStatus, check_risk_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="DelayOut")


@_attrs_define
class DelayOut:
    """When it will be paid."""

    confidence: Confidence
    """ How much history and model agreement stand behind a risk. """
    curve: list[list[float | int]]
    """ pairs (k, probability of more than k days late) """
    expected_cash_on: str | None
    """ expected day of payment """
    expected_days_late: float | None
    """ mean days late; negative is early """
    late_after_days: int
    """ days after the due date that count as late """
    probability_late: float | None
    """ calibrated probability of being late """
    status: RiskStatus
    """ Whether a risk may be relied on. """
    usual: float | None
    """ the client's own share of late payments """
    expected_issue_on: str | Unset | None = UNSET
    """ expected day of sending, when it is not sent yet """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        confidence: str = self.confidence

        curve = []
        for curve_item_data in self.curve:
            curve_item = []
            for curve_item_item_data in curve_item_data:
                curve_item_item: float | int
                curve_item_item = curve_item_item_data
                curve_item.append(curve_item_item)

            curve.append(curve_item)

        expected_cash_on: str | None
        expected_cash_on = self.expected_cash_on

        expected_days_late: float | None
        expected_days_late = self.expected_days_late

        late_after_days = self.late_after_days

        probability_late: float | None
        probability_late = self.probability_late

        status: str = self.status

        usual: float | None
        usual = self.usual

        expected_issue_on: str | Unset | None
        if isinstance(self.expected_issue_on, Unset):
            expected_issue_on = UNSET
        else:
            expected_issue_on = self.expected_issue_on

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "confidence": confidence,
                "curve": curve,
                "expected_cash_on": expected_cash_on,
                "expected_days_late": expected_days_late,
                "late_after_days": late_after_days,
                "probability_late": probability_late,
                "status": status,
                "usual": usual,
            }
        )
        if expected_issue_on is not UNSET:
            field_dict["expected_issue_on"] = expected_issue_on

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        confidence = check_confidence(d.pop("confidence"))

        curve = []
        _curve = d.pop("curve")
        for curve_item_data in _curve:
            curve_item = []
            _curve_item = curve_item_data
            for curve_item_item_data in _curve_item:

                def _parse_curve_item_item(data: object) -> float | int:
                    return cast("float | int", data)

                curve_item_item = _parse_curve_item_item(curve_item_item_data)

                curve_item.append(curve_item_item)

            curve.append(curve_item)

        def _parse_expected_cash_on(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        expected_cash_on = _parse_expected_cash_on(d.pop("expected_cash_on"))

        def _parse_expected_days_late(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        expected_days_late = _parse_expected_days_late(d.pop("expected_days_late"))

        late_after_days = d.pop("late_after_days")

        def _parse_probability_late(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        probability_late = _parse_probability_late(d.pop("probability_late"))

        status = check_risk_status(d.pop("status"))

        def _parse_usual(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        usual = _parse_usual(d.pop("usual"))

        def _parse_expected_issue_on(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        expected_issue_on = _parse_expected_issue_on(d.pop("expected_issue_on", UNSET))

        delay_out = cls(
            confidence=confidence,
            curve=curve,
            expected_cash_on=expected_cash_on,
            expected_days_late=expected_days_late,
            late_after_days=late_after_days,
            probability_late=probability_late,
            status=status,
            usual=usual,
            expected_issue_on=expected_issue_on,
        )

        delay_out.additional_properties = d
        return delay_out

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
