"""docs/boards.md defines every figure as the service computes it."""

from pathlib import Path

from serving.boards.dictionary import definitions
from serving.boards.registry import KPIS

PAGE = (Path(__file__).parents[2] / "docs" / "boards.md").read_text(encoding="utf-8")


def test_the_page_ends_with_the_definitions_that_the_command_prints() -> None:
    assert PAGE.endswith(definitions())


def test_every_figure_is_defined_once() -> None:
    assert [PAGE.count(f"(`{kpi_id}`)") for kpi_id in KPIS] == [1] * len(KPIS)
