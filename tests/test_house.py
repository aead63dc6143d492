"""The rules of the house as tests: lint, format, strict types, and one way through the layers."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",)],
    ids=lambda command: " ".join(command),
)
def test_the_tree_keeps_the_house_rules(command: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_says_what_it_is_for_in_its_first_line() -> None:
    rooms = ("ledger", "features", "models", "training", "monitoring", "serving", "simulator", "cli")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py") if path.read_text(encoding="utf-8").strip()]
    silent = [str(path) for path in files if not path.read_text(encoding="utf-8").startswith(('"""', 'r"""'))]
    assert silent == []
