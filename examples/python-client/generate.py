"""Generate the Python client from the published document: ``python examples/python-client/generate.py``.

openapi-python-client runs in an environment of its own, made for this once and thrown away, because its dependencies
are not ours. The client is for machines: it has every operation that a key can be given the scope for, and one error
shape for all refusals.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "openapi.json"
PACKAGE = HERE / "triage_client"
GENERATOR = "openapi-python-client==0.29.1"
LINES = "application/x-ndjson"
RULES = ("oneOf", "allOf", "not")  # which fields go together: the service says it, a class cannot
METHODS = ("get", "put", "post", "delete", "patch")
REFERENCE = "#/components/schemas/"
# What only people do: logging in, deciding cases, changing rules, administering.
PEOPLE = {
    "cases:write",
    "cases:senior",
    "rules:write",
    "rules:approve",
    "accounts:admin",
    "callbacks:admin",
    "audit:read",
}


class GeneratorUnavailableError(Exception):
    """The generator cannot be installed here; the message is the installer's."""


def for_machines(document: dict[str, Any]) -> dict[str, Any]:
    """The part of the document that a key can use, with every refusal as the one ``default`` answer."""
    paths: dict[str, Any] = {}
    for path, item in document["paths"].items():
        kept = {method: _folded(item[method]) for method in METHODS if method in item and _is_for_keys(item[method])}
        if kept:
            paths[path] = kept
    schemas = _used(paths, document["components"]["schemas"])
    rest = {name: part for name, part in document["components"].items() if name != "schemas"}
    made = {**document, "paths": paths, "components": {**rest, "schemas": schemas}}
    made.pop("webhooks", None)  # what the service sends, not what it is asked
    return _plain(made)


def _is_for_keys(operation: dict[str, Any]) -> bool:
    return operation.get("x-scope") not in PEOPLE and "session" not in operation.get("tags", ())


def _folded(operation: dict[str, Any]) -> dict[str, Any]:
    answers = {status: answer for status, answer in operation["responses"].items() if status < "300"}
    refused = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
    if refused:
        answers["default"] = {**next(iter(refused.values())), "description": "refused: a problem document"}
    return {**operation, "responses": answers}


def _plain(node: Any, kind: str = "") -> Any:
    """JSON lines as bytes, objects as their fields alone; without examples, which the generator does not read."""
    if kind == LINES:
        return {"schema": {"type": "string", "format": "binary"}}
    if isinstance(node, list):
        return [_plain(part) for part in node]
    if not isinstance(node, dict):
        return node
    dropped = {"examples", "example", *(RULES if "properties" in node else ())}
    return {name: _plain(part, name) for name, part in node.items() if name not in dropped}


def _used(paths: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths refer to, and those that these refer to."""
    used: dict[str, Any] = {}
    open_ends = [paths]
    while open_ends:
        node = open_ends.pop()
        if isinstance(node, list):
            open_ends += node
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix(REFERENCE)
            if name in schemas and name not in used:
                used[name] = schemas[name]
                open_ends.append(schemas[name])
            open_ends += [part for name, part in node.items() if name != "x-documented-as"]
    return dict(sorted(used.items()))


def generate(document: dict[str, Any], package: Path) -> None:
    """Write the package from the document."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(for_machines(document)), encoding="utf-8")
        tools = _tools(Path(folder) / "environment")
        command = ["openapi-python-client", "generate", "--path", source, "--output-path", package]
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
    generate(json.loads(DOCUMENT.read_text(encoding="utf-8")), PACKAGE)


if __name__ == "__main__":
    main()
