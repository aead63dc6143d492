"""kill -9 in the middle of ``triage import``: nothing acknowledged is lost, nothing is doubled."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from ledger.database import Database
from ledger.imports import runner
from ledger.imports.runner import import_file
from ledger.tables import TABLES
from tests.ledger.imports.kit import csv_file, mapping

ROWS, CHUNK = 60_000, 2_000

# What the command runs, on this test's database and with small chunks; it prints the rows of each committed chunk.
IMPORT = """
import sys
from pathlib import Path
from sqlalchemy.engine import make_url
from ledger.database import Database
from ledger.imports import runner
from tests.ledger.imports.kit import mapping
runner.CHUNK_ROWS = int(sys.argv[3])
engine = Database(make_url(sys.argv[1]), embedded=True).engine()
runner.import_file(engine, Path(sys.argv[2]), mapping(), progress=lambda rows: print(rows, flush=True))
"""


def generated(folder: Path) -> Path:
    lines = []
    for number in range(ROWS):
        day = (date(2020, 1, 1) + timedelta(days=number % 900)).strftime("%d/%m/%Y")
        currency = "EURO" if number % 5_000 == 7 else "EUR"
        paid = day if number % 2 else ""
        lines.append(f"{number:06d},C{number % 50:03d},{day},{day} 09:30,{number}.25,{currency},P,{paid}")
    return csv_file(folder, *lines)


def content(engine: Engine) -> dict[str, Any]:
    """Everything but our own counters and clocks."""
    statement = "SELECT count(*), md5(string_agg(source_id || version || known_at || digest, '' ORDER BY {0})) FROM {1}"
    with engine.connect() as connection:
        found: dict[str, Any] = {
            kind: tuple(connection.execute(text(statement.format("source_id, version", kind))).one())
            for kind in TABLES
            if kind in ("invoice", "payment")
        }
        bad = connection.execute(text("SELECT row_number, raw_digest FROM quarantine ORDER BY 1")).all()
        conflicts = connection.execute(text("SELECT count(*) FROM record_conflict")).scalar_one()
    return {**found, "quarantine": [tuple(row) for row in bad], "conflicts": conflicts}


def killed_after(database: Database, path: Path, *, chunks: int) -> int:
    """Rows acknowledged by an import that is killed shortly after so many chunks."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", IMPORT, url, str(path), str(CHUNK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(chunks)][-1]
        time.sleep(0.05)  # somewhere inside the next chunk
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().split()
    assert process.returncode == -signal.SIGKILL
    return int(rest[-1]) if rest else acknowledged


@pytest.mark.slow
def test_a_killed_import_starts_again_where_it_was(
    database: Database, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = generated(tmp_path)
    acknowledged = killed_after(database, path, chunks=3)
    assert CHUNK * 3 <= acknowledged < ROWS
    with engine.connect() as connection:
        there = connection.execute(text("SELECT count(*) FROM invoice")).scalar_one()
        unfinished = connection.execute(text("SELECT count(*) FROM import_batch WHERE finished_at IS NULL"))
        assert unfinished.scalar_one() == 1
    assert there >= acknowledged - acknowledged // 5_000 - 1
    monkeypatch.setattr(runner, "CHUNK_ROWS", CHUNK)
    result = import_file(engine, path, mapping())
    assert (result.rows, result.quarantined, result.records.conflicts) == (ROWS, 12, 0)
    assert result.records.duplicates >= there
    after = content(engine)
    assert after["invoice"][0] == ROWS - 12
    assert after == uninterrupted(engine, path)


def uninterrupted(engine: Engine, path: Path) -> dict[str, Any]:
    """The content after one quiet import into emptied tables."""
    with engine.begin() as connection:
        # Emptying needs the triggers off: the ledger refuses to forget.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in ("invoice", "payment", "quarantine", "import_batch"):
            connection.execute(text(f"DELETE FROM {table}"))
    import_file(engine, path, mapping())
    return content(engine)
