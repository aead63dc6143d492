"""What every part of the simulation shares: chance, calendar, parameters, the desk, the truth and the people."""

from dataclasses import dataclass, field
from datetime import date, datetime

from simulator.desk import Desk
from simulator.draws import Draws
from simulator.parameters import Parameters
from simulator.truth import Truth
from simulator.workdays import Workdays


@dataclass(frozen=True)
class Entity:
    """One of the firm's companies; ``level`` scales prices from euro to its currency and market."""

    entity_id: str
    name: str
    country: str
    currency: str
    region: str
    level: float
    tax_code: str


ENTITIES = (
    Entity("LE-10", "Northgate Advisory Inc.", "US", "USD", "Americas", 1.25, "US-EXEMPT"),
    Entity("LE-20", "Northgate Advisory Ltd", "GB", "GBP", "UK & Ireland", 0.90, "GB-S20"),
    Entity("LE-30", "Northgate Beratung GmbH", "DE", "EUR", "DACH", 1.00, "DE-S19"),
    Entity("LE-40", "Northgate Conseil SAS", "FR", "EUR", "Southern Europe", 0.95, "FR-S20"),
    Entity("LE-50", "Northgate Advisory Pte Ltd", "SG", "SGD", "Asia Pacific", 1.40, "SG-S09"),
)
TAX_RATES = {"US-EXEMPT": 0.0, "GB-S20": 0.20, "DE-S19": 0.19, "FR-S20": 0.20, "SG-S09": 0.09, "ZERO": 0.0}


@dataclass(frozen=True)
class Person:
    """Someone who delivers."""

    person_id: str
    role: str
    entity: Entity


@dataclass(frozen=True)
class Approver:
    """Someone who approves, with habits of their own."""

    person_id: str
    role: str
    median_days: float
    fridays_only: bool


@dataclass
class World:
    """The state of one simulation."""

    draws: Draws
    parameters: Parameters
    desk: Desk
    truth: Truth
    start: date
    end: date
    calendars: dict[str, Workdays]
    people: dict[str, list[Person]] = field(default_factory=dict)
    managers: dict[str, list[Approver]] = field(default_factory=dict)
    clerks: dict[str, list[Approver]] = field(default_factory=dict)

    def calendar(self, country: str) -> Workdays:
        """The working days of a country."""
        return self.calendars[country]

    @property
    def opening(self) -> datetime:
        """When the firm's master data was loaded: before everything else."""
        return datetime(self.start.year - 1, self.start.month, 1, 6, tzinfo=self.desk.horizon.tzinfo)
