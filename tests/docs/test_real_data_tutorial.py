"""The tutorial's commands run on the real exports, and its outputs are what they print."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "real-data.md").read_text(encoding="utf-8")
REAL = Path(os.environ.get("TRIAGE_REAL_DATA") or ROOT.parent / "shared" / "data")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
FIGURE = re.compile(r"│ (\S+)\s+│ (ROC-AUC)\s+│ (\d\.\d+) \[(\d\.\d+), (\d\.\d+)\]")


def figures(text: str) -> dict[str, tuple[float, float, float]]:
    """Task → ROC-AUC with its interval, from a printed table."""
    return {task: (float(value), float(low), float(high)) for task, _, value, low, high in FIGURE.findall(text)}


def run(block: str, folder: Path) -> str:
    """What a block of shell prints, run as a person would, in a home of its own."""
    (folder / "triage").write_text(f'#!/bin/sh\nexec {sys.executable} -c "from cli.main import main; main()" "$@"\n')
    (folder / "triage").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TRIAGE_FIRM")}
    environment = {
        **kept,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TRIAGE_HOME": str(folder / "home"),
        "TRIAGE_REAL_DATA": str(REAL),
        "COLUMNS": "200",
    }
    # A script may end early without set -e; the page's reader would notice, so must we.
    result = subprocess.run(
        ["sh", "-e", "-c", block], capture_output=True, text=True, cwd=folder, env=environment, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_page_has_commands_for_both_exports() -> None:
    commands = "".join(BLOCKS)
    for needed in ("import", "train", "evaluate", "quarantine", "ibm-receivables", "cassandra-payables"):
        assert needed in commands


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="real data absent: set TRIAGE_REAL_DATA to its folder")
def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    try:
        printed = [run(block, tmp_path) for block in BLOCKS]
    finally:
        stop = (
            "from ledger.database import stop_embedded; from ledger.settings import Settings; stop_embedded(Settings())"
        )
        environment = {**os.environ, "TRIAGE_HOME": str(tmp_path / "home")}
        subprocess.run([sys.executable, "-c", stop], env=environment, cwd=ROOT, check=True)
    everything = "\n".join(printed)
    counts = re.findall(r"^\w+\.csv: .* rows quarantined$", PAGE, re.MULTILINE)
    assert len(counts) == 4
    assert [line for line in counts if line not in everything] == []
    assert "13 cells under 12 columns" in everything.replace("\n", " ")
    for block, output in zip(BLOCKS, printed, strict=True):
        if "evaluate" in block:
            check_figures(block, output)


def check_figures(block: str, output: str) -> None:
    """The ROC-AUCs are within the intervals that the page gives for this command."""
    shown = figures(PAGE.split(block)[1].split("```text\n")[1].split("```")[0])
    found = figures(output)
    assert shown.keys() == found.keys()
    for task, (_, low, high) in shown.items():
        assert low <= found[task][0] <= high, task
