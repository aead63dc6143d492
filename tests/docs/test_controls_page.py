"""The page about controls says what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from serving.controls.control import Control, Threshold
from serving.controls.dictionary import taxonomy, vocabulary
from serving.controls.load import compiled_set, document_of
from serving.controls.overlays import Overlay, Setting
from tests.serving.controls.firm import CONTROLS

PAGE = (Path(__file__).parents[2] / "docs" / "controls.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("name", "made"), [("taxonomy", taxonomy()), ("vocabulary", vocabulary())])
def test_the_tables_are_those_of_the_code(name: str, made: str) -> None:
    written = PAGE.split(f"<!-- {name}: begin -->\n\n")[1].split(f"<!-- {name}: end -->")[0]
    assert written == made, "run python -m serving.controls.dictionary and paste it between the marks"


@pytest.mark.parametrize("part", [Control, Threshold, Overlay, Setting])
def test_every_word_of_a_control_file_is_shown(part: type[Control | Threshold | Overlay | Setting]) -> None:
    assert [name for name in part.model_fields if not re.search(rf"\b{name}:", PAGE)] == []


def test_the_examples_are_valid() -> None:
    control, overlays = (yaml.safe_load(example) for example in EXAMPLES)
    compiled_set(document_of({"number": 1, "controls": control}, place="page"), place="page")
    compiled_set(document_of(CONTROLS.content | overlays, place="page"), place="page")
