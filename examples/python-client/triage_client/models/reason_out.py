from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReasonOut")


@_attrs_define
class ReasonOut:
    """One checkable sentence."""

    code: str
    """ stable code of the reason """
    contribution: float
    """ share in the model's score, in its own units """
    evidence: list[str]
    """ kinds of record that it was read from """
    feature: str
    """ the feature behind it """
    risk: str
    """ the risk that it raises: delay, dispute or anomaly """
    sentence: str
    """ the reason in words """
    usual: float | None
    """ what is usual for the firm """
    value: float | None
    """ the feature's value; null: not known """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        contribution = self.contribution

        evidence = self.evidence

        feature = self.feature

        risk = self.risk

        sentence = self.sentence

        usual: float | None
        usual = self.usual

        value: float | None
        value = self.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "contribution": contribution,
                "evidence": evidence,
                "feature": feature,
                "risk": risk,
                "sentence": sentence,
                "usual": usual,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        contribution = d.pop("contribution")

        evidence = cast("list[str]", d.pop("evidence"))

        feature = d.pop("feature")

        risk = d.pop("risk")

        sentence = d.pop("sentence")

        def _parse_usual(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        usual = _parse_usual(d.pop("usual"))

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        value = _parse_value(d.pop("value"))

        reason_out = cls(
            code=code,
            contribution=contribution,
            evidence=evidence,
            feature=feature,
            risk=risk,
            sentence=sentence,
            usual=usual,
            value=value,
        )

        reason_out.additional_properties = d
        return reason_out

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
