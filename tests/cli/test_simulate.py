"""``triage simulate`` writes files or the ledger, and says what it wrote."""

from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine, text
from typer.testing import CliRunner

import cli.simulate
from ledger.settings import Settings
from simulator.truth import Truth

SMALL = ["--invoices", "30", "--months", "4", "--seed", "2"]


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(cli.simulate.simulate)
    return app


def test_files_and_the_truth_beside_them(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*SMALL, "--out", str(tmp_path / "firm")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "firm" / "invoice.jsonl").exists()
    truth = Truth.load(tmp_path / "firm-truth.jsonl")
    assert sum(one.document == "invoice" for one in truth.invoices.values()) == 30


def test_the_ledger_of_the_firm_is_filled_once(
    app: typer.Typer, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.simulate, "open_firm", lambda _firm: (Settings(), engine))
    first, second = (CliRunner().invoke(app, SMALL) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert " 0 records accepted" in second.output.replace("\n", " ")
    with engine.connect() as connection:
        drafts = connection.execute(text("SELECT count(DISTINCT invoice_id) FROM invoice WHERE NOT intercompany"))
        assert drafts.scalar_one() >= 30


@pytest.mark.parametrize("wrong", [["--invoices", "0"], ["--months", "0"], ["--seed", "-1"]])
def test_impossible_sizes_are_refused(app: typer.Typer, wrong: list[str]) -> None:
    assert CliRunner().invoke(app, wrong).exit_code == 2
