"""TF-IDF of words and of character n-grams, kept as plain lists: no pickle, no text of a note in the model."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from models.notes.packed import pack, unpack

# From here on a term must occur in two texts: with fewer texts even a single mention tells something.
MANY_TEXTS = 1_000
MOST_TERMS = 40_000
_SHAPES: dict[str, dict[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "characters": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}


class Terms:
    """Two vocabularies with their inverse document frequencies; every row of a transform has length 1 (or is zero).

    Term frequencies count as 1 + ln(tf), accents and case as nothing (Manning, Raghavan & Schütze 2008, ch. 6).
    """

    def __init__(self, vectorizers: dict[str, TfidfVectorizer]) -> None:
        self._vectorizers = vectorizers

    @classmethod
    def fit(cls, texts: Sequence[str]) -> "Terms":
        """Vocabularies of ``texts``, at most 40,000 terms each, the commonest.

        Raises ``ValueError`` when no text holds a word.
        """
        least = 2 if len(texts) >= MANY_TEXTS else 1
        made = {name: _vectorizer(name, min_df=least, max_features=MOST_TERMS) for name in _SHAPES}
        for vectorizer in made.values():
            vectorizer.fit(texts)
            # Rounded at once, so that a model answers alike before and after it has been stored.
            vectorizer.idf_ = vectorizer.idf_.astype(np.float32).astype(np.float64)
        return cls(made)

    def transform(self, texts: Sequence[str]) -> tuple[csr_matrix, csr_matrix]:
        """Word and character weights, sparse ``float64`` (n, terms) each."""
        words, characters = (self._vectorizers[name].transform(texts) for name in _SHAPES)
        return words, characters

    def to_dict(self) -> dict[str, Any]:
        """Terms in the order of their columns, and their inverse document frequencies."""
        return {
            name: {
                "terms": vectorizer.get_feature_names_out().tolist(),
                "idf": pack(vectorizer.idf_.astype(np.float32)),
            }
            for name, vectorizer in self._vectorizers.items()
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "Terms":
        """The terms whose ``to_dict`` gave ``state``."""
        made = {}
        for name in _SHAPES:
            made[name] = _vectorizer(name, vocabulary=state[name]["terms"])
            made[name].idf_ = unpack(state[name]["idf"]).astype(np.float64)
        return cls(made)


def _vectorizer(name: str, **limits: Any) -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, strip_accents="unicode", **_SHAPES[name], **limits)
