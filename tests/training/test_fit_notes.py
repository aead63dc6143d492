"""Fitting on a firm's notes: anchors for causes with few of them, nothing from later, and figures from later notes."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import orjson
import pytest

from features.anchors import ANCHORS
from ledger.read import Columns, to_columns
from ledger.records.billing import Cause
from tests.features.builders import us
from tests.models.notes.samples import SUBJECTS, encode, notes
from training.errors import TooFewOutcomesError
from training.fit_notes import ENOUGH_NOTES, fit_notes, measure_notes, with_anchors
from training.note_labels import READ, LabelledNotes, labelled_notes


def _records(texts: list[str], causes: list[str]) -> dict[str, Columns]:
    """One note a day, each on an invoice of its own, its cause known ten days later."""
    days = [us(day) for day in range(len(texts))]
    rows: Mapping[str, list[tuple[object, ...]]] = {
        "note": [(n, day, f"i{n}", None, text) for n, (day, text) in enumerate(zip(days, texts, strict=True))],
        "outcome": [
            (n, day + us(10) - us(0), f"i{n}", cause) for n, (day, cause) in enumerate(zip(days, causes, strict=True))
        ],
    }
    return {kind: to_columns(kind, columns, rows.get(kind, [])) for kind, columns in READ.items()}


@pytest.fixture(scope="module")
def records() -> dict[str, Columns]:
    texts, causes = notes()
    order = np.random.default_rng(3).permutation(len(texts))
    return _records([texts[row] for row in order], [causes[row] for row in order])


def test_without_any_labelled_note_the_anchors_teach_every_cause() -> None:
    classifier = fit_notes(_records([], []), us(1), encode=encode)
    assert set(classifier.classes_) == {str(cause) for cause in Cause}


def test_every_anchor_group_speaks_for_a_cause_of_the_taxonomy() -> None:
    assert set(ANCHORS) - {"displeasure"} == {str(cause) for cause in Cause} - {"other"}


def test_a_cause_with_enough_notes_of_its_own_needs_no_anchors(records: dict[str, Columns]) -> None:
    labelled = labelled_notes(_records(["dear"] * ENOUGH_NOTES, ["rate"] * ENOUGH_NOTES), us(400))
    causes = Counter(with_anchors(labelled).causes)
    assert causes["rate"] == ENOUGH_NOTES
    assert causes["duplicate"] == len(ANCHORS["duplicate"])
    assert Counter(with_anchors(labelled.where(labelled.known_at > us(0))).causes)["rate"] == ENOUGH_NOTES - 1 + 5


def test_what_became_known_later_changes_no_byte(records: dict[str, Columns]) -> None:
    texts, causes = notes()
    known = _records(texts, causes)
    altered = _records([*texts[:50], *("later " + text for text in texts[50:])], causes[:40] + ["tax_entity"] * 32)
    first, second = (fit_notes(one, us(50), encode=encode) for one in (known, altered))
    assert orjson.dumps(first.to_dict()) == orjson.dumps(second.to_dict())


def test_figures_come_from_notes_first_known_after_the_cut(records: dict[str, Columns]) -> None:
    found = measure_notes(records, us(45), us(400), encode=encode)
    assert (found.n_train, found.n_test) == (35, 27)
    assert found.seen_texts == 0
    assert found.model["accuracy"].value > 0.9
    assert found.coverage == 0 or found.answered_accuracy > 0.9
    assert set(found.baseline) == {"accuracy", "macro_f1"}


def test_notes_that_tell_nothing_are_answered_with_silence() -> None:
    rng = np.random.default_rng(8)
    texts = [f"weekly report {number}" for number in range(120)]
    found = measure_notes(_records(texts, rng.choice(list(SUBJECTS), 120).tolist()), us(80), us(400), encode=encode)
    assert found.coverage < 0.1


def test_too_few_notes_after_the_cut_are_refused_in_words(records: dict[str, Columns]) -> None:
    with pytest.raises(TooFewOutcomesError, match=r"labelled notes before the cut and 2 after it"):
        measure_notes(records, us(70), us(400), encode=encode)


def test_anchors_come_before_every_note() -> None:
    nothing = LabelledNotes([], [], [], np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    anchored = with_anchors(nothing)
    assert len(anchored) == sum(map(len, ANCHORS.values()))
    assert not anchored.known_at.any()
    assert anchored.causes.count("other") == len(ANCHORS["displeasure"])
