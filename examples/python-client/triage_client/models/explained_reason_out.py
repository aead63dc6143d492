from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.record_out import RecordOut


T = TypeVar("T", bound="ExplainedReasonOut")


@_attrs_define
class ExplainedReasonOut:
    """A stored reason and the records that show what it says."""

    code: str
    """ stable code of the reason """
    contribution: float
    """ share in the model's score, in its own units """
    evidence: list[str]
    """ kinds of record that it was read from """
    feature: str
    """ the feature behind it """
    records: list[RecordOut]
    """ at most ten versions in force then, newest known first """
    risk: str
    """ the risk that it raises: delay, dispute or anomaly """
    sentence: str
    """ the reason in words """
    usual: float | None
    """ what is usual for the firm """
    value: float | None
    """ the feature's value; null: not known """

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        contribution = self.contribution

        evidence = self.evidence

        feature = self.feature

        records = []
        for records_item_data in self.records:
            records_item = records_item_data.to_dict()
            records.append(records_item)

        risk = self.risk

        sentence = self.sentence

        usual: float | None
        usual = self.usual

        value: float | None
        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "contribution": contribution,
                "evidence": evidence,
                "feature": feature,
                "records": records,
                "risk": risk,
                "sentence": sentence,
                "usual": usual,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.record_out import RecordOut

        d = dict(src_dict)
        code = d.pop("code")

        contribution = d.pop("contribution")

        evidence = cast("list[str]", d.pop("evidence"))

        feature = d.pop("feature")

        records = []
        _records = d.pop("records")
        for records_item_data in _records:
            records_item = RecordOut.from_dict(records_item_data)

            records.append(records_item)

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

        explained_reason_out = cls(
            code=code,
            contribution=contribution,
            evidence=evidence,
            feature=feature,
            records=records,
            risk=risk,
            sentence=sentence,
            usual=usual,
            value=value,
        )

        return explained_reason_out
