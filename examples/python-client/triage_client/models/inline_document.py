from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.inline_expense import InlineExpense
    from ..models.inline_invoice import InlineInvoice
    from ..models.inline_invoice_line import InlineInvoiceLine
    from ..models.inline_milestone import InlineMilestone
    from ..models.inline_note import InlineNote
    from ..models.inline_time_entry import InlineTimeEntry


T = TypeVar("T", bound="InlineDocument")


@_attrs_define
class InlineDocument:
    """An invoice with its lines, and records that belong to it and are not in the ledger yet."""

    invoice: InlineInvoice
    """ An invoice; each step of its life (draft, approved, issued, settled …) is a new version. """
    expenses: list[InlineExpense] | Unset = UNSET
    """ expenses """
    lines: list[InlineInvoiceLine] | Unset = UNSET
    """ its lines """
    milestones: list[InlineMilestone] | Unset = UNSET
    """ milestones """
    notes: list[InlineNote] | Unset = UNSET
    """ notes about it """
    time_entries: list[InlineTimeEntry] | Unset = UNSET
    """ timesheets """

    def to_dict(self) -> dict[str, Any]:
        invoice = self.invoice.to_dict()

        expenses: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.expenses, Unset):
            expenses = []
            for expenses_item_data in self.expenses:
                expenses_item = expenses_item_data.to_dict()
                expenses.append(expenses_item)

        lines: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.lines, Unset):
            lines = []
            for lines_item_data in self.lines:
                lines_item = lines_item_data.to_dict()
                lines.append(lines_item)

        milestones: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.milestones, Unset):
            milestones = []
            for milestones_item_data in self.milestones:
                milestones_item = milestones_item_data.to_dict()
                milestones.append(milestones_item)

        notes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.notes, Unset):
            notes = []
            for notes_item_data in self.notes:
                notes_item = notes_item_data.to_dict()
                notes.append(notes_item)

        time_entries: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.time_entries, Unset):
            time_entries = []
            for time_entries_item_data in self.time_entries:
                time_entries_item = time_entries_item_data.to_dict()
                time_entries.append(time_entries_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "invoice": invoice,
            }
        )
        if expenses is not UNSET:
            field_dict["expenses"] = expenses
        if lines is not UNSET:
            field_dict["lines"] = lines
        if milestones is not UNSET:
            field_dict["milestones"] = milestones
        if notes is not UNSET:
            field_dict["notes"] = notes
        if time_entries is not UNSET:
            field_dict["time_entries"] = time_entries

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.inline_expense import InlineExpense
        from ..models.inline_invoice import InlineInvoice
        from ..models.inline_invoice_line import InlineInvoiceLine
        from ..models.inline_milestone import InlineMilestone
        from ..models.inline_note import InlineNote
        from ..models.inline_time_entry import InlineTimeEntry

        d = dict(src_dict)
        invoice = InlineInvoice.from_dict(d.pop("invoice"))

        _expenses = d.pop("expenses", UNSET)
        expenses: list[InlineExpense] | Unset = UNSET
        if _expenses is not UNSET:
            expenses = []
            for expenses_item_data in _expenses:
                expenses_item = InlineExpense.from_dict(expenses_item_data)

                expenses.append(expenses_item)

        _lines = d.pop("lines", UNSET)
        lines: list[InlineInvoiceLine] | Unset = UNSET
        if _lines is not UNSET:
            lines = []
            for lines_item_data in _lines:
                lines_item = InlineInvoiceLine.from_dict(lines_item_data)

                lines.append(lines_item)

        _milestones = d.pop("milestones", UNSET)
        milestones: list[InlineMilestone] | Unset = UNSET
        if _milestones is not UNSET:
            milestones = []
            for milestones_item_data in _milestones:
                milestones_item = InlineMilestone.from_dict(milestones_item_data)

                milestones.append(milestones_item)

        _notes = d.pop("notes", UNSET)
        notes: list[InlineNote] | Unset = UNSET
        if _notes is not UNSET:
            notes = []
            for notes_item_data in _notes:
                notes_item = InlineNote.from_dict(notes_item_data)

                notes.append(notes_item)

        _time_entries = d.pop("time_entries", UNSET)
        time_entries: list[InlineTimeEntry] | Unset = UNSET
        if _time_entries is not UNSET:
            time_entries = []
            for time_entries_item_data in _time_entries:
                time_entries_item = InlineTimeEntry.from_dict(time_entries_item_data)

                time_entries.append(time_entries_item)

        inline_document = cls(
            invoice=invoice,
            expenses=expenses,
            lines=lines,
            milestones=milestones,
            notes=notes,
            time_entries=time_entries,
        )

        return inline_document
