"""What became of invoices, as of any moment, and which of them are tried out first."""

from datetime import UTC, datetime

from cli.rehearsal.fates import Fate, Version, trial
from cli.rehearsal.hours import draws_of

DRAFTED, SENT = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 5, 7, 18, tzinfo=UTC)
FATE = Fate("C1", (Version(1, "draft", DRAFTED), Version(2, "issued", SENT)))


def test_a_version_counts_strictly_after_it_became_known() -> None:
    assert FATE.newest(DRAFTED) is None
    assert FATE.newest(SENT) == FATE.versions[0]
    assert FATE.newest(datetime(2026, 6, 1, tzinfo=UTC)) == FATE.versions[1]


def test_it_leaves_when_it_is_sent_or_taken_back() -> None:
    assert FATE.left_at == SENT
    assert Fate("C1", FATE.versions[:1]).left_at is None
    assert not FATE.cancelled
    assert Fate("C1", (Version(1, "cancelled", SENT),)).cancelled


def test_the_trial_takes_whole_clients_up_to_a_number_and_others_under_another_seed() -> None:
    fates = {f"INV-{number}": Fate(f"C{number % 10}", ()) for number in range(60)}
    tried = trial(fates, draws_of(1), most=20)
    assert len(tried) == 18
    assert len({fates[invoice].client_id for invoice in tried}) == 3
    assert tried != trial(fates, draws_of(2), most=20)


def test_of_a_small_firm_everything_is_tried() -> None:
    fates = {f"INV-{number}": Fate("C1", ()) for number in range(5)}
    assert trial(fates, draws_of(1), most=20) == frozenset(fates)
