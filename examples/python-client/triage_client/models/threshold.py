from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.threshold_tighter import ThresholdTighter, check_threshold_tighter

T = TypeVar("T", bound="Threshold")


@_attrs_define
class Threshold:
    """A number that an overlay may tighten; the expression reads it as ``threshold.<name>``."""

    tighter: ThresholdTighter
    """ the direction in which it catches more """
    unit: str
    """ days, currency, share … """
    value: float
    """ the number that counts unless an overlay tightens it """

    def to_dict(self) -> dict[str, Any]:
        tighter: str = self.tighter

        unit = self.unit

        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tighter": tighter,
                "unit": unit,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tighter = check_threshold_tighter(d.pop("tighter"))

        unit = d.pop("unit")

        value = d.pop("value")

        threshold = cls(
            tighter=tighter,
            unit=unit,
            value=value,
        )

        return threshold
