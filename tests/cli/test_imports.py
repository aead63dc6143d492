"""``triage import`` and ``triage quarantine`` as a person sees them."""

from pathlib import Path

import pytest
import typer
import yaml
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

import cli.imports
from ledger.settings import Settings
from tests.ledger.imports.kit import GOOD, INVOICE, PAID, csv_file

BAD = GOOD.replace(",EUR,", ",[red]EURO,")


@pytest.fixture
def mapping_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    content = {"name": "shop", "source": "shop", "time_zone": "UTC", "records": [INVOICE]}
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.fixture
def firm(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(cli.imports, "open_firm", lambda _firm: (Settings(), engine))
    return engine


def call(command: object, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]  # both commands are functions
    return CliRunner().invoke(app, list(arguments))


def test_an_import_ends_with_its_counts_and_first_problems(firm: Engine, tmp_path: Path, mapping_file: Path) -> None:
    path = csv_file(tmp_path, GOOD, PAID, BAD, name="odd [bold].csv")
    result = call(cli.imports.import_files, str(path), "-m", str(mapping_file))
    assert result.exit_code == 0, result.output
    counts = "3 rows, 2 records accepted, 0 duplicates, 0 conflicts, 1 rows quarantined"
    assert f"odd [bold].csv: {counts}" in result.output
    assert "[red]EURO" in result.output.replace("\n", "")


def test_a_dry_run_touches_no_database(tmp_path: Path, mapping_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.imports, "open_firm", lambda _firm: pytest.fail("opened a database"))
    result = call(cli.imports.import_files, str(csv_file(tmp_path, GOOD)), "-m", str(mapping_file), "--dry-run")
    assert "1 rows, would make 1 records" in result.output


def test_a_row_is_listed_shown_repaired_and_gone(firm: Engine, tmp_path: Path, mapping_file: Path) -> None:
    call(cli.imports.import_files, str(csv_file(tmp_path, BAD)), "-m", str(mapping_file))
    assert "currency" in call(cli.imports.quarantine_rows).output
    assert "currency: [red]EURO" in call(cli.imports.quarantine_rows, "--id", "1").output
    replayed = call(
        cli.imports.quarantine_rows, "--replay", "-m", str(mapping_file), "--id", "1", "--set", "currency=EUR"
    )
    assert "1 rows became 1 records" in replayed.output
    assert "Quarantine is empty" in call(cli.imports.quarantine_rows).output


def test_rows_that_stay_bad_are_shown_again(firm: Engine, tmp_path: Path, mapping_file: Path) -> None:
    call(cli.imports.import_files, str(csv_file(tmp_path, BAD)), "-m", str(mapping_file))
    result = call(cli.imports.quarantine_rows, "--replay", "-m", str(mapping_file))
    assert "1 rows are still bad" in result.output


@pytest.mark.parametrize(("arguments", "why"), [(["--replay"], "needs --mapping"), (["--set", "x"], "COLUMN=VALUE")])
def test_a_replay_that_cannot_be_meant_is_refused(
    firm: Engine, mapping_file: Path, arguments: list[str], why: str
) -> None:
    extra = [] if arguments == ["--replay"] else ["--replay", "-m", str(mapping_file)]
    result = call(cli.imports.quarantine_rows, *arguments, *extra)
    assert result.exit_code == 2
    assert why in result.output
