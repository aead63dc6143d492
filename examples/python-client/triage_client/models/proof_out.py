from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProofOut")


@_attrs_define
class ProofOut:
    """A threshold that was proved on one segment's invoices."""

    bad: int
    """ how many of them went bad """
    cleared: int
    """ those at or below the threshold """
    coverage: float
    """ share that is cleared """
    loss: float
    """ share of the cleared money that went bad """
    p_count: float
    """ p-value of 'more than alpha of the cleared go bad' """
    p_money: float
    """ p-value of 'more than alpha_money of the cleared money goes bad' """
    rows: int
    """ matured invoices of the segment """
    segment: str
    """ invoices it speaks of: a billing method, rest, or all """
    threshold: float
    """ dispute probability up to which they may be cleared """
    delta: float | Unset | None = UNSET
    """ this proof's part of the chance that the promise is false """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bad = self.bad

        cleared = self.cleared

        coverage = self.coverage

        loss = self.loss

        p_count = self.p_count

        p_money = self.p_money

        rows = self.rows

        segment = self.segment

        threshold = self.threshold

        delta: float | Unset | None
        if isinstance(self.delta, Unset):
            delta = UNSET
        else:
            delta = self.delta

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bad": bad,
                "cleared": cleared,
                "coverage": coverage,
                "loss": loss,
                "p_count": p_count,
                "p_money": p_money,
                "rows": rows,
                "segment": segment,
                "threshold": threshold,
            }
        )
        if delta is not UNSET:
            field_dict["delta"] = delta

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bad = d.pop("bad")

        cleared = d.pop("cleared")

        coverage = d.pop("coverage")

        loss = d.pop("loss")

        p_count = d.pop("p_count")

        p_money = d.pop("p_money")

        rows = d.pop("rows")

        segment = d.pop("segment")

        threshold = d.pop("threshold")

        def _parse_delta(data: object) -> float | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("float | None | Unset", data)

        delta = _parse_delta(d.pop("delta", UNSET))

        proof_out = cls(
            bad=bad,
            cleared=cleared,
            coverage=coverage,
            loss=loss,
            p_count=p_count,
            p_money=p_money,
            rows=rows,
            segment=segment,
            threshold=threshold,
            delta=delta,
        )

        proof_out.additional_properties = d
        return proof_out

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
