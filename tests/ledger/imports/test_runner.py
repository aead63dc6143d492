"""Whole files: counts are right, bad rows stand aside, a second import adds nothing."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table
from sqlalchemy import Engine, text

from ledger.imports import runner
from ledger.imports.readers import FileError
from ledger.imports.runner import dry_run, import_file
from ledger.store import Appended
from tests.ledger.imports.kit import GOOD, HEADER, INVOICE, PAID, csv_file, invoice_with, mapping

BAD = {
    "wrong type": GOOD.replace("12.50", "dozen"),
    "missing cell": GOOD.replace("ACME", ""),
    "unknown currency": GOOD.replace("EUR", "EURO"),
    "not a number": GOOD.replace("12.50", "NaN"),
    "infinite": GOOD.replace("12.50", "Infinity"),
    "too many cells": GOOD + ",,",
    "too few cells": "0007,ACME",
    "NUL": GOOD.replace("ACME", "AC\x00ME"),
    "another date form": GOOD.replace("01/02/2024,", "02-01-2024,"),
    "unknown word": GOOD.replace(",P,", ",X,"),
    "empty id in a template": PAID.replace("ACME", ""),
    "half a row": PAID.replace("20/02/2024", "soon"),
}


def rows(engine: Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_a_bad_row_is_set_aside_whole_and_the_import_goes_on(engine: Engine, tmp_path: Path, line: str) -> None:
    first, last = GOOD.replace("0007", "0001"), GOOD.replace("0007", "0002")
    result = import_file(engine, csv_file(tmp_path, first, line, last), mapping())
    assert (result.rows, result.records, result.quarantined) == (3, Appended(accepted=2), 1)
    assert rows(engine, "SELECT invoice_id FROM invoice ORDER BY 1") == [("0001",), ("0002",)]
    assert rows(engine, "SELECT row_number, origin FROM quarantine") == [(3, "shop:shop.csv")]
    assert rows(engine, "SELECT count(*) FROM payment") == [(0,)]


def test_undecodable_bytes_are_set_aside_and_kept(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD, PAID)
    path.write_bytes(path.read_bytes().replace(b"0008,ACME", b"0008,M\xfcller"))
    assert import_file(engine, path, mapping()).quarantined == 1
    [(raw, field)] = rows(engine, "SELECT raw, field FROM quarantine")
    assert (raw["client"], field) == ({"#escaped": '"M\\udcfcller"'}, "client_id")


def test_a_second_import_of_the_same_file_adds_nothing(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD, PAID, *BAD.values())
    first, second = (import_file(engine, path, mapping()) for _ in range(2))
    assert first.records == Appended(accepted=3)
    assert second.records == Appended(duplicates=3)
    assert (first.newly_quarantined, second.newly_quarantined) == (len(BAD), 0)
    assert rows(engine, "SELECT count(*) FROM quarantine") == [(len(BAD),)]


def test_other_content_under_a_known_key_is_counted_as_a_conflict(engine: Engine, tmp_path: Path) -> None:
    changed = GOOD.replace("12.50", "13.00").replace("09:30", "09:31")
    result = import_file(engine, csv_file(tmp_path, changed, PAID, GOOD, GOOD), mapping())
    assert result.records == Appended(accepted=3, duplicates=1, conflicts=1)
    assert rows(engine, "SELECT amount::text FROM invoice WHERE invoice_id = '0007'") == [("12.500000",)]


def test_the_batch_keeps_the_counts_and_says_when_it_ended(engine: Engine, tmp_path: Path) -> None:
    import_file(engine, csv_file(tmp_path, GOOD, PAID, BAD["infinite"]), mapping())
    columns = "file_name, mapping, rows_read, accepted, duplicates, conflicts, quarantined, finished_at IS NOT NULL"
    assert rows(engine, f"SELECT {columns} FROM import_batch") == [("shop.csv", "shop", 3, 3, 0, 0, 1, True)]


def test_ids_keep_their_leading_zeros(engine: Engine, tmp_path: Path) -> None:
    import_file(engine, csv_file(tmp_path, PAID), mapping())
    assert rows(engine, "SELECT payment_id, invoice_id FROM payment") == [("ACME/0008", "0008")]


def test_a_dry_run_counts_the_same_without_a_database(tmp_path: Path) -> None:
    seen: list[int] = []
    result = dry_run(csv_file(tmp_path, GOOD, PAID, *BAD.values()), mapping(), progress=seen.append)
    assert (result.rows, result.records.accepted, result.quarantined) == (14, 3, 12)
    assert seen[-1] == 14
    assert [bad.row_number for bad in result.first_problems] == list(range(4, 14))


def test_a_wrong_file_opens_no_batch(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(FileError):
        import_file(engine, csv_file(tmp_path, GOOD, header="a,b"), mapping())
    assert rows(engine, "SELECT count(*) FROM import_batch") == [(0,)]


def test_rows_that_repeat_their_columns_are_numbered_in_file_order(engine: Engine, tmp_path: Path) -> None:
    unnamed = invoice_with(invoice_id={"template": "{client}|{day}|{#occurrence}"})
    unnamed["source_id"] = unnamed["fields"]["invoice_id"]
    twins = mapping(unnamed, occurrence_of=["client", "day"])
    import_file(engine, csv_file(tmp_path, GOOD, PAID, GOOD), twins)
    ids = [("ACME|01/02/2024|1",), ("ACME|01/02/2024|2",), ("ACME|02/02/2024|1",)]
    assert rows(engine, "SELECT invoice_id FROM invoice ORDER BY 1") == ids


def test_of_repeated_master_data_the_first_known_counts_wherever_it_stands(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = {
        "kind": "client",
        "keep": "earliest",
        "source_id": {"column": "client"},
        "event_at": {"value": "2020-01-01T00:00:00Z"},
        "known_at": INVOICE["known_at"],
        "fields": {"client_id": {"column": "client"}, "name": {"column": "client"}},
    }
    monkeypatch.setattr(runner, "CHUNK_ROWS", 1)
    result = import_file(engine, csv_file(tmp_path, PAID, GOOD, PAID), mapping(client))
    assert result.records == Appended(accepted=1)
    assert rows(engine, "SELECT known_at::text LIKE '2024-02-01 09:30%' FROM client") == [(True,)]


def test_json_lines_with_nested_lines_and_no_numeric_ids(engine: Engine, tmp_path: Path) -> None:
    line = {
        "kind": "invoice_line",
        "each": "lines",
        "source_id": {"template": "{parent.number}-{no}"},
        "event_at": {"column": "parent.day", "parse": "date", "format": "%Y-%m-%d", "at": "start_of_day"},
        "known_at": {"column": "parent.day", "parse": "date", "format": "%Y-%m-%d", "at": "start_of_day"},
        "fields": {
            "line_id": {"template": "{parent.number}-{no}"},
            "invoice_id": {"column": "parent.number"},
            "line_number": {"column": "no", "parse": "int"},
            "client_id": {"column": "parent.client"},
            "line_kind": {"value": "time"},
            **{name: {"column": name, "parse": "decimal"} for name in ("quantity", "unit_rate", "amount")},
            "currency": {"value": "EUR"},
        },
    }
    one = {"no": "1", "quantity": 1.5, "unit_rate": 0.1, "amount": 0.15}
    order = {"number": "0007", "client": "ACME", "day": "2024-02-01", "lines": [one, {**one, "no": "2"}]}
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in (order, {**order, "number": 7})))
    result = import_file(engine, path, mapping(line))
    assert (result.records.accepted, result.quarantined) == (2, 1)
    assert rows(engine, "SELECT line_id, unit_rate::text FROM invoice_line ORDER BY 1") == [
        ("0007-1", "0.100000"),
        ("0007-2", "0.100000"),
    ]
    assert "lose leading zeros" in rows(engine, "SELECT reason FROM quarantine")[0][0]


def test_parquet_nan_is_set_aside_and_numbers_are_no_ids(engine: Engine, tmp_path: Path) -> None:
    names = HEADER.split(",")
    good, numeric, nan = (dict(zip(names, GOOD.split(","), strict=True)) for _ in range(3))
    amounts = pa.array([12.5, 1.0, float("nan")])
    table = pa.table({name: [row[name] for row in (good, numeric, nan)] for name in names})
    path = tmp_path / "shop.parquet"
    write_table(table.set_column(names.index("amount"), "amount", amounts), path)
    assert import_file(engine, path, mapping()).quarantined == 1
    assert rows(engine, "SELECT raw -> 'amount' FROM quarantine") == [({"#float": "nan"},)]
    write_table(table.set_column(0, "number", pa.array([7, 8, 9])), path)
    assert import_file(engine, path, mapping()).quarantined == 3
