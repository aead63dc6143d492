"""Notes for the tests of text classification: three plain causes, written by rule, with vectors to match."""

from collections.abc import Sequence

import numpy as np

from models.notes.classifier import NoteClassifier
from models.notes.packed import Packed

SUBJECTS = {
    "rate": ("hourly rate", "rate card", "daily tariff"),
    "po_reference": ("purchase order", "order number", "po reference"),
    "duplicate": ("billed twice", "same invoice again", "duplicate invoice"),
}
VERBS = ("wrong", "missing", "disputed", "rejected", "unclear", "questioned", "returned", "late")


def notes() -> tuple[list[str], list[str]]:
    """72 distinct texts and their causes."""
    rows = [
        (f"client says the {subject} is {verb}", cause)
        for cause, subjects in SUBJECTS.items()
        for subject in subjects
        for verb in VERBS
    ]
    texts, causes = zip(*rows, strict=True)
    return list(texts), list(causes)


def encode(texts: Sequence[str]) -> Packed:
    """Unit vectors that lean to the cause whose words a text has, with noise of the text's own."""
    rows = []
    for text in texts:
        lean = [float(any(subject in text for subject in subjects)) for subjects in SUBJECTS.values()]
        noise = np.random.default_rng([ord(letter) for letter in text]).normal(scale=0.3, size=8)
        rows.append(np.concatenate([lean, noise]))
    vectors = np.array(rows).reshape(len(texts), len(SUBJECTS) + 8)
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def fitted(**parameters: object) -> NoteClassifier:
    """A classifier fitted on the notes and their vectors."""
    texts, causes = notes()
    return NoteClassifier(**parameters).fit(texts, causes, encode(texts))
