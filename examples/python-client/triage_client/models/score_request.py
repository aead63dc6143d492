from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.inline_document import InlineDocument


T = TypeVar("T", bound="ScoreRequest")


@_attrs_define
class ScoreRequest:
    """What to score: an invoice of the ledger by id, or a whole document."""

    as_of: datetime.datetime | Unset | None = UNSET
    """ scoring moment (RFC 3339, not in the future); default now """
    callback_url: str | Unset | None = UNSET
    """ told when the case that the answer names is decided or cancelled; allow-listed URLs only """
    correlation_id: str | Unset | None = UNSET
    """ comes back in the callback """
    document: InlineDocument | Unset | None = UNSET
    """ an invoice that is not in the ledger """
    invoice_id: str | Unset | None = UNSET
    """ id of an invoice in the ledger """

    def to_dict(self) -> dict[str, Any]:
        from ..models.inline_document import InlineDocument

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

        document: dict[str, Any] | Unset | None
        if isinstance(self.document, Unset):
            document = UNSET
        elif isinstance(self.document, InlineDocument):
            document = self.document.to_dict()
        else:
            document = self.document

        invoice_id: str | Unset | None
        if isinstance(self.invoice_id, Unset):
            invoice_id = UNSET
        else:
            invoice_id = self.invoice_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if callback_url is not UNSET:
            field_dict["callback_url"] = callback_url
        if correlation_id is not UNSET:
            field_dict["correlation_id"] = correlation_id
        if document is not UNSET:
            field_dict["document"] = document
        if invoice_id is not UNSET:
            field_dict["invoice_id"] = invoice_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.inline_document import InlineDocument

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

        def _parse_document(data: object) -> InlineDocument | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError
                document_type_0 = InlineDocument.from_dict(data)

                return document_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("InlineDocument | None | Unset", data)

        document = _parse_document(d.pop("document", UNSET))

        def _parse_invoice_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        invoice_id = _parse_invoice_id(d.pop("invoice_id", UNSET))

        score_request = cls(
            as_of=as_of,
            callback_url=callback_url,
            correlation_id=correlation_id,
            document=document,
            invoice_id=invoice_id,
        )

        return score_request
