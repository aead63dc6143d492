"""The firm's YAML files: read by libyaml as the reader in Python reads them, and refused where it refuses them."""

from pathlib import Path

import pytest
import yaml

from serving.controls.load import SHIPPED as CONTROLS
from serving.policy import SHIPPED as POLICY
from serving.yaml_files import read_yaml


@pytest.mark.parametrize("place", [CONTROLS, POLICY], ids=lambda place: place.name)
def test_either_reader_says_the_same_of_the_shipped_files(place: Path) -> None:
    assert read_yaml(place) == yaml.safe_load(place.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["!!python/object/apply:os.getcwd []", "a: [1", "a: *nothing"])
def test_what_makes_objects_or_is_no_yaml_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "file.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(yaml.YAMLError):
        read_yaml(tmp_path / "file.yaml")
