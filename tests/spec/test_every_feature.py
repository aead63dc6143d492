"""No feature without a specification."""

import importlib
from pathlib import Path

from features.catalogue import FEATURE_NAMES
from tests.spec.spec_tables import SPECIFIED


def test_every_feature_has_a_row_in_a_specification() -> None:
    for path in Path(__file__).parent.glob("test_*_features.py"):
        importlib.import_module(f"tests.spec.{path.stem}")
    assert sorted(set(FEATURE_NAMES) - SPECIFIED) == []
    assert set(FEATURE_NAMES) >= SPECIFIED
