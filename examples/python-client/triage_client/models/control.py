from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.cause import Cause, check_cause
from ..models.family import Family, check_family
from ..models.minimum import Minimum, check_minimum
from ..models.owner_role import OwnerRole, check_owner_role
from ..models.severity import Severity, check_severity
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.control_thresholds import ControlThresholds


T = TypeVar("T", bound="Control")


@_attrs_define
class Control:
    """One deterministic control as written in YAML.

    ``expression`` is CEL over the facts and gives a truth value, or a list of offenders which fires when not empty;
    ``each`` then says one sentence per offender.

    """

    catches: str
    """ what it is for, in one sentence """
    cause: Cause
    """ Why an invoice is disputed or credited. """
    expression: str
    """ CEL """
    family: Family
    """ The exception taxonomy: what goes wrong between work and money. """
    id: str
    """ stable id """
    message: str
    """ what is wrong, with {root.fact} placeholders """
    owner: OwnerRole
    """ Who can clear a control. """
    remedy: str
    """ what clears it, as an instruction """
    severity: Severity
    """ How much a control weighs. """
    title: str
    """ in the words of finance """
    version: int
    """ grows with every change """
    each: str | Unset | None = UNSET
    """ one sentence per offender, with {fact} places """
    effective_from: datetime.date | Unset | None = UNSET
    """ first day (UTC) of scoring on which it counts """
    effective_to: datetime.date | Unset | None = UNSET
    """ last day on which it counts """
    minimum: Minimum | Unset | None = UNSET
    """ least an overlay may make of it; unset: its severity """
    thresholds: ControlThresholds | Unset = UNSET
    """ numbers an overlay may tighten """

    def to_dict(self) -> dict[str, Any]:
        catches = self.catches

        cause: str = self.cause

        expression = self.expression

        family: str = self.family

        id = self.id

        message = self.message

        owner: str = self.owner

        remedy = self.remedy

        severity: str = self.severity

        title = self.title

        version = self.version

        each: str | Unset | None
        if isinstance(self.each, Unset):
            each = UNSET
        else:
            each = self.each

        effective_from: str | Unset | None
        if isinstance(self.effective_from, Unset):
            effective_from = UNSET
        elif isinstance(self.effective_from, datetime.date):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        effective_to: str | Unset | None
        if isinstance(self.effective_to, Unset):
            effective_to = UNSET
        elif isinstance(self.effective_to, datetime.date):
            effective_to = self.effective_to.isoformat()
        else:
            effective_to = self.effective_to

        minimum: str | Unset | None
        if isinstance(self.minimum, Unset):
            minimum = UNSET
        elif isinstance(self.minimum, str):
            minimum = self.minimum
        else:
            minimum = self.minimum

        thresholds: dict[str, Any] | Unset = UNSET
        if not isinstance(self.thresholds, Unset):
            thresholds = self.thresholds.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "catches": catches,
                "cause": cause,
                "expression": expression,
                "family": family,
                "id": id,
                "message": message,
                "owner": owner,
                "remedy": remedy,
                "severity": severity,
                "title": title,
                "version": version,
            }
        )
        if each is not UNSET:
            field_dict["each"] = each
        if effective_from is not UNSET:
            field_dict["effective_from"] = effective_from
        if effective_to is not UNSET:
            field_dict["effective_to"] = effective_to
        if minimum is not UNSET:
            field_dict["minimum"] = minimum
        if thresholds is not UNSET:
            field_dict["thresholds"] = thresholds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.control_thresholds import ControlThresholds

        d = dict(src_dict)
        catches = d.pop("catches")

        cause = check_cause(d.pop("cause"))

        expression = d.pop("expression")

        family = check_family(d.pop("family"))

        id = d.pop("id")

        message = d.pop("message")

        owner = check_owner_role(d.pop("owner"))

        remedy = d.pop("remedy")

        severity = check_severity(d.pop("severity"))

        title = d.pop("title")

        version = d.pop("version")

        def _parse_each(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        each = _parse_each(d.pop("each", UNSET))

        def _parse_effective_from(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                effective_from_type_0 = datetime.date.fromisoformat(data)

                return effective_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        effective_from = _parse_effective_from(d.pop("effective_from", UNSET))

        def _parse_effective_to(data: object) -> datetime.date | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                effective_to_type_0 = datetime.date.fromisoformat(data)

                return effective_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.date | None | Unset", data)

        effective_to = _parse_effective_to(d.pop("effective_to", UNSET))

        def _parse_minimum(data: object) -> Minimum | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                minimum_type_0 = check_minimum(data)

                return minimum_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("Minimum | None | Unset", data)

        minimum = _parse_minimum(d.pop("minimum", UNSET))

        _thresholds = d.pop("thresholds", UNSET)
        thresholds: ControlThresholds | Unset
        if isinstance(_thresholds, Unset):
            thresholds = UNSET
        else:
            thresholds = ControlThresholds.from_dict(_thresholds)

        control = cls(
            catches=catches,
            cause=cause,
            expression=expression,
            family=family,
            id=id,
            message=message,
            owner=owner,
            remedy=remedy,
            severity=severity,
            title=title,
            version=version,
            each=each,
            effective_from=effective_from,
            effective_to=effective_to,
            minimum=minimum,
            thresholds=thresholds,
        )

        return control
