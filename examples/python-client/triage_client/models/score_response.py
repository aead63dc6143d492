from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.currency import Currency, check_currency
from ..models.layer import Layer, check_layer
from ..models.route import Route, check_route
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.control_hit_out import ControlHitOut
    from ..models.reason_out import ReasonOut
    from ..models.remedy_out import RemedyOut
    from ..models.risks_out import RisksOut
    from ..models.versions_out import VersionsOut


T = TypeVar("T", bound="ScoreResponse")


@_attrs_define
class ScoreResponse:
    """A score as it was stored."""

    amount: str
    """ net total of the invoice """
    as_of: datetime.datetime
    """ only what was known before this moment counted """
    because: str
    """ the ground of the route in one sentence """
    case_id: str | None
    """ the case in the queue; null for what was cleared """
    client_id: str
    """ id of the client """
    controls: list[ControlHitOut]
    """ controls that fired, hard stops first """
    currency: Currency
    """ ISO 4217 alphabetic code """
    decided_by: Layer
    """ Who decided the route. """
    degraded: list[str]
    """ what was missing when this was answered; empty when nothing was """
    invoice_id: str
    """ id of the invoice """
    reasons: list[ReasonOut]
    """ why the models say it; only for what is not cleared """
    risks: RisksOut
    """ The three risks. """
    route: Route
    """ Where an invoice goes, from the least to the most care. """
    sampled: bool
    """ would have been cleared; reviewed as part of the audit sample """
    score_id: str
    """ id of the score """
    scored_at: datetime.datetime
    """ when it was scored """
    versions: VersionsOut
    """ What decided, in which version. """
    object_: Literal["score"] | Unset = "score"
    """ kind of document """
    remedies: list[RemedyOut] | Unset | None = UNSET
    """ what would clear it; null: not worked out beforehand, ask for the explanation """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        as_of = self.as_of.isoformat()

        because = self.because

        case_id: str | None
        case_id = self.case_id

        client_id = self.client_id

        controls = []
        for controls_item_data in self.controls:
            controls_item = controls_item_data.to_dict()
            controls.append(controls_item)

        currency: str = self.currency

        decided_by: str = self.decided_by

        degraded = self.degraded

        invoice_id = self.invoice_id

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        risks = self.risks.to_dict()

        route: str = self.route

        sampled = self.sampled

        score_id = self.score_id

        scored_at = self.scored_at.isoformat()

        versions = self.versions.to_dict()

        object_ = self.object_

        remedies: list[dict[str, Any]] | Unset | None
        if isinstance(self.remedies, Unset):
            remedies = UNSET
        elif isinstance(self.remedies, list):
            remedies = []
            for remedies_type_0_item_data in self.remedies:
                remedies_type_0_item = remedies_type_0_item_data.to_dict()
                remedies.append(remedies_type_0_item)

        else:
            remedies = self.remedies

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "as_of": as_of,
                "because": because,
                "case_id": case_id,
                "client_id": client_id,
                "controls": controls,
                "currency": currency,
                "decided_by": decided_by,
                "degraded": degraded,
                "invoice_id": invoice_id,
                "reasons": reasons,
                "risks": risks,
                "route": route,
                "sampled": sampled,
                "score_id": score_id,
                "scored_at": scored_at,
                "versions": versions,
            }
        )
        if object_ is not UNSET:
            field_dict["object"] = object_
        if remedies is not UNSET:
            field_dict["remedies"] = remedies

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.control_hit_out import ControlHitOut
        from ..models.reason_out import ReasonOut
        from ..models.remedy_out import RemedyOut
        from ..models.risks_out import RisksOut
        from ..models.versions_out import VersionsOut

        d = dict(src_dict)
        amount = d.pop("amount")

        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        because = d.pop("because")

        def _parse_case_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        case_id = _parse_case_id(d.pop("case_id"))

        client_id = d.pop("client_id")

        controls = []
        _controls = d.pop("controls")
        for controls_item_data in _controls:
            controls_item = ControlHitOut.from_dict(controls_item_data)

            controls.append(controls_item)

        currency = check_currency(d.pop("currency"))

        decided_by = check_layer(d.pop("decided_by"))

        degraded = cast("list[str]", d.pop("degraded"))

        invoice_id = d.pop("invoice_id")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonOut.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        risks = RisksOut.from_dict(d.pop("risks"))

        route = check_route(d.pop("route"))

        sampled = d.pop("sampled")

        score_id = d.pop("score_id")

        scored_at = datetime.datetime.fromisoformat(d.pop("scored_at"))

        versions = VersionsOut.from_dict(d.pop("versions"))

        object_ = cast("Literal['score'] | Unset", d.pop("object", UNSET))
        if object_ != "score" and not isinstance(object_, Unset):
            raise ValueError(f"object must match const 'score', got '{object_}'")

        def _parse_remedies(data: object) -> list[RemedyOut] | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError
                remedies_type_0 = []
                _remedies_type_0 = data
                for remedies_type_0_item_data in _remedies_type_0:
                    remedies_type_0_item = RemedyOut.from_dict(remedies_type_0_item_data)

                    remedies_type_0.append(remedies_type_0_item)

                return remedies_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[RemedyOut] | None | Unset", data)

        remedies = _parse_remedies(d.pop("remedies", UNSET))

        score_response = cls(
            amount=amount,
            as_of=as_of,
            because=because,
            case_id=case_id,
            client_id=client_id,
            controls=controls,
            currency=currency,
            decided_by=decided_by,
            degraded=degraded,
            invoice_id=invoice_id,
            reasons=reasons,
            risks=risks,
            route=route,
            sampled=sampled,
            score_id=score_id,
            scored_at=scored_at,
            versions=versions,
            object_=object_,
            remedies=remedies,
        )

        score_response.additional_properties = d
        return score_response

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
