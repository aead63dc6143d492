"""Records of who takes part: clients, legal entities, contracts, projects, people, rates."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from ledger.records.base import Count, Country, Currency, Id, Money, NonNegative, Record, Text, column


class BillingMethod(StrEnum):
    """How a contract turns work into invoices."""

    TIME_AND_MATERIALS = "time_and_materials"
    FIXED_FEE = "fixed_fee"
    MILESTONE = "milestone"
    RETAINER = "retainer"
    RECURRING = "recurring"


class MasterStatus(StrEnum):
    """Whether master data may be billed against."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    BLOCKED = "blocked"


class ProjectStatus(StrEnum):
    """Life of a project."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class LegalEntity(Record):
    """One of the firm's own companies, which issues invoices."""

    kind: ClassVar[str] = "legal_entity"
    identity: ClassVar[str] = "legal_entity_id"

    legal_entity_id: Id = column("id of the company")
    name: Text = column("registered name")
    country: Country = column("country of registration")
    currency: Currency = column("functional currency")
    region: Text | None = column("sales region", default=None)
    tax_id: Text | None = column("VAT or tax number", default=None)


class Client(Record):
    """A customer who receives invoices (for payables data: the vendor who sent them)."""

    kind: ClassVar[str] = "client"
    identity: ClassVar[str] = "client_id"

    client_id: Id = column("id of the client")
    name: Text = column("client's name", misleads="names repeat; ids do not")
    country: Country | None = column("client's country", default=None)
    currency: Currency | None = column("usual invoice currency", default=None)
    segment: Text | None = column("size or industry segment", default=None)
    parent_client_id: Id | None = column("id of the parent group's client record", default=None)
    tax_id: Text | None = column("VAT or tax number", default=None)
    billing_contact: Text | None = column("where invoices are sent", default=None)
    po_required: bool = column("the client refuses invoices without a purchase order", default=False)
    credit_hold: bool = column("credit control has stopped further work", default=False)
    electronic_since: date | None = column("first day of electronic invoicing", default=None)
    status: MasterStatus = column("master data state", default=MasterStatus.ACTIVE)


class Contract(Record):
    """What was agreed: billing method, terms, rates, caps and what an invoice must carry."""

    kind: ClassVar[str] = "contract"
    identity: ClassVar[str] = "contract_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id",)

    contract_id: Id = column("id of the contract")
    client_id: Id = column("id of the client")
    legal_entity_id: Id | None = column("our company that contracts", default=None)
    billing_method: BillingMethod = column("how work is billed")
    currency: Currency = column("contract currency")
    payment_terms_days: Count = column("days from invoice date to due date", unit="days")
    value_amount: NonNegative | None = column("agreed value without change orders", unit="currency", default=None)
    cap_amount: NonNegative | None = column(
        "most that may be billed in total", unit="currency", misleads="approved change orders raise it", default=None
    )
    rate_card_id: Id | None = column("rate card in force", default=None)
    po_number: Text | None = column("the client's purchase order", default=None)
    po_required: bool = column("an invoice without a purchase order is refused", default=False)
    acceptance_required: bool = column("milestones need the client's written acceptance", default=False)
    invoicing_requirements: tuple[Text, ...] = column("documents an invoice must carry", default=())
    signed: bool = column("both parties have signed", default=True)
    start_on: date | None = column("first day", default=None)
    end_on: date | None = column("last day", default=None)


class Project(Record):
    """A piece of work for one client under one contract."""

    kind: ClassVar[str] = "project"
    identity: ClassVar[str] = "project_id"
    keys: ClassVar[tuple[str, ...]] = ("client_id", "manager_id")

    project_id: Id = column("id of the project")
    client_id: Id = column("id of the client")
    contract_id: Id | None = column("id of the contract", default=None)
    legal_entity_id: Id | None = column("our company that delivers", default=None)
    name: Text = column("project name")
    service_line: Text | None = column("kind of service", default=None)
    region: Text | None = column("delivery region", default=None)
    manager_id: Id | None = column("resource id of the project manager", default=None)
    status: ProjectStatus = column("life of the project", default=ProjectStatus.OPEN)
    currency: Currency = column("project currency")
    budget_amount: NonNegative | None = column("billable budget", unit="currency", default=None)
    planned_hours: NonNegative | None = column("planned effort", unit="hours", default=None)
    start_on: date | None = column("first day", default=None)
    end_on: date | None = column("planned last day", default=None)


class Resource(Record):
    """A person who works, approves or prepares."""

    kind: ClassVar[str] = "resource"
    identity: ClassVar[str] = "resource_id"

    resource_id: Id = column("id of the person")
    name: Text = column("person's name")
    role: Text | None = column("role on the rate card", default=None)
    legal_entity_id: Id | None = column("employing company", default=None)
    manager_id: Id | None = column("resource id of the line manager", default=None)
    cost_rate: NonNegative | None = column("cost of an hour", unit="currency/hour", default=None)
    currency: Currency | None = column("currency of the cost rate", default=None)


class RateCard(Record):
    """The agreed rate of one role on one card, for a period."""

    kind: ClassVar[str] = "rate_card"
    identity: ClassVar[str] = "rate_card_id"

    rate_card_id: Id = column("id of the card (shared by its roles)")
    role: Text = column("role the rate is for")
    rate: NonNegative = column("agreed rate", unit="currency/unit")
    unit: Text = column("hour or day", default="hour")
    currency: Currency = column("currency of the rate")
    valid_from: date = column("first day of validity")
    valid_to: date | None = column("last day of validity; open when empty", default=None)


class FxRate(Record):
    """What one unit of a currency was worth in the group currency on a day."""

    kind: ClassVar[str] = "fx_rate"
    identity: ClassVar[str] = "currency"

    currency: Currency = column("currency that is converted")
    group_currency: Currency = column("currency of the group's accounts")
    rate: Money = column("group currency per unit", misleads="some sources quote the inverse, or per 100 units")
    valid_on: date = column("day of the quotation")
