"""Who takes part: the firm's companies and people, their rate cards, exchange rates, and the clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ledger.records import Client, FxRate, LegalEntity, RateCard, Resource
from ledger.records.parties import MasterStatus
from simulator.desk import CRM, ERP, PSA
from simulator.workdays import at, month_start
from simulator.world import ENTITIES, Approver, Entity, Person, World

ROLES = {
    "Partner": 320.0,
    "Senior Manager": 240.0,
    "Manager": 190.0,
    "Senior Consultant": 150.0,
    "Consultant": 115.0,
    "Analyst": 85.0,
}
ROLE_SHARES = {
    "Partner": 0.04,
    "Senior Manager": 0.08,
    "Manager": 0.14,
    "Senior Consultant": 0.26,
    "Consultant": 0.30,
    "Analyst": 0.18,
}
GROUP_CURRENCY = "EUR"
FX_LEVELS = {"USD": 0.90, "GBP": 1.17, "SGD": 0.68, "CHF": 1.05}  # order of magnitude of 2024-25 quotations
COUNTRIES = {"LE-10": ("US",), "LE-20": ("GB",), "LE-30": ("DE", "DE", "CH"), "LE-40": ("FR", "ES"), "LE-50": ("SG",)}
TERMS = {"enterprise": (30, 45, 60, 60), "mid_market": (30, 30, 45), "small": (14, 14, 30), "public": (30, 30, 60)}
FIRST_NAMES = ("Ana", "Ben", "Chloé", "Dieter", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Katrin", "Liam")
LAST_NAMES = ("Abbott", "Berger", "Costa", "Dubois", "Engel", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Khan")
NAME_HEADS = (
    "Alder",
    "Birch",
    "Cobalt",
    "Delta",
    "Ember",
    "Fjord",
    "Garnet",
    "Harbour",
    "Ivory",
    "Juniper",
    "Keystone",
)
_MASTER_CHANGES: tuple[dict[str, Any], ...] = (
    {"credit_hold": True},
    {"status": MasterStatus.INACTIVE},
    {"billing_contact": None},
)
NAME_TAILS = ("Energy", "Foods", "Health", "Insurance", "Logistics", "Media", "Motors", "Pharma", "Retail", "Telecom")


@dataclass(frozen=True)
class ClientProfile:
    """A client and its temperament."""

    client_id: str
    entity: Entity
    country: str
    currency: str
    segment: str
    temper: float  # multiplies every dispute hazard; mean 1
    strictness: float  # multiplies hazards of missing papers (PO, evidence, approvals)
    delay_days: float  # usual days late, before drift and season
    drift_per_month: float
    jump_month: int  # month from which it pays ``jump_days`` later; beyond the horizon for most
    jump_days: float
    pay_run: str  # any_day, weekly, twice_a_month
    terms: int
    po_required: bool
    discount: float


def write_firm(world: World) -> None:
    """The firm's own master data: companies, exchange rates, people."""
    for entity in ENTITIES:
        _write_entity(world, entity)
    for currency, level in FX_LEVELS.items():
        _write_fx(world, currency, level)


def staff(world: World, *, people: int, managers: int) -> None:
    """Hire and write the people; each entity gets at least a few of each kind."""
    for entity in ENTITIES:
        world.people[entity.entity_id] = [_hire(world, entity) for _ in range(max(5, people // len(ENTITIES)))]
        world.managers[entity.entity_id] = [
            _approver(world, entity, "Senior Manager") for _ in range(max(3, managers // len(ENTITIES)))
        ]
        world.clerks[entity.entity_id] = [_approver(world, entity, "Billing Clerk") for _ in range(3)]


def _write_entity(world: World, entity: Entity) -> None:
    world.desk.add(
        LegalEntity,
        ERP,
        known_at=world.opening,
        legal_entity_id=entity.entity_id,
        name=entity.name,
        country=entity.country,
        currency=entity.currency,
        region=entity.region,
        tax_id=f"{entity.country}{entity.entity_id[-2:]}0041977",
    )
    world.desk.add(
        Client,
        CRM,
        known_at=world.opening,
        client_id=intercompany_client(entity),
        name=entity.name,
        country=entity.country,
        currency=entity.currency,
        segment="intercompany",
    )
    for role in ROLES:
        write_rates(world, f"RC-IC-{entity.entity_id}", entity.currency, role, price(entity, role, 0.7))


def intercompany_client(entity: Entity) -> str:
    """Id of the client record of one of our own companies."""
    return f"IC-{entity.entity_id}"


def price(entity: Entity, role: str, factor: float) -> Decimal:
    """The hourly rate of a role, rounded to whole units as firms do."""
    return Decimal(max(20, round(ROLES[role] * entity.level * factor)))


def write_rates(world: World, card: str, currency: str, role: str, rate: Decimal) -> None:
    """One role of a card: last year's rate and, from January of the last year, one raised by three percent."""
    turn = world.end.replace(month=1, day=1)
    for number, (first, last, value) in enumerate(
        ((month_start(world.start, -24), turn - timedelta(days=1), rate), (turn, None, raised(rate))), start=1
    ):
        world.desk.add(
            RateCard,
            PSA,
            source_id=f"{card}:{role}:{number}",
            known_at=max(world.opening, at(first - timedelta(days=30), 9.0)),
            rate_card_id=card,
            role=role,
            rate=value,
            currency=currency,
            valid_from=first,
            valid_to=last,
        )


def raised(rate: Decimal) -> Decimal:
    """The rate after the yearly rise of three percent, in whole units."""
    return (rate * Decimal("1.03")).quantize(Decimal(1))


def _write_fx(world: World, currency: str, level: float) -> None:
    day, rate = month_start(world.start, -1), level
    while day <= world.end:
        world.desk.add(
            FxRate,
            ERP,
            source_id=f"{currency}:{day}",
            known_at=at(day, 17.0),
            currency=currency,
            group_currency=GROUP_CURRENCY,
            rate=Decimal(f"{rate:.5f}"),
            valid_on=day,
        )
        day += timedelta(days=7)
        # A slow pull to the level keeps two years of weekly steps in a believable range.
        rate *= 1.0 + 0.006 * world.draws.normal() + 0.03 * (level / rate - 1.0)


def _resource(world: World, entity: Entity, role: str, cost: float | None) -> str:
    person_id = world.desk.next_id("R")
    world.desk.add(
        Resource,
        PSA,
        known_at=world.opening,
        resource_id=person_id,
        name=f"{world.draws.pick(FIRST_NAMES)} {world.draws.pick(LAST_NAMES)}",
        role=role,
        legal_entity_id=entity.entity_id,
        cost_rate=None if cost is None else Decimal(round(cost)),
        currency=entity.currency,
    )
    return person_id


def _hire(world: World, entity: Entity) -> Person:
    role = world.draws.weighted(ROLE_SHARES)
    return Person(_resource(world, entity, role, ROLES[role] * entity.level * 0.45), role, entity)


def _approver(world: World, entity: Entity, role: str) -> Approver:
    habits = world.parameters.approvals
    return Approver(
        _resource(world, entity, role, None),
        role,
        world.draws.lognormal(habits.median_days, habits.between_people),
        world.draws.chance(habits.friday_share),
    )


def make_clients(world: World, count: int) -> Iterator[ClientProfile]:
    """Draw and write the clients."""
    for _ in range(count):
        yield _make_client(world)


def _make_client(world: World) -> ClientProfile:
    draws, pay, hazards = world.draws, world.parameters.payments, world.parameters.hazards
    entity = draws.pick(ENTITIES)
    country = draws.pick(COUNTRIES[entity.entity_id])
    segment = draws.weighted({"enterprise": 0.3, "mid_market": 0.35, "small": 0.25, "public": 0.1})
    spread = hazards.temper_spread
    profile = ClientProfile(
        client_id=world.desk.next_id("C"),
        entity=entity,
        country=country,
        currency="CHF" if country == "CH" else entity.currency,
        segment=segment,
        temper=draws.lognormal(1.0, spread) / 2.718281828 ** (spread**2 / 2),
        strictness=draws.between(0.6, 1.4),
        delay_days=pay.mean_days
        + pay.country_days[country]
        + pay.segment_days[segment]
        + pay.between_clients * draws.normal(),
        drift_per_month=pay.drift_days_per_month * draws.normal() if draws.chance(pay.drifting_share) else 0.0,
        jump_month=draws.whole(3, 30) if draws.chance(pay.jump_share) else 10_000,
        jump_days=pay.jump_days,
        pay_run=draws.weighted({"any_day": 0.5, "weekly": 0.35, "twice_a_month": 0.15}),
        terms=draws.pick(TERMS[segment]),
        po_required=draws.chance({"enterprise": 0.7, "public": 0.8}.get(segment, 0.2)),
        discount=draws.between(0.8, 1.1),
    )
    _write_client(world, profile)
    return profile


def _write_client(world: World, profile: ClientProfile) -> None:
    draws = world.draws
    columns: dict[str, Any] = {
        "client_id": profile.client_id,
        "name": f"{draws.pick(NAME_HEADS)} {draws.pick(NAME_TAILS)}",
        "country": profile.country,
        "currency": profile.currency,
        "segment": profile.segment,
        "tax_id": None if draws.chance(0.02) else f"{profile.country}{profile.client_id[2:]}77",
        "billing_contact": None if draws.chance(0.03) else f"ap@{profile.client_id.lower()}.example",
        "po_required": profile.po_required,
    }
    world.desk.add(Client, CRM, known_at=world.opening, **columns)
    if draws.chance(0.06):
        day = month_start(world.start, draws.whole(1, 24)) + timedelta(days=draws.whole(0, 27))
        change = draws.pick(_MASTER_CHANGES)
        world.desk.add(Client, CRM, 2, known_at=at(day, 10.0), **{**columns, **change})
        world.desk.add(Client, CRM, 3, known_at=at(day + timedelta(days=draws.whole(10, 90)), 10.0), **columns)
