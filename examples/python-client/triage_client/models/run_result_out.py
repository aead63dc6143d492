from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.currency import Currency, check_currency
from ..models.layer import Layer, check_layer
from ..models.route import Route, check_route

T = TypeVar("T", bound="RunResultOut")


@_attrs_define
class RunResultOut:
    """One invoice of a run."""

    amount: str
    """ invoice amount """
    anomaly_flagged: bool | None
    """ unusual, with the run's false discovery rate held; null until the run is finished """
    anomaly_p_value: float | None
    """ conformal p-value; small is unusual """
    because: str
    """ the ground of the route in one sentence """
    case_id: str | None
    """ its case in the review queue; null when it was cleared """
    client_id: str
    """ client """
    currency: Currency
    """ ISO 4217 alphabetic code """
    decided_by: Layer
    """ Who decided the route. """
    invoice_id: str
    """ invoice """
    probability_dispute: float | None
    """ calibrated probability of a dispute or credit """
    probability_late: float | None
    """ calibrated probability of being late """
    route: Route
    """ Where an invoice goes, from the least to the most care. """
    score_id: str
    """ its score: GET /v1/scores/{score_id} has the reasons """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        anomaly_flagged: bool | None
        anomaly_flagged = self.anomaly_flagged

        anomaly_p_value: float | None
        anomaly_p_value = self.anomaly_p_value

        because = self.because

        case_id: str | None
        case_id = self.case_id

        client_id = self.client_id

        currency: str = self.currency

        decided_by: str = self.decided_by

        invoice_id = self.invoice_id

        probability_dispute: float | None
        probability_dispute = self.probability_dispute

        probability_late: float | None
        probability_late = self.probability_late

        route: str = self.route

        score_id = self.score_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "anomaly_flagged": anomaly_flagged,
                "anomaly_p_value": anomaly_p_value,
                "because": because,
                "case_id": case_id,
                "client_id": client_id,
                "currency": currency,
                "decided_by": decided_by,
                "invoice_id": invoice_id,
                "probability_dispute": probability_dispute,
                "probability_late": probability_late,
                "route": route,
                "score_id": score_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        def _parse_anomaly_flagged(data: object) -> bool | None:
            if data is None:
                return data
            return cast("bool | None", data)

        anomaly_flagged = _parse_anomaly_flagged(d.pop("anomaly_flagged"))

        def _parse_anomaly_p_value(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        anomaly_p_value = _parse_anomaly_p_value(d.pop("anomaly_p_value"))

        because = d.pop("because")

        def _parse_case_id(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        case_id = _parse_case_id(d.pop("case_id"))

        client_id = d.pop("client_id")

        currency = check_currency(d.pop("currency"))

        decided_by = check_layer(d.pop("decided_by"))

        invoice_id = d.pop("invoice_id")

        def _parse_probability_dispute(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        probability_dispute = _parse_probability_dispute(d.pop("probability_dispute"))

        def _parse_probability_late(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        probability_late = _parse_probability_late(d.pop("probability_late"))

        route = check_route(d.pop("route"))

        score_id = d.pop("score_id")

        run_result_out = cls(
            amount=amount,
            anomaly_flagged=anomaly_flagged,
            anomaly_p_value=anomaly_p_value,
            because=because,
            case_id=case_id,
            client_id=client_id,
            currency=currency,
            decided_by=decided_by,
            invoice_id=invoice_id,
            probability_dispute=probability_dispute,
            probability_late=probability_late,
            route=route,
            score_id=score_id,
        )

        run_result_out.additional_properties = d
        return run_result_out

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
