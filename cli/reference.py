"""Every command with its arguments and options as a page: ``python -m cli.reference`` prints ``docs/commands.md``."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import typer

from cli.main import COMMANDS

ROOT: Final = Path(__file__).parents[1]
HEAD = """# Commands

`triage COMMAND --help` says the same. This page is printed by `python -m cli.reference`; settings that commands
share with the service are in [api.md](api.md).
"""


def reference() -> str:
    """The page."""
    return "\n".join([HEAD, *(part for name in COMMANDS for part in _command(f"triage {name}", _loaded(name)))])


def _loaded(name: str) -> Any:
    """A subcommand as the parser sees it."""
    module, attribute = COMMANDS[name][0].split(":")
    target: Any = getattr(import_module(module), attribute)
    application = target
    if not isinstance(target, typer.Typer):
        application = typer.Typer(add_completion=False)
        application.command()(target)
    return typer.main.get_command(application)


def _command(name: str, command: Any, level: int = 2) -> Iterator[str]:
    """Its section, and those of what lies below it."""
    yield f"{'#' * level} `{name}`\n\n{_first_paragraph(command.help)}\n"
    rows = [_row(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
    if rows:
        yield "\n".join(["| argument or option | what it is | without it |", "|---|---|---|", *rows]) + "\n"
    for below, inner in getattr(command, "commands", {}).items():
        yield from _command(f"{name} {below}", inner, level + 1)


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


def _row(parameter: Any) -> str:
    """Its spellings, its help, and its default."""
    spelled = [parameter.name.upper()] if parameter.param_type_name == "argument" else _spellings(parameter)
    names = ", ".join(f"`{name}`" for name in spelled)
    words = " ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")
    return f"| {names} | {words} | {_otherwise(parameter)} |"


def _spellings(parameter: Any) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts]


def _otherwise(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    default = parameter.default
    shown = default is not None and not callable(default) and str(default) not in ("", "False", "()", "[]")
    return f"`{_named(getattr(default, 'value', default))}`" if shown else ""


def _named(default: Any) -> Any:
    """A file of ours by its place in the project, wherever that is installed."""
    inside = isinstance(default, Path) and default.is_relative_to(ROOT)
    return default.relative_to(ROOT) if inside else default


if __name__ == "__main__":
    sys.stdout.write(reference())
