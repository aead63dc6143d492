"""Second chances: a repaired cell or a corrected mapping, and nothing guessed for a row of the wrong shape."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table
from sqlalchemy import Engine, text

from ledger.imports.replay import ReplayError, replay
from ledger.imports.runner import import_file
from ledger.quarantine import open_rows
from tests.ledger.imports.kit import GOOD, HEADER, INVOICE, csv_file, invoice_with, mapping

SHORT, LONG = "0007,ACME", GOOD + ",beyond"


def quarantined(engine: Engine, folder: Path, *lines: str) -> list[int]:
    import_file(engine, csv_file(folder, *lines), mapping())
    with engine.connect() as connection:
        return [row.quarantine_id for row in open_rows(connection)]


def invoices(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT invoice_id, client_id FROM invoice ORDER BY 1"))]


def test_a_repaired_cell_makes_the_row_good(engine: Engine, tmp_path: Path) -> None:
    [row] = quarantined(engine, tmp_path, GOOD.replace("EUR", "EURO"))
    result = replay(engine, mapping(), only=row, repairs={"currency": "EUR"})
    assert (result.repaired, result.records.accepted, result.still_bad) == (1, 1, ())
    assert invoices(engine) == [("0007", "ACME")]
    with engine.connect() as connection:
        assert open_rows(connection) == []


def test_a_resolved_row_stays_resolved_when_its_file_comes_again(engine: Engine, tmp_path: Path) -> None:
    bad = GOOD.replace("EUR", "EURO")
    [row] = quarantined(engine, tmp_path, bad)
    replay(engine, mapping(), only=row, repairs={"currency": "EUR"})
    assert quarantined(engine, tmp_path, bad) == []


def test_a_corrected_mapping_repairs_every_row_it_can(engine: Engine, tmp_path: Path) -> None:
    quarantined(engine, tmp_path, GOOD.replace(",P,", ",X,"), GOOD.replace("12.50", "dozen"))
    wider = {"column": "paper", "parse": "map", "values": {"P": "paper"}, "otherwise": None}
    result = replay(engine, mapping(invoice_with(delivery_channel=wider)))
    assert (result.repaired, len(result.still_bad)) == (1, 1)
    assert "dozen" in result.still_bad[0].reason


def test_rows_of_another_mapping_are_left_alone(engine: Engine, tmp_path: Path) -> None:
    [row] = quarantined(engine, tmp_path, GOOD.replace("EUR", "EURO"))
    assert replay(engine, mapping(name="other")).repaired == 0
    with pytest.raises(ReplayError, match="no open row"):
        replay(engine, mapping(name="other"), only=row)


def test_repairs_without_a_row_are_refused(engine: Engine) -> None:
    with pytest.raises(ReplayError, match="--id"):
        replay(engine, mapping(), repairs={"currency": "EUR"})


@pytest.mark.parametrize("line", [SHORT, LONG])
def test_a_row_of_the_wrong_shape_never_passes_unrepaired(engine: Engine, tmp_path: Path, line: str) -> None:
    [row] = quarantined(engine, tmp_path, line)
    assert len(replay(engine, mapping()).still_bad) == 1
    repairs = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    assert replay(engine, mapping(), only=row, repairs=repairs).repaired == 1
    assert invoices(engine) == [("0007", "ACME")]


def test_a_short_row_needs_every_column_that_the_mapping_reads(engine: Engine, tmp_path: Path) -> None:
    [row] = quarantined(engine, tmp_path, GOOD.rsplit(",", 1)[0])
    result = replay(engine, mapping(), only=row, repairs={"currency": "EUR"})
    assert "set paid" in result.still_bad[0].reason


def test_another_declared_encoding_repairs_undecodable_bytes(engine: Engine, tmp_path: Path) -> None:
    path = csv_file(tmp_path, GOOD)
    path.write_bytes(path.read_bytes().replace(b"ACME", b"M\xfcller"))
    import_file(engine, path, mapping())
    assert replay(engine, mapping()).repaired == 0
    assert replay(engine, mapping(encoding="latin-1")).repaired == 1
    assert invoices(engine) == [("0007", "Müller")]


def test_a_broken_line_of_json_is_repaired_as_a_line(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    path.write_text('{"number": "0007"')
    import_file(engine, path, mapping())
    with engine.connect() as connection:
        [row] = open_rows(connection)
    cells = ", ".join(f'"{name}": "{cell}"' for name, cell in zip(HEADER.split(","), GOOD.split(","), strict=True))
    assert replay(engine, mapping(), only=row.quarantine_id, repairs={"line": "{" + cells + "}"}).repaired == 1


def test_typed_cells_come_back_typed(engine: Engine, tmp_path: Path) -> None:
    cells = {**dict(zip(HEADER.split(","), GOOD.split(","), strict=True)), "day": date(2024, 2, 1), "paper": "X"}
    path = tmp_path / "shop.parquet"
    write_table(pa.table({name: [cell] for name, cell in cells.items()}), path)
    assert import_file(engine, path, mapping(INVOICE)).quarantined == 1
    with engine.connect() as connection:
        [row] = open_rows(connection)
    assert replay(engine, mapping(INVOICE), only=row.quarantine_id, repairs={"paper": "P"}).repaired == 1
