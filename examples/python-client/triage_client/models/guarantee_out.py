from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="GuaranteeOut")


@_attrs_define
class GuaranteeOut:
    """The certificate that stands behind clearing invoices like this one."""

    alpha: float
    """ tolerated share of bad invoices among the cleared """
    alpha_money: float
    """ tolerated share of the cleared money that goes bad """
    data_digest: str
    """ SHA-256 of the certification data """
    delta: float
    """ chance that any of it is false """
    money_cap: float
    """ an invoice's money counts up to here, group currency """
    p_value: float | None
    """ of the proof, for both tolerances """
    rows: int
    """ matured invoices it was proved on """
    segment: str
    """ invoices it was proved on: a billing method, rest, or all """
    threshold: float | None
    """ dispute probability up to which they may be cleared; null: none is """
    valid_until: str
    """ last day on which it holds """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alpha = self.alpha

        alpha_money = self.alpha_money

        data_digest = self.data_digest

        delta = self.delta

        money_cap = self.money_cap

        p_value: float | None
        p_value = self.p_value

        rows = self.rows

        segment = self.segment

        threshold: float | None
        threshold = self.threshold

        valid_until = self.valid_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alpha": alpha,
                "alpha_money": alpha_money,
                "data_digest": data_digest,
                "delta": delta,
                "money_cap": money_cap,
                "p_value": p_value,
                "rows": rows,
                "segment": segment,
                "threshold": threshold,
                "valid_until": valid_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        alpha = d.pop("alpha")

        alpha_money = d.pop("alpha_money")

        data_digest = d.pop("data_digest")

        delta = d.pop("delta")

        money_cap = d.pop("money_cap")

        def _parse_p_value(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        p_value = _parse_p_value(d.pop("p_value"))

        rows = d.pop("rows")

        segment = d.pop("segment")

        def _parse_threshold(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        threshold = _parse_threshold(d.pop("threshold"))

        valid_until = d.pop("valid_until")

        guarantee_out = cls(
            alpha=alpha,
            alpha_money=alpha_money,
            data_digest=data_digest,
            delta=delta,
            money_cap=money_cap,
            p_value=p_value,
            rows=rows,
            segment=segment,
            threshold=threshold,
            valid_until=valid_until,
        )

        guarantee_out.additional_properties = d
        return guarantee_out

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
