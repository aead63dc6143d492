from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.proof_out import ProofOut


T = TypeVar("T", bound="CertificateOut")


@_attrs_define
class CertificateOut:
    """What was proved of a model, on which data, for how long."""

    alpha: float
    """ tolerated share of bad invoices among the cleared """
    alpha_money: float
    """ tolerated share of the cleared money that goes bad """
    data_digest: str
    """ SHA-256 of the certification data """
    delta: float
    """ chance that any of it is false """
    model_digest: str
    """ SHA-256 of the model file """
    money_cap: float
    """ an invoice's money counts up to here, group currency """
    p_value: float
    """ the largest of its proofs """
    proofs: list[ProofOut]
    """ one per segment that qualified """
    risk: str
    """ risk of the certified model """
    rows: int
    """ matured invoices of all segments """
    valid_until: str
    """ last day on which it holds """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alpha = self.alpha

        alpha_money = self.alpha_money

        data_digest = self.data_digest

        delta = self.delta

        model_digest = self.model_digest

        money_cap = self.money_cap

        p_value = self.p_value

        proofs = []
        for proofs_item_data in self.proofs:
            proofs_item = proofs_item_data.to_dict()
            proofs.append(proofs_item)

        risk = self.risk

        rows = self.rows

        valid_until = self.valid_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alpha": alpha,
                "alpha_money": alpha_money,
                "data_digest": data_digest,
                "delta": delta,
                "model_digest": model_digest,
                "money_cap": money_cap,
                "p_value": p_value,
                "proofs": proofs,
                "risk": risk,
                "rows": rows,
                "valid_until": valid_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.proof_out import ProofOut

        d = dict(src_dict)
        alpha = d.pop("alpha")

        alpha_money = d.pop("alpha_money")

        data_digest = d.pop("data_digest")

        delta = d.pop("delta")

        model_digest = d.pop("model_digest")

        money_cap = d.pop("money_cap")

        p_value = d.pop("p_value")

        proofs = []
        _proofs = d.pop("proofs")
        for proofs_item_data in _proofs:
            proofs_item = ProofOut.from_dict(proofs_item_data)

            proofs.append(proofs_item)

        risk = d.pop("risk")

        rows = d.pop("rows")

        valid_until = d.pop("valid_until")

        certificate_out = cls(
            alpha=alpha,
            alpha_money=alpha_money,
            data_digest=data_digest,
            delta=delta,
            model_digest=model_digest,
            money_cap=money_cap,
            p_value=p_value,
            proofs=proofs,
            risk=risk,
            rows=rows,
            valid_until=valid_until,
        )

        certificate_out.additional_properties = d
        return certificate_out

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
