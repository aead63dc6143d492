"""What a careful engineer would try first on texts: a linear model on TF-IDF, or one on sentence vectors."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from features.text import Vectors
from training.suites.text_sets import Texts

Labels = NDArray[np.str_]
SVM_COSTS = (0.1, 0.3, 1.0, 3.0)
LOGISTIC_COSTS = (3.0, 10.0, 30.0, 100.0)
# As for the model beside them, penalties are tried on at most so many rows and fitted on all.
TRIAL_ROWS = 1_500
FOLDS = 3


def tfidf_linear(train: Texts, test: Texts, *, seed: int) -> Labels:
    """Linear support vectors on words, or on words and characters, whichever does better in cross-validation."""
    words, both = _words(), FeatureUnion([("words", _words()), ("characters", _characters())])
    tried = []
    for features in (words, both):
        X = features.fit_transform(train.texts)
        scores = [_cross_validated(X, train, _support_vectors(cost), seed) for cost in SVM_COSTS]
        tried.append((max(scores), SVM_COSTS[int(np.argmax(scores))], features, X))
    _, cost, features, X = max(tried, key=lambda one: one[0])
    model = _support_vectors(cost)().fit(X, train.labels)
    return np.asarray(model.predict(features.transform(test.texts)))


def embedding_linear(train: Texts, vectors: Vectors, test_vectors: Vectors, *, seed: int) -> Labels:
    """Logistic regression on sentence vectors, its penalty chosen by cross-validation."""
    scores = [_cross_validated(vectors, train, _logistic(cost), seed) for cost in LOGISTIC_COSTS]
    model = _logistic(LOGISTIC_COSTS[int(np.argmax(scores))])().fit(vectors, train.labels)
    return np.asarray(model.predict(test_vectors))


def _support_vectors(cost: float) -> Callable[[], Any]:
    return lambda: LinearSVC(C=cost)


def _logistic(cost: float) -> Callable[[], Any]:
    return lambda: LogisticRegression(C=cost, max_iter=500, tol=1e-3)


def _cross_validated(X: Any, train: Texts, make: Callable[[], Any], seed: int) -> float:
    """Mean accuracy over folds of at most ``TRIAL_ROWS`` rows; a document is never parted."""
    rows = np.random.default_rng(seed).permutation(len(train))[:TRIAL_ROWS]
    labels, groups = train.labels[rows], None if train.groups is None else train.groups[rows]
    splitter = KFold if groups is None else GroupKFold
    folds = splitter(FOLDS, shuffle=True, random_state=seed).split(rows, labels, groups)
    right = [
        make().fit(X[rows[before]], labels[before]).predict(X[rows[after]]) == labels[after] for before, after in folds
    ]
    return float(np.concatenate(right).mean())


def _words() -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), strip_accents="unicode")


def _characters() -> TfidfVectorizer:
    return TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), strip_accents="unicode")
