"""The answer about one note: its cause, how sure, what else it could be, and whether it should rather not be used."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.notes.classifier import NoteClassifier
from models.notes.packed import Packed

Encode = Callable[[Sequence[str]], Packed]
ALTERNATIVES = 3


@dataclass(frozen=True)
class NoteClass:
    """What a note is about.

    Attributes:
        cause: the likeliest cause, a value of ``ledger.records.billing.Cause``.
        probability: calibrated chance that it is the one.
        alternatives: the next likeliest causes with theirs, best first.
        abstained: too unsure to be used: a person should read the note.
    """

    cause: str
    probability: float
    alternatives: tuple[tuple[str, float], ...]
    abstained: bool


def classify_notes(classifier: NoteClassifier, texts: Sequence[str], *, encode: Encode) -> list[NoteClass]:
    """Classify texts; the result has their order.

    Args:
        classifier: a fitted one.
        texts: notes.
        encode: gives their sentence vectors ``float32`` (n, dimensions), e.g. ``features.text.Encoder.encode``.
    """
    vectors = encode(texts) if classifier.vectors_ is not None else None
    probabilities = classifier.predict_proba(texts, vectors)
    answered = classifier.abstention_.answers(probabilities)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    found = []
    for row, ranked in enumerate(order):
        named = [(str(classifier.classes_[place]), float(probabilities[row, place])) for place in ranked]
        found.append(NoteClass(*named[0], tuple(named[1 : ALTERNATIVES + 1]), abstained=not answered[row]))
    return found


def classify_note(text: str, *, classifier: NoteClassifier, encode: Encode) -> NoteClass:
    """Classify one note."""
    return classify_notes(classifier, [text], encode=encode)[0]
