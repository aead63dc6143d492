"""One invoice at one moment, with the records around it found by their keys, each at most once.

Of other invoices only those of the same client or project are looked at: they are what a slice of the ledger holds,
so that one invoice alone, in a block, and in the whole ledger has the same facts.
"""

from functools import cached_property
from typing import Any

from serving.controls.known import Known

ENDED = frozenset({"cancelled", "credited"})


class Subject:
    """An invoice as it was known; row numbers are ``None`` where a record was not."""

    def __init__(self, known: Known, invoice_id: str) -> None:
        self.known = known
        self.invoice_id = invoice_id
        self.row = known.row("invoice", invoice_id)

    def own(self, name: str) -> Any:
        """A value of the invoice itself."""
        return None if self.row is None else self.known.cell("invoice", self.row, name)

    @cached_property
    def project_id(self) -> str | None:
        """Main project."""
        project: str | None = self.own("project_id")
        return project

    @cached_property
    def project(self) -> int | None:
        """Row of the main project."""
        return self.known.row("project", self.project_id)

    @cached_property
    def client(self) -> int | None:
        """Row of the client."""
        return self.known.row("client", self.own("client_id"))

    @cached_property
    def legal_entity(self) -> int | None:
        """Row of our company that issues the invoice."""
        return self.known.row("legal_entity", self.own("legal_entity_id"))

    @cached_property
    def contract(self) -> int | None:
        """Row of the contract named by the invoice, or by its project.

        What one of our companies charges another is not bound by the contract with the client who is served.
        """
        named = self.own("contract_id")
        if named is None and self.project is not None:
            named = self.known.cell("project", self.project, "contract_id")
        found = self.known.row("contract", named)
        if found is None or self.own("intercompany") is not True:
            return found
        return found if self.known.cell("contract", found, "client_id") == self.own("client_id") else None

    @cached_property
    def contract_id(self) -> str | None:
        """Id of the contract, if it is known."""
        return None if self.contract is None else self.known.cell("contract", self.contract, "contract_id")

    @cached_property
    def line_rows(self) -> list[int]:
        """Rows of the invoice's lines."""
        return self.known.rows("invoice_line", "invoice_id", self.invoice_id) if self.row is not None else []

    @cached_property
    def time_rows(self) -> list[int]:
        """Rows of the lines that bill time."""
        return [row for row in self.line_rows if self.known.cell("invoice_line", row, "line_kind") == "time"]

    @cached_property
    def people(self) -> frozenset[str] | None:
        """Who is billed by time; ``None`` when a line does not say who."""
        people = {self.known.cell("invoice_line", row, "resource_id") for row in self.time_rows}
        return None if None in people else frozenset(people)

    @cached_property
    def period(self) -> tuple[int, int] | None:
        """First and last billed day."""
        start, end = self.own("period_start"), self.own("period_end")
        return None if start is None or end is None else (start, end)

    @cached_property
    def billed_time(self) -> list[int]:
        """Rows of billable timesheets of the billed period, project and people; none where no time is billed."""
        if self.period is None or not self.time_rows:
            return []
        (start, end), values, people = self.period, self.known.values, self.people
        billable, worked, who = (values("time_entry", name) for name in ("billable", "worked_on", "resource_id"))
        return [
            row
            for row in self.known.rows("time_entry", "project_id", self.project_id)
            if billable[row] and start <= worked[row] <= end and (people is None or who[row] in people)
        ]

    @cached_property
    def linked(self) -> dict[str, tuple[str, bool]]:
        """Id of each linked document → (kind of link, whether this invoice points at it)."""
        known, found = self.known, dict[str, tuple[str, bool]]()
        for mine, other, outgoing in (("from_id", "to_id", True), ("to_id", "from_id", False)):
            for row in known.rows("document_link", mine, self.invoice_id):
                found[known.cell("document_link", row, other)] = (known.cell("document_link", row, "link"), outgoing)
        return found

    @cached_property
    def related(self) -> frozenset[str]:
        """Ids of the documents that are linked to this invoice, or are parts of the same invoice.

        Parts of one contract are not: whole contracts are billed in parts, and one of them may well come twice.
        """
        known, part = self.known, ("partial_of", True)
        wholes = [other for other, way in self.linked.items() if way == part and self.near(other) is not None]
        links = [row for whole in wholes for row in known.rows("document_link", "to_id", whole)]
        parts = (row for row in links if known.cell("document_link", row, "link") == "partial_of")
        return frozenset((*self.linked, *(known.cell("document_link", row, "from_id") for row in parts)))

    def is_near(self, row: int) -> bool:
        """Whether another invoice has the same client or project."""
        cell = self.known.cell
        same_client = cell("invoice", row, "client_id") == self.own("client_id")
        return same_client or (self.project_id is not None and cell("invoice", row, "project_id") == self.project_id)

    def near(self, invoice_id: str | None) -> int | None:
        """Row of another invoice with the same client or project, or ``None``."""
        row = self.known.row("invoice", invoice_id)
        return row if row is not None and self.is_near(row) else None

    @cached_property
    def contract_invoices(self) -> list[int]:
        """Rows of the contract's other invoices to the same client."""
        return self._others("contract_id", self.contract_id)

    @cached_property
    def project_invoices(self) -> list[int]:
        """Rows of the project's other invoices to the same client."""
        return self._others("project_id", self.project_id)

    def _others(self, column: str, value: str | None) -> list[int]:
        clients, own = self.known.values("invoice", "client_id"), self.own("client_id")
        rows = self.known.rows("invoice", column, value)
        return [row for row in rows if row != self.row and clients[row] == own]

    def credited(self, row: int) -> float:
        """What was credited on an invoice of the same client; nothing is known of another client's credits."""
        same = self.known.cell("invoice", row, "client_id") == self.own("client_id")
        return self.known.credited(row) if same else 0.0
