"""Every page, key and command is in the documentation, and the page of commands says what the commands say."""

import re
from pathlib import Path

import pytest

from cli.main import COMMANDS
from cli.reference import reference
from serving.boards.registry import KPIS
from serving.web.frame import SECTIONS
from serving.web.pages import ROUTERS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
KEYS = ROOT / "serving" / "web" / "templates" / "partials" / "keys.html"
SCRIPT = ROOT / "serving" / "web" / "static" / "keys.js"
NOT_TOLD = {"/favicon.ico", "/static/{digest}/{name}"}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def addresses() -> set[str]:
    """Everything of the pages that can be read."""
    found = {route.path for router in ROUTERS for route in router.routes if "GET" in getattr(route, "methods", ())}
    return found - NOT_TOLD


def test_every_page_is_in_the_guide_and_the_guide_names_no_other() -> None:
    told = set(re.findall(r"^\| `(/[^`?]*)", page("pages.md"), re.MULTILINE))
    assert len(told) >= 25
    assert sorted(told ^ addresses()) == []


def test_every_section_of_the_navigation_is_a_page() -> None:
    assert {section.path for section in SECTIONS} <= addresses()


def test_every_key_of_the_help_is_in_the_guide_and_does_something() -> None:
    helped = set(re.findall(r"<kbd>([^<]+)</kbd>", KEYS.read_text(encoding="utf-8")))
    pressed = set(re.findall(r'^    "?([a-z/?])"?: \(\)', SCRIPT.read_text(encoding="utf-8"), re.MULTILINE))
    assert helped - {"Enter"} == pressed
    assert {key for key in helped if f"`{key}`" not in page("pages.md")} == set()


# MLflow says so of models of its own while it is imported.
@pytest.mark.filterwarnings("ignore:.*Any type hint is inferred as AnyType:UserWarning")
def test_the_page_of_commands_is_the_one_that_the_commands_make() -> None:
    assert page("commands.md") == reference(), "python -m cli.reference > docs/commands.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_section(name: str) -> None:
    assert f"## `triage {name}`\n" in page("commands.md")


def test_every_option_of_a_command_is_explained() -> None:
    unexplained = [row for row in page("commands.md").splitlines() if re.fullmatch(r"\| `.*` \| +\| .*", row)]
    assert unexplained == []


def test_every_figure_of_the_boards_is_explained() -> None:
    assert {kpi for kpi in KPIS if f"`{kpi}`" not in page("boards.md")} == set()
