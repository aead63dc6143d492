from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.inline_document import InlineDocument


T = TypeVar("T", bound="BatchItem")


@_attrs_define
class BatchItem:
    """One invoice of a batch: of the ledger by id, or a whole document."""

    document: InlineDocument | Unset | None = UNSET
    """ an invoice that is not in the ledger """
    invoice_id: str | Unset | None = UNSET
    """ id of an invoice in the ledger """

    def to_dict(self) -> dict[str, Any]:
        from ..models.inline_document import InlineDocument

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
        if document is not UNSET:
            field_dict["document"] = document
        if invoice_id is not UNSET:
            field_dict["invoice_id"] = invoice_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.inline_document import InlineDocument

        d = dict(src_dict)

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

        batch_item = cls(
            document=document,
            invoice_id=invoice_id,
        )

        return batch_item
