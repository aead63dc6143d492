from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.run_filter import RunFilter, check_run_filter
from ..types import UNSET, Unset

T = TypeVar("T", bound="RunRequest")


@_attrs_define
class RunRequest:
    """Which invoices to score together."""

    as_of: datetime.datetime | Unset | None = UNSET
    """ scoring moment (RFC 3339, not in the future); default now """
    callback_url: str | Unset | None = UNSET
    """ told when the run ends; must be allow-listed """
    correlation_id: str | Unset | None = UNSET
    """ comes back in the callback """
    false_discovery_rate: float | Unset = 0.1
    """ tolerated share of false alarms among the flagged anomalies """
    filter_: RunFilter | Unset | None = UNSET
    """ unsent: all not sent yet; unscored: those of them never scored """
    invoice_ids: list[str] | Unset | None = UNSET
    """ ids of invoices in the ledger """

    def to_dict(self) -> dict[str, Any]:
        as_of: str | Unset | None
        if isinstance(self.as_of, Unset):
            as_of = UNSET
        elif isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        callback_url: str | Unset | None
        if isinstance(self.callback_url, Unset):
            callback_url = UNSET
        else:
            callback_url = self.callback_url

        correlation_id: str | Unset | None
        if isinstance(self.correlation_id, Unset):
            correlation_id = UNSET
        else:
            correlation_id = self.correlation_id

        false_discovery_rate = self.false_discovery_rate

        filter_: str | Unset | None
        if isinstance(self.filter_, Unset):
            filter_ = UNSET
        elif isinstance(self.filter_, str):
            filter_ = self.filter_
        else:
            filter_ = self.filter_

        invoice_ids: list[str] | Unset | None
        if isinstance(self.invoice_ids, Unset):
            invoice_ids = UNSET
        elif isinstance(self.invoice_ids, list):
            invoice_ids = self.invoice_ids

        else:
            invoice_ids = self.invoice_ids

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if callback_url is not UNSET:
            field_dict["callback_url"] = callback_url
        if correlation_id is not UNSET:
            field_dict["correlation_id"] = correlation_id
        if false_discovery_rate is not UNSET:
            field_dict["false_discovery_rate"] = false_discovery_rate
        if filter_ is not UNSET:
            field_dict["filter"] = filter_
        if invoice_ids is not UNSET:
            field_dict["invoice_ids"] = invoice_ids

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_as_of(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None | Unset", data)

        as_of = _parse_as_of(d.pop("as_of", UNSET))

        def _parse_callback_url(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        callback_url = _parse_callback_url(d.pop("callback_url", UNSET))

        def _parse_correlation_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        correlation_id = _parse_correlation_id(d.pop("correlation_id", UNSET))

        false_discovery_rate = d.pop("false_discovery_rate", UNSET)

        def _parse_filter_(data: object) -> RunFilter | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                filter_type_0 = check_run_filter(data)

                return filter_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | RunFilter | Unset", data)

        filter_ = _parse_filter_(d.pop("filter", UNSET))

        def _parse_invoice_ids(data: object) -> list[str] | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError
                invoice_ids_type_0 = cast("list[str]", data)

                return invoice_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None | Unset", data)

        invoice_ids = _parse_invoice_ids(d.pop("invoice_ids", UNSET))

        run_request = cls(
            as_of=as_of,
            callback_url=callback_url,
            correlation_id=correlation_id,
            false_discovery_rate=false_discovery_rate,
            filter_=filter_,
            invoice_ids=invoice_ids,
        )

        return run_request
