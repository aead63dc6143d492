from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.finding_out_level import FindingOutLevel, check_finding_out_level

T = TypeVar("T", bound="FindingOut")


@_attrs_define
class FindingOut:
    """A line or timesheet entry that is unlike its own history."""

    check: str
    """ what was looked at, e.g. agreed_rate """
    expected_high: float | None
    """ upper end of the expected range """
    expected_low: float | None
    """ expected range, in the unit of the value; null: none is known """
    field: str
    """ the unusual column """
    kind: str
    """ kind of record """
    level: FindingOutLevel
    """ what is unusual: a line or an entry """
    p_value: float | None
    """ conformal p-value; small is unusual """
    record_id: str
    """ id of the line or entry """
    sentence: str
    """ the finding in words """
    value: float | None
    """ its value; 1 where the check says yes """

    def to_dict(self) -> dict[str, Any]:
        check = self.check

        expected_high: float | None
        expected_high = self.expected_high

        expected_low: float | None
        expected_low = self.expected_low

        field = self.field

        kind = self.kind

        level: str = self.level

        p_value: float | None
        p_value = self.p_value

        record_id = self.record_id

        sentence = self.sentence

        value: float | None
        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "check": check,
                "expected_high": expected_high,
                "expected_low": expected_low,
                "field": field,
                "kind": kind,
                "level": level,
                "p_value": p_value,
                "record_id": record_id,
                "sentence": sentence,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        check = d.pop("check")

        def _parse_expected_high(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        expected_high = _parse_expected_high(d.pop("expected_high"))

        def _parse_expected_low(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        expected_low = _parse_expected_low(d.pop("expected_low"))

        field = d.pop("field")

        kind = d.pop("kind")

        level = check_finding_out_level(d.pop("level"))

        def _parse_p_value(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        p_value = _parse_p_value(d.pop("p_value"))

        record_id = d.pop("record_id")

        sentence = d.pop("sentence")

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        value = _parse_value(d.pop("value"))

        finding_out = cls(
            check=check,
            expected_high=expected_high,
            expected_low=expected_low,
            field=field,
            kind=kind,
            level=level,
            p_value=p_value,
            record_id=record_id,
            sentence=sentence,
            value=value,
        )

        return finding_out
