"""Writing is idempotent, reports its progress, and files carry every digit."""

from pathlib import Path

import orjson
from sqlalchemy import Engine, text

from ledger.records import KINDS
from ledger.store import Appended
from simulator.firm import simulate
from simulator.write import to_line, write_to_files, write_to_ledger
from tests.simulator.history import History

SMALL = {"invoices": 60, "months": 6, "seed": 3}


def test_writing_twice_doubles_nothing(engine: Engine) -> None:
    first = write_to_ledger(engine, simulate(**SMALL))
    second = write_to_ledger(engine, simulate(**SMALL))
    assert first.accepted > 1000
    assert second == Appended(0, first.accepted + first.duplicates, first.conflicts)


def test_what_is_written_is_what_was_simulated(engine: Engine) -> None:
    batches = list(simulate(**SMALL))
    written = write_to_ledger(engine, batches)
    keys = {(r.kind, r.source, r.source_id, r.version) for batch in batches for r in batch}
    with engine.connect() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {kind}")).scalar_one() for kind in KINDS]
    assert sum(counts) == len(keys) == written.accepted


def test_progress_counts_every_record(engine: Engine) -> None:
    seen: list[int] = []
    batches = list(simulate(**SMALL))
    write_to_ledger(engine, batches, progress=seen.append)
    assert sum(seen) == sum(map(len, batches))


def test_files_hold_the_same_records_and_digests(tmp_path: Path) -> None:
    batches = list(simulate(**SMALL))
    counts = write_to_files(tmp_path / "out", batches)
    wanted = sorted(record.digest() for batch in batches for record in batch)
    found = [
        KINDS[path.stem].model_validate(orjson.loads(line)).digest()
        for path in (tmp_path / "out").glob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    assert sorted(found) == wanted
    assert sum(counts.values()) == len(wanted)


def test_writing_files_again_replaces_them(tmp_path: Path) -> None:
    first = write_to_files(tmp_path, simulate(**SMALL))
    size = (tmp_path / "invoice.jsonl").stat().st_size
    assert write_to_files(tmp_path, simulate(**SMALL)) == first
    assert (tmp_path / "invoice.jsonl").stat().st_size == size


def test_money_is_written_as_text(history: History) -> None:
    row = orjson.loads(to_line(history.kinds["payment"][0]))
    assert row["amount"] == str(row["amount"])
    assert row["known_at"].endswith("+00:00")
