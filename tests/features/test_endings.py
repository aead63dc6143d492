"""The firm's newest endings: a slice reads no more than the window, and sees what the whole ledger shows."""

from sqlalchemy import Connection, text

from features.build import build_features
from features.endings import FIRM_WINDOW, endings
from features.history import load_history, load_slice, with_records
from features.moments import scoring_moments
from ledger.records import Record
from ledger.store import append
from tests.features.builders import make

CLIMATE = ("firm_late_rate", "firm_days_late", "firm_objection_share")


def ledger(settled: int) -> list[Record]:
    """So many settlements of as many clients, every other one late, later ones more; every tenth disputed before."""
    records = []
    for number in range(settled):
        known, name = number // 2, f"{number:04d}"
        common = {"invoice_id": name, "client_id": name, "due_date": known, "version": "2"}
        records.append(make("invoice", known=known, status="settled", settled_on=known + number % 2 * number, **common))
        if number % 10 == 0:
            records.append(make("dispute", known=known, dispute_id=name, invoice_id=name, client_id=name))
    return records


def test_a_slice_reads_the_window_and_no_more(connection: Connection) -> None:
    append(connection, [*ledger(FIRM_WINDOW + 60), make("invoice", known=900)])
    found = endings(load_slice(connection, ["i"]))
    assert int((found["objection"] == 0).sum()) == FIRM_WINDOW
    assert len(endings(load_history(connection))["objection"]) > FIRM_WINDOW + 60


def test_the_climate_of_a_slice_has_the_bytes_of_the_whole_ledger(connection: Connection) -> None:
    mine = [make("invoice", known=known, invoice_id=f"i{known}") for known in (3, 110, 129.5, 130, 900)]
    append(connection, [*ledger(FIRM_WINDOW + 60), *mine])
    everything = load_history(connection)
    ids, moments = scoring_moments(everything)
    batch = build_features(everything, ids, moments)
    asked = [row for row, invoice_id in enumerate(ids) if invoice_id.startswith("i")]
    together = load_slice(connection, [record.entity_id for record in mine])
    for row in asked:
        one = slice(row, row + 1)
        for history in (load_slice(connection, [ids[row]]), together):
            found = build_features(history, ids[one], moments[one])
            for name in CLIMATE:
                assert found.column(name).tobytes() == batch.column(name)[one].tobytes()


def test_a_settlement_repeated_by_a_later_version_counts_once(connection: Connection) -> None:
    twice = [make("invoice", known=known, invoice_id="a", client_id="x", status="settled") for known in (1, 2)]
    append(connection, [*twice, make("invoice", known=5)])
    assert endings(load_slice(connection, ["i"]))["record_id"].tolist() == [1]


def test_a_replay_sees_only_the_endings_of_its_snapshot(connection: Connection) -> None:
    append(connection, [*ledger(4), make("invoice", known=50)])
    before_anything, now = "1:1:", connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one()
    assert len(endings(load_slice(connection, ["i"], snapshot=before_anything))["record_id"]) == 0
    assert endings(load_slice(connection, ["i"], snapshot=now)).keys() == endings(load_slice(connection, ["i"])).keys()


def test_endings_sent_along_count_as_if_they_were_written(connection: Connection) -> None:
    append(connection, [make("invoice", known=50)])
    written = load_slice(connection, ["i"])
    assert len(endings(written)["record_id"]) == 0
    assert len(endings(with_records(written, ledger(11)))["record_id"]) == 11 + 2
