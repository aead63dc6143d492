"""The catalogue is complete, well formed, and the page in docs says the same."""

from pathlib import Path

import pytest

from features.catalogue import CATALOGUE, FEATURE_NAMES
from features.dictionary import data_dictionary
from features.feature import Feature
from ledger.records import KINDS
from ledger.records.billing import Cause

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_equals_the_generated_text() -> None:
    assert PAGE.read_text(encoding="utf-8") == data_dictionary()


def test_names_are_unique_and_every_family_is_there() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES) >= 50
    families = {feature.family for feature in CATALOGUE}
    assert families == {
        "invoice", "payment", "dispute", "billing_history", "approval", "evidence", "contract", "delivery",
        "change_order", "entity", "lineage", "integration", "calendar", "text",
        "description", "firm", "release",
    }  # fmt: skip


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: feature.name)
def test_a_feature_says_what_it_is(feature: Feature) -> None:
    assert feature.meaning.endswith(".")
    assert feature.null_means
    assert set(feature.evidence) <= set(KINDS)
    assert feature.evidence
    assert feature.phrase.format(value="1.5", usual="1") != feature.phrase


def test_every_cause_but_other_has_a_text_feature() -> None:
    causes = {cause.value for cause in Cause} - {"other"}
    assert {f"note_similarity_{cause}" for cause in causes} <= set(FEATURE_NAMES)
