"""The command line: help is fast and light, and expected failures are one line."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.main import COMMANDS, main

HEAVY = ("torch", "mlflow", "evidently", "pandas", "sklearn", "lightgbm", "sentence_transformers", "sqlalchemy")


def triage(*arguments: str, home: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TRIAGE_FIRM")}
    home_part = {"TRIAGE_HOME": str(home)} if home else {}
    code = "from cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**plain, **home_part, "COLUMNS": "200", **environment},
        check=False,
    )


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in result.stdout
    assert all(f" {name} " in result.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", ["import", "quarantine"])
def test_a_commands_own_help_stays_light(name: str) -> None:
    code = (
        f"import sys\nfrom cli.main import main\ntry:\n    main([{name!r}, '--help'])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', [name for name in ('torch', 'mlflow', 'evidently', 'pandas') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_of_the_table_says_where_it_lives(name: str) -> None:
    place, summary = COMMANDS[name]
    assert place.startswith("cli.")
    assert summary.endswith(".")


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "quarantine" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "environment", "why"),
    [
        (["import", "absent.csv", "-m", "ibm-receivables", "--dry-run"], {}, "no file absent.csv: check the path"),
        (["import", "absent.csv", "-m", "nope", "--dry-run"], {}, "no mapping 'nope'"),
        (["quarantine", "--firm", "Bad Name"], {}, "cannot name a firm"),
        (["quarantine"], {"TRIAGE_FIRM": "Bad Name"}, "cannot name a firm"),
        (["quarantine"], {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "cannot reach PostgreSQL"),
        (["quarantine"], {"DATABASE_URL": "nonsense"}, "is not a URL"),
    ],
)
def test_an_expected_failure_is_one_line_and_exit_code_1(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], why: str
) -> None:
    result = triage(*arguments, home=tmp_path, **environment)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith("triage: ")
    assert why in result.stderr


def test_an_unknown_command_is_refused() -> None:
    result = triage("nope")
    assert result.returncode == 2
    assert "No such command 'nope'" in result.stderr


def test_the_modules_of_import_exist() -> None:
    assert find_spec("cli.imports") is not None
