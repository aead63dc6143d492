"""Files into rows: every readable row comes through, every other one comes through with its problem."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from ledger.imports.csv_lines import csv_records
from ledger.imports.readers import FileError, RawRow, read_rows
from tests.ledger.imports.kit import GOOD, HEADER, INVOICE, PAID, csv_file, mapping


def rows_of(path: Path) -> list[RawRow]:
    return list(read_rows(path, mapping(INVOICE)))


def test_csv_rows_are_numbered_as_a_person_counts_lines(tmp_path: Path) -> None:
    rows = rows_of(csv_file(tmp_path, GOOD, "", PAID))
    assert [(row.number, row.cells["number"], row.problem) for row in rows] == [(2, "0007", None), (4, "0008", None)]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert rows_of(csv_file(tmp_path, GOOD, header="\ufeff" + HEADER))[0].cells["number"] == "0007"


def test_quotes_delimiters_and_newlines_live_in_quoted_cells(tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD.replace("ACME", '"A ""B"",\nC"'), PAID)
    assert [(row.number, row.cells["client"]) for row in rows_of(path)] == [(2, 'A "B",\nC'), (4, "ACME")]


@pytest.mark.parametrize(("line", "count"), [(GOOD + ",extra", 9), ("0007,ACME", 2)])
def test_a_row_of_another_width_says_so_and_its_neighbours_live(tmp_path: Path, line: str, count: int) -> None:
    bad, good = rows_of(csv_file(tmp_path, line, PAID))
    assert bad.problem == f"{count} cells under 8 columns"
    assert (bad.number, good.problem) == (2, None)


@pytest.mark.parametrize("place", range(8))
def test_a_quote_nobody_closed_costs_its_own_row_only(tmp_path: Path, place: int) -> None:
    cells = GOOD.split(",")
    cells[place] = '"' + cells[place]
    rows = rows_of(csv_file(tmp_path, PAID, ",".join(cells), *[PAID] * 5_000))
    assert [row.number for row in rows if row.problem] == [3]
    assert len(rows) == 5_002
    assert "quote" in (rows[1].problem or "")


@given(st.lists(st.lists(st.text("ab\"',\n", max_size=4), min_size=3, max_size=3), max_size=8))
def test_what_a_correct_writer_wrote_is_read_as_written(table: list[list[str]]) -> None:
    text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in table)
    read = list(csv_records(text.splitlines(keepends=True), ","))
    assert [(cells, problem) for _, cells, problem in read] == [(row, None) for row in table]


def test_a_file_for_another_mapping_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="has no column paper: mapping 'shop'"):
        rows_of(csv_file(tmp_path, GOOD, header=HEADER.replace("paper", "channel")))


def test_a_column_given_twice_is_refused_if_it_is_used(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="has column client twice"):
        rows_of(csv_file(tmp_path, GOOD, header=HEADER.replace("paid", "client")))


@pytest.mark.parametrize("name", ["absent.csv", "table.xlsx", "fake.parquet"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    if name != "absent.csv":
        (tmp_path / name).write_text("no table")
    with pytest.raises(FileError, match=name):
        rows_of(tmp_path / name)


def test_json_lines_keep_exact_numbers_and_mark_what_is_no_object(tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    lines = ['{"amount": 0.1, "id": 7}', "", "[1]", '{"amount": NaN}', "{", "[" * 100_000]
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    rows = rows_of(path)
    assert rows[0].cells == {"amount": Decimal("0.1"), "id": 7}
    assert [row.number for row in rows] == [1, 3, 4, 5, 6]
    assert [bool(row.problem) for row in rows] == [False, True, True, True, True]


def test_parquet_gives_typed_values(tmp_path: Path) -> None:
    path = tmp_path / "shop.parquet"
    names = HEADER.split(",")
    moment = datetime(2024, 2, 1, 9, 30, tzinfo=UTC)
    cells = ["0007", "ACME", date(2024, 2, 1), moment, Decimal("12.50"), "EUR", "P", None]
    write_table(pa.table({name: [cell] for name, cell in zip(names, cells, strict=True)}), path)
    assert rows_of(path) == [RawRow(1, dict(zip(names, cells, strict=True)))]


def test_a_parquet_value_that_python_cannot_hold_costs_its_own_row(tmp_path: Path) -> None:
    path = tmp_path / "shop.parquet"
    columns = {name: ["x", "y"] for name in HEADER.split(",")}
    table = pa.table(columns).set_column(2, "day", pa.array([0, 10**17], pa.timestamp("ms")))
    write_table(table, path)
    good, bad = rows_of(path)
    assert (good.problem, good.cells["number"]) == (None, "x")
    assert "day cannot be read" in (bad.problem or "")
    assert bad.cells["number"] == "y"


def test_a_truncated_parquet_file_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "shop.parquet"
    write_table(pa.table({name: ["x"] * 10_000 for name in HEADER.split(",")}), path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(FileError, match="not a readable Parquet file"):
        rows_of(path)
