"""Second deliveries, conflicts, back-dated rows and disorder are there, and never come before their originals."""

from collections.abc import Iterator

from ledger.records import Record
from simulator.disturbances import disturb
from simulator.world import World
from tests.simulator.history import History


def split(history: History) -> tuple[int, int]:
    """Numbers of duplicates and of conflicts."""
    seen: dict[tuple[str, str, str, str], str] = {}
    duplicates = conflicts = 0
    for batch in history.batches:
        for record in batch:
            key = (record.kind, record.source, record.source_id, record.version)
            if key not in seen:
                seen[key] = record.digest()
            elif seen[key] == record.digest():
                duplicates += 1
            else:
                conflicts += 1
    return duplicates, conflicts


def test_some_records_come_twice_and_a_few_contradict_themselves(history: History) -> None:
    duplicates, conflicts = split(history)
    total = sum(map(len, history.batches))
    assert 0.002 < duplicates / total < 0.005
    assert 0.0001 < conflicts / total < 0.002


def test_a_copy_comes_in_a_later_batch_than_its_original(history: History) -> None:
    for batch in history.batches:
        keys = [(record.kind, record.source, record.source_id, record.version) for record in batch]
        assert len(keys) == len(set(keys))


def test_some_timesheets_are_entered_weeks_after_the_work(history: History) -> None:
    entries = [one for one in history.kinds["time_entry"] if one.version == "1"]
    back_dated = [one for one in entries if (one.known_at - one.event_at).days >= 7]
    assert 0.01 < len(back_dated) / len(entries) < 0.1


def test_records_do_not_arrive_in_the_order_in_which_they_became_known(history: History) -> None:
    moments = [record.known_at for record in history.batches[0]]
    assert moments != sorted(moments)


def test_an_integration_that_fails_brings_the_draft_later(history: History) -> None:
    drafts = history.drafts()
    failures = [one for one in history.kinds["sync_event"] if not one.success]
    assert len(failures) > 20
    assert all(one.known_at < drafts[one.object_id].known_at for one in failures if one.object_id in drafts)


def test_disturbing_nothing_yields_nothing(world: World) -> None:
    def nothing() -> Iterator[list[Record]]:
        yield from ()

    assert list(disturb(world, nothing())) == []
