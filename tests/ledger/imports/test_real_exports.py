"""The shipped mappings on real exports: every row loads, nothing is known early, only corrupted rows stand aside."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ledger.imports.loading import load_mapping
from ledger.imports.runner import dry_run, import_file

REAL = Path(os.environ.get("TRIAGE_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data")

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not REAL.is_dir(), reason="real data absent: set TRIAGE_REAL_DATA to its folder"),
]

EXPORTS = [("ibm-receivables", "ibm_receivables.csv", 1_725), ("cassandra-payables", "cassandra_payables.csv", 6_124)]
OUTCOMES = "SELECT invoice_id, known_at, settled_on FROM invoice WHERE status = 'settled'"


def count(engine: Engine, statement: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(statement)).scalar_one())


@pytest.mark.parametrize(("mapping", "file", "rows"), EXPORTS)
def test_every_row_loads_and_nothing_of_a_settlement_is_known_before_its_days_end(
    engine: Engine, mapping: str, file: str, rows: int
) -> None:
    result = import_file(engine, REAL / file, load_mapping(mapping))
    assert (result.rows, result.quarantined, result.records.conflicts) == (rows, 0, 0)
    assert count(engine, "SELECT count(DISTINCT invoice_id) FROM invoice") == rows
    zone = load_mapping(mapping).time_zone
    end = f"((settled_on + 1)::timestamp AT TIME ZONE '{zone}') - interval '1 microsecond'"
    settled = "FROM invoice WHERE status = 'settled'"
    assert count(engine, f"SELECT count(*) {settled}") > 1_000
    assert count(engine, f"SELECT count(*) {settled} AND known_at < {end}") == 0
    assert count(engine, "SELECT count(*) FROM invoice WHERE status = 'issued' AND settled_on IS NOT NULL") == 0
    paid = f"((paid_on + 1)::timestamp AT TIME ZONE '{zone}') - interval '1 microsecond'"
    assert count(engine, f"SELECT count(*) FROM payment WHERE known_at < {paid}") == 0
    early = "FROM dispute d JOIN invoice i USING (invoice_id) WHERE i.status = 'settled' AND d.known_at < i.known_at"
    assert count(engine, f"SELECT count(*) {early}") == 0


@pytest.mark.parametrize(("mapping", "file", "rows"), EXPORTS)
def test_an_invoice_is_known_at_its_day_or_its_entry_whichever_is_later(
    engine: Engine, mapping: str, file: str, rows: int
) -> None:
    import_file(engine, REAL / file, load_mapping(mapping))
    zone = load_mapping(mapping).time_zone
    day = f"(invoice_date::timestamp AT TIME ZONE '{zone}')"
    issued = "FROM invoice WHERE status = 'issued'"
    assert count(engine, f"SELECT count(*) {issued}") == rows
    assert count(engine, f"SELECT count(*) {issued} AND known_at < {day}") == 0
    later = count(engine, f"SELECT count(*) {issued} AND known_at > {day}")
    assert (later > 0) is (mapping == "cassandra-payables")
    if later:
        entered = (
            "to_timestamp(split_part(source_id, '|', 2), 'DD-MM-YYYY HH24:MI')::timestamp AT TIME ZONE 'Europe/London'"
        )
        greatest = f"greatest({day}, {entered})"
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
            wrong = connection.execute(text(f"SELECT count(*) {issued} AND known_at <> {greatest}")).scalar_one()
        assert wrong == 0


def test_ids_of_the_receivables_keep_their_leading_zeros(engine: Engine) -> None:
    import_file(engine, REAL / "ibm_receivables.csv", load_mapping("ibm-receivables"))
    assert count(engine, "SELECT count(*) FROM invoice WHERE invoice_id LIKE '0%' AND length(invoice_id) = 10") > 0


@pytest.mark.parametrize(("mapping", "file", "rows"), EXPORTS)
def test_a_corrupted_copy_loses_exactly_the_corrupted_rows(tmp_path: Path, mapping: str, file: str, rows: int) -> None:
    lines = (REAL / file).read_bytes().splitlines(keepends=True)
    broken = {
        10: lines[9].replace(b",", b",\xff", 1),
        200: b'"' + lines[199],
        500: b"x" * 5 + b"\r\n",
        900: lines[899].rstrip(b"\r\n") + b",extra\r\n",
        1_200: b",".join(b"" for _ in lines[0].split(b",")) + b"\r\n",
    }
    for number, line in broken.items():
        lines[number - 1] = line
    path = tmp_path / file
    path.write_bytes(b"".join(lines))
    result = dry_run(path, load_mapping(mapping))
    assert sorted(bad.row_number or 0 for bad in result.first_problems) == sorted(broken)
    assert (result.rows, result.quarantined) == (rows, len(broken))
