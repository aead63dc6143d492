"""What people write: before a draft it may be a signal, after a dispute it would be a leak (its known_at says so)."""

from datetime import datetime, timedelta
from typing import Any

from ledger.records import Note
from ledger.records.billing import Cause
from simulator.bill import Bill
from simulator.desk import CRM, PSA
from simulator.texts import AFTER, CLOSERS, MISLEADING, NEUTRAL, OPENERS, SIGNALS, SLOTS
from simulator.world import World

_LANGUAGES = {"DE": "de", "CH": "de", "FR": "fr", "ES": "es"}


def before_draft(world: World, bill: Bill) -> None:
    """Notes written in the billed period: neutral talk, false alarms, and signs of what is really wrong."""
    draws, rates = world.draws, world.parameters.notes
    if draws.chance(rates.neutral):
        _write(world, bill, NEUTRAL, _earlier(world, bill))
    if draws.chance(rates.misleading):
        _write(world, bill, MISLEADING, _earlier(world, bill))
    for cause in bill.visible:
        if cause in SIGNALS and bill.hazards[cause] > 0.08 and draws.chance(rates.signal):
            _write(world, bill, SIGNALS[cause], _earlier(world, bill))


def after_dispute(world: World, bill: Bill, cause: Cause, opened_at: datetime) -> None:
    """The account of the dispute, written after it was opened."""
    if world.draws.chance(world.parameters.notes.after_dispute):
        known_at = opened_at + timedelta(hours=world.draws.between(0.5, 200))
        dispute_id = f"D{bill.invoice_id[3:]}"
        _write(world, bill, AFTER[cause], known_at, source=CRM, dispute_id=dispute_id, invoice_id=bill.invoice_id)


def _earlier(world: World, bill: Bill) -> datetime:
    return bill.drafted_at - timedelta(hours=world.draws.between(2, 24 * 20))


def _write(
    world: World,
    bill: Bill,
    phrases: dict[str, tuple[str, ...]],
    known_at: datetime,
    *,
    source: str = PSA,
    **columns: Any,
) -> None:
    draws, job = world.draws, bill.job
    author = draws.pick((job.manager.person_id, job.owner.person_id, draws.pick(job.team).person_id))
    world.desk.add(
        Note,
        source,
        event_at=known_at - timedelta(minutes=draws.whole(0, 30)),
        known_at=known_at,
        note_id=world.desk.next_id("N"),
        client_id=bill.client_id,
        project_id=job.project_id,
        author_id=author,
        text=compose(world, phrases, job.client.country),
        **columns,
    )


def compose(world: World, phrases: dict[str, tuple[str, ...]], country: str) -> str:
    """A note in English, or half of the time in the client's language where that is another one."""
    draws, language = world.draws, _LANGUAGES.get(country, "en")
    if language not in phrases or not draws.chance(0.5):
        language = "en"
    body = draws.pick(phrases[language])
    for slot, values in SLOTS.items():
        if slot in body:
            body = body.replace(slot, draws.pick(values))
    opener = draws.pick(OPENERS[language]) if draws.chance(0.5) else ""
    closer = draws.pick(CLOSERS[language]) if draws.chance(0.5) else ""
    return f"{opener}{body}{closer}"
