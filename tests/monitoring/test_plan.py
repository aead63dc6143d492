"""Everything is watched, each column with one pinned test and threshold."""

from features.catalogue import CATALOGUE
from models.reference import prediction_column
from monitoring.plan import ABSENT_SUFFIX, PREDICTIONS, THRESHOLDS, Group, Method, standard_plan

PLAN = standard_plan()


def test_every_feature_its_absence_and_every_prediction_is_watched_once() -> None:
    names = [watched.column for watched in PLAN.columns]
    features = [feature.name for feature in CATALOGUE]
    expected = [*features, *(name + ABSENT_SUFFIX for name in features), *map(prediction_column, PREDICTIONS)]
    assert sorted(names) == sorted(expected)
    assert len(set(names)) == len(names)


def test_thresholds_belong_to_the_method_and_to_nothing_else() -> None:
    assert all(watched.threshold == THRESHOLDS[watched.method] for watched in PLAN.columns)


def test_flags_are_compared_as_shares_and_numbers_as_distances() -> None:
    method = {watched.column: watched.method for watched in PLAN.columns}
    for feature in CATALOGUE:
        expected = Method.JENSEN_SHANNON if feature.dtype == "flag" else Method.WASSERSTEIN
        assert method[feature.name] is expected


def test_note_similarities_are_the_text_group() -> None:
    text = {watched.column for watched in PLAN.of(Group.TEXT)}
    assert "note_similarity_rate" in text
    assert "note_displeasure" in text
    assert not text & {watched.column for watched in PLAN.of(Group.DATA)}
    assert len(PLAN.of(Group.PREDICTIONS)) == 3
