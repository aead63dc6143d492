from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.currency import Currency, check_currency
from ..models.layer import Layer, check_layer
from ..models.route import Route, check_route

if TYPE_CHECKING:
    from ..models.control_hit_out import ControlHitOut
    from ..models.reason_out import ReasonOut
    from ..models.risks_out import RisksOut
    from ..models.versions_out import VersionsOut


T = TypeVar("T", bound="ContentOut")


@_attrs_define
class ContentOut:
    """Everything of a score that follows from records, models and rules."""

    amount: str
    """ net total of the invoice """
    as_of: datetime.datetime
    """ only what was known before this moment counted """
    because: str
    """ the ground of the route """
    client_id: str
    """ id of the client """
    controls: list[ControlHitOut]
    """ controls that fired """
    currency: Currency
    """ ISO 4217 alphabetic code """
    decided_by: Layer
    """ Who decided the route. """
    degraded: list[str]
    """ what was missing """
    digest: str
    """ SHA-256 of the canonical bytes of all this """
    features: list[float | None]
    """ the feature vector, in the catalogue's order; null: not known """
    group_amount: str | None
    """ in the group currency; null without an exchange rate """
    group_currency: Currency | None
    """ the firm's own currency """
    invoice_id: str
    """ id of the invoice """
    invoice_record_id: str | None
    """ the ledger's version of it; null for a document sent along """
    propensity: float
    """ probability with which it came to review """
    reasons: list[ReasonOut]
    """ why they say it """
    risks: RisksOut
    """ The three risks. """
    route: Route
    """ Where an invoice goes, from the least to the most care. """
    sampled: bool
    """ reviewed as part of the audit sample """
    versions: VersionsOut
    """ What decided, in which version. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        as_of = self.as_of.isoformat()

        because = self.because

        client_id = self.client_id

        controls = []
        for controls_item_data in self.controls:
            controls_item = controls_item_data.to_dict()
            controls.append(controls_item)

        currency: str = self.currency

        decided_by: str = self.decided_by

        degraded = self.degraded

        digest = self.digest

        features = []
        for features_item_data in self.features:
            features_item: float | None
            features_item = features_item_data
            features.append(features_item)

        group_amount: str | None
        group_amount = self.group_amount

        group_currency: str | None
        if isinstance(self.group_currency, str):
            group_currency = self.group_currency
        else:
            group_currency = self.group_currency

        invoice_id = self.invoice_id

        invoice_record_id: str | None
        invoice_record_id = self.invoice_record_id

        propensity = self.propensity

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        risks = self.risks.to_dict()

        route: str = self.route

        sampled = self.sampled

        versions = self.versions.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "as_of": as_of,
                "because": because,
                "client_id": client_id,
                "controls": controls,
                "currency": currency,
                "decided_by": decided_by,
                "degraded": degraded,
                "digest": digest,
                "features": features,
                "group_amount": group_amount,
                "group_currency": group_currency,
                "invoice_id": invoice_id,
                "invoice_record_id": invoice_record_id,
                "propensity": propensity,
                "reasons": reasons,
                "risks": risks,
                "route": route,
                "sampled": sampled,
                "versions": versions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.control_hit_out import ControlHitOut
        from ..models.reason_out import ReasonOut
        from ..models.risks_out import RisksOut
        from ..models.versions_out import VersionsOut

        d = dict(src_dict)
        amount = d.pop("amount")

        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        because = d.pop("because")

        client_id = d.pop("client_id")

        controls = []
        _controls = d.pop("controls")
        for controls_item_data in _controls:
            controls_item = ControlHitOut.from_dict(controls_item_data)

            controls.append(controls_item)

        currency = check_currency(d.pop("currency"))

        decided_by = check_layer(d.pop("decided_by"))

        degraded = cast("list[str]", d.pop("degraded"))

        digest = d.pop("digest")

        features = []
        _features = d.pop("features")
        for features_item_data in _features:

            def _parse_features_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast("float | None", data)

            features_item = _parse_features_item(features_item_data)

            features.append(features_item)

        def _parse_group_amount(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        group_amount = _parse_group_amount(d.pop("group_amount"))

        def _parse_group_currency(data: object) -> Currency | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                group_currency_type_0 = check_currency(data)

                return group_currency_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("Currency | None", data)

        group_currency = _parse_group_currency(d.pop("group_currency"))

        invoice_id = d.pop("invoice_id")

        def _parse_invoice_record_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        invoice_record_id = _parse_invoice_record_id(d.pop("invoice_record_id"))

        propensity = d.pop("propensity")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonOut.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        risks = RisksOut.from_dict(d.pop("risks"))

        route = check_route(d.pop("route"))

        sampled = d.pop("sampled")

        versions = VersionsOut.from_dict(d.pop("versions"))

        content_out = cls(
            amount=amount,
            as_of=as_of,
            because=because,
            client_id=client_id,
            controls=controls,
            currency=currency,
            decided_by=decided_by,
            degraded=degraded,
            digest=digest,
            features=features,
            group_amount=group_amount,
            group_currency=group_currency,
            invoice_id=invoice_id,
            invoice_record_id=invoice_record_id,
            propensity=propensity,
            reasons=reasons,
            risks=risks,
            route=route,
            sampled=sampled,
            versions=versions,
        )

        content_out.additional_properties = d
        return content_out

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
