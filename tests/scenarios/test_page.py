"""docs/scenarios.md says what the scenarios say."""

from pathlib import Path

from tests.scenarios.page import ORDER, PAGE, page


def test_the_page_is_made_of_the_scenarios() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.scenarios.page > docs/scenarios.md"


def test_every_scenario_is_on_the_page() -> None:
    files = {file.stem.removeprefix("test_") for file in Path(__file__).parent.glob("test_*.py")}
    assert files - {"page"} == set(ORDER)
    assert len(ORDER) == 13
