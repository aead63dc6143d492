from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BacktestOut")


@_attrs_define
class BacktestOut:
    """What a proposal would have done to the past."""

    backtest_id: str
    """ id of the back-test """
    base_version: str
    """ set that it was compared with """
    invoices: int
    """ invoices looked at """
    proposal_id: str
    """ proposal that was tested """
    result: Any
    run_at: datetime.datetime
    """ when """
    run_by: str
    """ who ran it """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        backtest_id = self.backtest_id

        base_version = self.base_version

        invoices = self.invoices

        proposal_id = self.proposal_id

        result = self.result

        run_at = self.run_at.isoformat()

        run_by = self.run_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "backtest_id": backtest_id,
                "base_version": base_version,
                "invoices": invoices,
                "proposal_id": proposal_id,
                "result": result,
                "run_at": run_at,
                "run_by": run_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        backtest_id = d.pop("backtest_id")

        base_version = d.pop("base_version")

        invoices = d.pop("invoices")

        proposal_id = d.pop("proposal_id")

        result = d.pop("result")

        run_at = datetime.datetime.fromisoformat(d.pop("run_at"))

        run_by = d.pop("run_by")

        backtest_out = cls(
            backtest_id=backtest_id,
            base_version=base_version,
            invoices=invoices,
            proposal_id=proposal_id,
            result=result,
            run_at=run_at,
            run_by=run_by,
        )

        backtest_out.additional_properties = d
        return backtest_out

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
