"""What integrations do to records on their way: second deliveries, conflicting copies, failures, disorder."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from ledger.records import Expense, Payment, Record, SyncEvent, TimeEntry
from simulator.bill import Bill
from simulator.desk import ERP
from simulator.world import World

_FAILURES = (
    "timeout while posting the document",
    "customer not found in target system",
    "tax code mapping missing",
    "document locked by another user",
)


def report_sync(world: World, bill: Bill, failed_at: datetime | None) -> None:
    """The integration's own account: some successes, and every failure before the draft came through."""
    if failed_at is not None:
        _sync(world, bill, success=False, moment=failed_at)
    if failed_at is not None or world.draws.chance(world.parameters.disturbance.sync_success_logged):
        _sync(world, bill, success=True, moment=bill.drafted_at)


def _sync(world: World, bill: Bill, *, success: bool, moment: datetime) -> None:
    world.desk.add(
        SyncEvent,
        ERP,
        event_at=moment - timedelta(minutes=1),
        known_at=moment,
        sync_event_id=world.desk.next_id("S"),
        system="psa-to-erp",
        object_kind="invoice",
        object_id=bill.invoice_id,
        success=success,
        message=None if success else world.draws.pick(_FAILURES),
    )


def disturb(world: World, batches: Iterator[list[Record]]) -> Iterator[list[Record]]:
    """Shuffle each batch, and deliver some of its records a second time with the next one.

    Copies never come before their originals: what the ledger keeps does not depend on chance inside a batch.
    """
    copies: list[Record] = []
    for batch in batches:
        yield _shuffled(world, batch + copies)
        copies = _copies(world, batch)
    if copies:
        yield copies


def _shuffled(world: World, records: list[Record]) -> list[Record]:
    order = world.draws.order(len(records))
    return [records[place] for place in order]


def _copies(world: World, batch: list[Record]) -> list[Record]:
    draws, rates, copies = world.draws, world.parameters.disturbance, []
    for record in batch:
        lot = draws.uniform()
        if lot < rates.duplicate:
            later = record.known_at + timedelta(days=draws.whole(0, 3))
            copies.append(record.model_copy(update={"known_at": later}))
        elif lot < rates.duplicate + rates.conflict:
            copies.extend(_conflicting(record))
    return copies


def _conflicting(record: Record) -> Iterator[Record]:
    """The same key with another content, as a source sends that edits rows in place."""
    later = record.known_at + timedelta(hours=5)
    if isinstance(record, TimeEntry):
        yield record.model_copy(update={"hours": record.hours + Decimal(1), "known_at": later})
    elif isinstance(record, (Payment, Expense)):
        yield record.model_copy(update={"amount": record.amount + Decimal("0.01"), "known_at": later})
