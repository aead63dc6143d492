"""Generate the Python client from the published document: ``python examples/python-client/generate.py``.

The document goes through openapi-python-client as it is. The generator runs in an environment of its own, made for this
once and thrown away, because its dependencies are not ours.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "openapi.json"
PACKAGE = HERE / "triage_client"
GENERATOR = "openapi-python-client==0.29.1"


class GeneratorUnavailableError(Exception):
    """The generator cannot be installed here; the message is the installer's."""


def generate(document: Path, package: Path) -> None:
    """Write the package from the document."""
    with tempfile.TemporaryDirectory() as folder:
        tools = _tools(Path(folder) / "environment")
        command = ["openapi-python-client", "generate", "--path", document, "--output-path", package]
        options = ["--config", HERE / "config.yaml", "--meta", "none", "--overwrite", "--fail-on-warning"]
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"  # its hooks call ruff
        subprocess.run([tools / command[0], *command[1:], *options], check=True, env={**os.environ, "PATH": path})


def _tools(folder: Path) -> Path:
    """Where the generator's commands lie, in an environment made for them.

    Raises ``GeneratorUnavailableError`` where it cannot be installed: without a package index, say.
    """
    tools = folder / ("Scripts" if sys.platform == "win32" else "bin")
    uv = Path(sys.executable).parent / "uv"
    if uv.exists():
        make = [[uv, "venv", "--quiet", "--python", sys.executable, folder]]
        install = [uv, "pip", "install", "--quiet", "--python", tools / "python", GENERATOR]
    else:
        make = [[sys.executable, "-m", "venv", folder]]
        install = [tools / "python", "-m", "pip", "install", "--quiet", GENERATOR]
    for command in (*make, install):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GeneratorUnavailableError(done.stderr.strip())
    return tools


def main() -> None:
    """Generate the client beside this script."""
    generate(DOCUMENT, PACKAGE)


if __name__ == "__main__":
    main()
