"""Code generators and linters of other houses, pinned and installed for one run; what cannot be had is skipped."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "openapi.json"
# urllib3 and dateutil are what the client of openapi-generator imports.
PYTHON: Final = (
    "openapi-python-client==0.29.1",
    "openapi-generator-cli==7.26.0",
    "urllib3==2.5.0",
    "python-dateutil==2.9.0.post0",
)
NODE: Final = {
    "openapi-typescript": "7.13.0",
    "openapi-fetch": "0.17.0",
    "typescript": "5.9.3",
    "@types/node": "20.19.0",
    "@redocly/cli": "2.77.0",
    "@stoplight/spectral-cli": "6.16.3",
}
_SECONDS: Final = 300


def run(*command: Any, cwd: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """A command's outcome; its words are kept for the message of a failed test."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "REDOCLY_TELEMETRY": "off", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


def done(*command: Any, cwd: Path, **variables: str) -> str:
    """What a command that must succeed wrote."""
    outcome = run(*command, cwd=cwd, **variables)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


def python_tools(folder: Path) -> Path:
    """The folder of commands of an environment with the Python tools."""
    outcome = run(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    if outcome.returncode == 0:
        outcome = run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PYTHON, cwd=folder)
    if outcome.returncode:
        pytest.skip(f"the Python tools cannot be installed here: {outcome.stderr.strip()[-200:]}")
    return folder / "bin"


def node_tools(folder: Path) -> Path:
    """A folder with the node tools in its ``node_modules``."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module", "dependencies": NODE}))
    outcome = run(npm, "install", "--silent", "--no-audit", "--no-fund", cwd=folder)
    if outcome.returncode:
        pytest.skip(f"the node tools cannot be installed here: {(outcome.stdout + outcome.stderr).strip()[-200:]}")
    return folder


def generator_jar(bin_folder: Path) -> Path:
    """The jar of openapi-generator, which its PyPI package carries."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    return next((bin_folder.parent / "lib").rglob("openapi-generator*.jar"))
