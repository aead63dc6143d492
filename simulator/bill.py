"""The draft invoice as the simulation carries it from billing to its end, and how its versions are written."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.records import Invoice, InvoiceLine
from ledger.records.billing import Cause, InvoiceStatus, LineKind
from simulator.desk import ERP, money
from simulator.projects import Job
from simulator.workdays import at
from simulator.world import TAX_RATES, World


@dataclass(frozen=True)
class Line:
    """One line; ``refers`` holds the columns that name what it bills."""

    kind: LineKind
    text: str
    quantity: Decimal
    unit: str
    rate: Decimal
    refers: dict[str, Any] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        """Quantity times rate, to cents."""
        return (self.quantity * self.rate).quantize(Decimal("0.01"))


@dataclass
class Bill:
    """A draft with everything that is true about it.

    ``hazards`` are those of a client of mean temper; ``wait_until`` is when papers that it lacks will be there.
    """

    invoice_id: str
    job: Job
    client_id: str
    entity_id: str
    currency: str
    tax_code: str
    start: date
    end: date
    billable_on: date
    drafted_at: datetime
    lines: list[Line]
    po_number: str | None
    document: str = "invoice"
    hazards: dict[Cause, float] = field(default_factory=dict)
    visible: list[Cause] = field(default_factory=list)
    anomalies: list[str] = field(default_factory=list)
    cancel_probability: float = 0.0
    waits_approval: datetime | None = None
    waits_acceptance: datetime | None = None

    @property
    def amount(self) -> Decimal:
        """Net total."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def intercompany(self) -> bool:
        """Whether one of our own companies receives it."""
        return self.document == "intercompany"

    def blame(self, cause: Cause, hazard: float) -> None:
        """Add a defect's hazard."""
        self.hazards[cause] = self.hazards.get(cause, 0.0) + hazard
        if cause not in self.visible:
            self.visible.append(cause)


def write_draft(world: World, bill: Bill) -> None:
    """The first version and its lines, all known at once."""
    made_at = bill.drafted_at - timedelta(minutes=world.draws.whole(1, 90))
    write_version(world, bill, InvoiceStatus.DRAFT, bill.drafted_at, event_at=made_at)
    for number, line in enumerate(bill.lines, start=1):
        world.desk.add(
            InvoiceLine,
            ERP,
            event_at=made_at,
            known_at=bill.drafted_at,
            line_id=f"{bill.invoice_id}-{number}",
            invoice_id=bill.invoice_id,
            line_number=number,
            client_id=bill.client_id,
            project_id=bill.job.project_id,
            line_kind=line.kind,
            description=line.text,
            quantity=line.quantity,
            unit=line.unit,
            unit_rate=line.rate,
            amount=line.amount,
            currency=bill.currency,
            tax_code=bill.tax_code,
            **line.refers,
        )


_VERSIONS = {
    InvoiceStatus.DRAFT: 1,
    InvoiceStatus.APPROVED: 2,
    InvoiceStatus.CANCELLED: 2,
    InvoiceStatus.ISSUED: 3,
    InvoiceStatus.SETTLED: 4,
    InvoiceStatus.CREDITED: 4,
    InvoiceStatus.WRITTEN_OFF: 4,
}


def write_version(
    world: World,
    bill: Bill,
    status: InvoiceStatus,
    known_at: datetime,
    *,
    event_at: datetime | None = None,
    issued_on: date | None = None,
    settled_on: date | None = None,
) -> None:
    """One step of the invoice's life; the dates on a draft are what they would be, were it sent that day."""
    job, terms = bill.job, 30 if bill.intercompany else bill.job.client.terms
    printed = issued_on or bill.drafted_at.date()
    world.desk.add(
        Invoice,
        ERP,
        _VERSIONS[status],
        event_at=event_at or known_at,
        known_at=known_at,
        invoice_id=bill.invoice_id,
        invoice_number=None if issued_on is None else f"{bill.entity_id[3:]}/{issued_on:%y}/{bill.invoice_id[4:]}",
        client_id=bill.client_id,
        contract_id=job.contract_id,
        project_id=job.project_id,
        legal_entity_id=bill.entity_id,
        billing_method=job.method,
        status=status,
        currency=bill.currency,
        amount=bill.amount,
        tax_amount=money(float(bill.amount) * TAX_RATES[bill.tax_code]),
        invoice_date=printed,
        due_date=printed + timedelta(days=terms),
        payment_terms_days=terms,
        billable_on=bill.billable_on,
        issued_on=issued_on,
        settled_on=settled_on,
        po_number=bill.po_number,
        period_start=bill.start,
        period_end=bill.end,
        delivery_channel="electronic" if job.client.segment in ("enterprise", "public") else "e-mail",
        intercompany=bill.intercompany,
        prepared_by=job.owner.person_id,
        owner_id=job.manager.person_id,
    )


def end_of(day: date) -> datetime:
    """When the accounts of a day are closed."""
    return at(day, 18.5)


def columns_of(bill: Bill) -> dict[str, Any]:
    """The columns that every document about the invoice carries."""
    return {"invoice_id": bill.invoice_id, "client_id": bill.client_id}
