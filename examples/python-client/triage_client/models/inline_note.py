from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="InlineNote")


@_attrs_define
class InlineNote:
    """Free text about a project, an invoice, a dispute or a client."""

    client_id: str
    """ client it concerns """
    note_id: str
    """ id of the note """
    text: str
    """ the text """
    author_id: str | Unset | None = UNSET
    """ who wrote it """
    dispute_id: str | Unset | None = UNSET
    """ dispute it concerns """
    invoice_id: str | Unset | None = UNSET
    """ invoice it concerns """
    project_id: str | Unset | None = UNSET
    """ project it concerns """

    def to_dict(self) -> dict[str, Any]:
        client_id = self.client_id

        note_id = self.note_id

        text = self.text

        author_id: str | Unset | None
        if isinstance(self.author_id, Unset):
            author_id = UNSET
        else:
            author_id = self.author_id

        dispute_id: str | Unset | None
        if isinstance(self.dispute_id, Unset):
            dispute_id = UNSET
        else:
            dispute_id = self.dispute_id

        invoice_id: str | Unset | None
        if isinstance(self.invoice_id, Unset):
            invoice_id = UNSET
        else:
            invoice_id = self.invoice_id

        project_id: str | Unset | None
        if isinstance(self.project_id, Unset):
            project_id = UNSET
        else:
            project_id = self.project_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "client_id": client_id,
                "note_id": note_id,
                "text": text,
            }
        )
        if author_id is not UNSET:
            field_dict["author_id"] = author_id
        if dispute_id is not UNSET:
            field_dict["dispute_id"] = dispute_id
        if invoice_id is not UNSET:
            field_dict["invoice_id"] = invoice_id
        if project_id is not UNSET:
            field_dict["project_id"] = project_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        client_id = d.pop("client_id")

        note_id = d.pop("note_id")

        text = d.pop("text")

        def _parse_author_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        author_id = _parse_author_id(d.pop("author_id", UNSET))

        def _parse_dispute_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        dispute_id = _parse_dispute_id(d.pop("dispute_id", UNSET))

        def _parse_invoice_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        invoice_id = _parse_invoice_id(d.pop("invoice_id", UNSET))

        def _parse_project_id(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast("None | str | Unset", data)

        project_id = _parse_project_id(d.pop("project_id", UNSET))

        inline_note = cls(
            client_id=client_id,
            note_id=note_id,
            text=text,
            author_id=author_id,
            dispute_id=dispute_id,
            invoice_id=invoice_id,
            project_id=project_id,
        )

        return inline_note
