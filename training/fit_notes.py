"""Fit the note classifier on a firm's own notes, helped by anchor sentences where those are few, and test it later."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from features.anchors import ANCHORS
from ledger.read import Columns
from ledger.records.billing import Cause
from models.notes.classifier import NoteClassifier
from models.notes.note_class import Encode
from training.class_metrics import measure_classes
from training.errors import TooFewOutcomesError
from training.measured import Measured
from training.note_labels import LabelledNotes, labelled_notes
from training.suites.text_rivals import tfidf_linear
from training.suites.text_sets import Texts

# A cause with fewer labelled notes than this is taught by its anchor sentences as well.
ENOUGH_NOTES = 25
FEWEST_TESTED = 20


@dataclass(frozen=True)
class NoteFigures:
    """Out-of-time figures of the note classifier beside TF-IDF with a linear model, on the same notes.

    Attributes:
        model, baseline: metric → figure with its interval.
        coverage, answered_accuracy: share of the test notes it answered, and of right answers among those.
        n_train, n_test: labelled notes before and after the cut.
        seen_texts: share of the test notes whose very words were among the training notes.
    """

    model: dict[str, Measured]
    baseline: dict[str, Measured]
    coverage: float
    answered_accuracy: float
    n_train: int
    n_test: int
    seen_texts: float

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return asdict(self)


def fit_notes(
    records: Mapping[str, Columns], until: int, *, encode: Encode, target_accuracy: float = 0.9, seed: int = 7
) -> NoteClassifier:
    """Fit on notes whose cause was known before ``until``; without any, on the anchor sentences alone.

    Args:
        records: what ``training.note_labels.read_note_records`` gave.
        until: microseconds since 1970 UTC.
        encode: gives sentence vectors, e.g. ``features.text.Encoder.encode``.
        target_accuracy: share of right answers below which it rather abstains.
        seed: of the draws.
    """
    notes = with_anchors(labelled_notes(records, until))
    classifier = NoteClassifier(target_accuracy=target_accuracy, seed=seed)
    return classifier.fit(notes.texts, notes.causes, encode(notes.texts), groups=notes.groups)


def with_anchors(notes: LabelledNotes) -> LabelledNotes:
    """The notes and, for each cause with fewer than 25 of them, its anchor sentences; displeasure teaches ``other``."""
    counts = Counter(notes.causes)
    added = [
        (sentence, cause, f"anchor {group} {number}")
        for group, sentences in ANCHORS.items()
        for cause in (str(Cause.OTHER) if group == "displeasure" else group,)
        if counts[cause] < ENOUGH_NOTES
        for number, sentence in enumerate(sentences)
    ]
    texts, causes, groups = (list(column) for column in zip(*added, strict=True)) if added else ([], [], [])
    # Anchors were known before anything else.
    early = np.zeros(len(added), dtype=np.int64)
    return LabelledNotes(
        [*texts, *notes.texts],
        [*causes, *notes.causes],
        [*groups, *notes.groups],
        np.concatenate([early, notes.known_at]),
        np.concatenate([early, notes.labelled_at]),
    )


def measure_notes(
    records: Mapping[str, Columns], cut: int, until: int, *, encode: Encode, seed: int = 7
) -> NoteFigures:
    """Fit with what was known before ``cut``, test on notes first known from then on, labelled before ``until``.

    Raises ``TooFewOutcomesError`` when fewer than 20 labelled notes lie after the cut, or none before it.
    """
    before, later = labelled_notes(records, cut), labelled_notes(records, until)
    after = later.where(later.known_at >= cut)
    if len(after) < FEWEST_TESTED or not len(before):
        raise TooFewOutcomesError(f"{len(before)} labelled notes before the cut and {len(after)} after it")
    classifier = fit_notes(records, cut, encode=encode, seed=seed)
    probabilities = classifier.predict_proba(after.texts, encode(after.texts))
    answered = classifier.abstention_.answers(probabilities)
    true, predicted = np.array(after.causes), classifier.classes_[probabilities.argmax(axis=1)]
    rival = tfidf_linear(_texts(with_anchors(before)), _texts(after), seed=seed)
    return NoteFigures(
        model=measure_classes(true, predicted, seed=seed),
        baseline=measure_classes(true, rival, seed=seed),
        coverage=float(answered.mean()),
        answered_accuracy=float((true == predicted)[answered].mean()) if answered.any() else 0.0,
        n_train=len(before),
        n_test=len(after),
        seen_texts=float(np.isin(after.texts, before.texts).mean()),
    )


def _texts(notes: LabelledNotes) -> Texts:
    groups = np.array(notes.groups, dtype=str)
    return Texts(np.array(notes.texts, dtype=object), np.array(notes.causes, dtype=str), groups)
