"""The study of text classification on public sets: the note classifier beside two linear models, full and few-shot."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.text import Encoder, Vectors
from ledger.settings import Settings
from models.notes.classifier import NoteClassifier
from training.class_metrics import measure_classes
from training.embedding_cache import EmbeddingCache
from training.measured import Measured
from training.prepare import export_encoder
from training.suites.row import Row, Step
from training.suites.text_rivals import embedding_linear, tfidf_linear
from training.suites.text_sets import Texts, TextSet, few_shots, text_sets

MODEL = "note classifier"
RIVALS = ("tf-idf + linear", "embedding + linear")


@dataclass(frozen=True)
class Task:
    """One training set and the test set that all models share, with their sentence vectors."""

    dataset: str
    name: str
    train: Texts
    vectors: Vectors
    test: Texts
    test_vectors: Vectors


def run(data: Path, *, seed: int, step: Step) -> Iterator[Row]:
    """Rows of every set in ``data``: accuracy and macro-F1, with all training texts and with ten per class.

    Args:
        data: folder with ``banking77_train.csv``, ``cfpb_train.json``, ``cuad_clauses.csv.gz`` or some of them;
            ``banking77_test.csv`` and ``cfpb_test.json`` are the test sets where they are present.
        seed: of splits, draws and folds.
        step: told what goes on.
    """
    encoder: EmbeddingCache | None = None
    for found in text_sets(data, seed=seed):
        encoder = encoder or cached_encoder(Settings(), step=step)
        for task in _tasks(found, encoder, seed=seed, step=step):
            yield from _rows(task, seed=seed, step=step)


def cached_encoder(settings: Settings, *, step: Step) -> EmbeddingCache:
    """The installation's encoder, remembering what it has embedded under the installation's own folder."""
    step("Exporting the sentence encoder (once)")
    encoder = Encoder.load(export_encoder(settings), workers=2)
    return EmbeddingCache(encoder, settings.home / "cache" / "embeddings.sqlite")


def _tasks(found: TextSet, encoder: EmbeddingCache, *, seed: int, step: Step) -> Iterator[Task]:
    few = few_shots(found.train, seed=seed)
    everything = [*found.train.texts, *few.texts, *found.test.texts]
    step(f"{found.name}: embedding texts")
    vectors = encoder.encode(
        everything, lambda done, total: step(f"{found.name}: embedded {done:,} of {total:,} new texts")
    )
    full, shots, test = np.split(vectors, [len(found.train), len(found.train) + len(few)])
    yield Task(found.name, "10-shot", few, shots, found.test, test)
    yield Task(found.name, "full", found.train, full, found.test, test)


def _rows(task: Task, *, seed: int, step: Step) -> Iterator[Row]:
    step(f"{task.dataset} {task.name}: note classifier on {len(task.train):,} texts")
    ours = _measured(task, _ours(task, seed=seed), seed)
    step(f"{task.dataset} {task.name}: TF-IDF and a linear model")
    rivals = [_measured(task, tfidf_linear(task.train, task.test, seed=seed), seed)]
    step(f"{task.dataset} {task.name}: sentence vectors and a linear model")
    rivals.append(_measured(task, embedding_linear(task.train, task.vectors, task.test_vectors, seed=seed), seed))
    for name, theirs in zip(RIVALS, rivals, strict=True):
        for metric, figure in ours.items():
            yield Row(
                task.dataset, f"class ({task.name})", MODEL, metric, figure.value, figure.low, figure.high,
                name, theirs[metric].value, len(task.train), len(task.test),
            )  # fmt: skip


def _ours(task: Task, *, seed: int) -> NDArray[np.str_]:
    classifier = NoteClassifier(seed=seed)
    groups = None if task.train.groups is None else task.train.groups.tolist()
    classifier.fit(task.train.texts.tolist(), task.train.labels.tolist(), task.vectors, groups=groups)
    return classifier.predict(task.test.texts.tolist(), task.test_vectors)


def _measured(task: Task, predicted: NDArray[np.str_], seed: int) -> dict[str, Measured]:
    return measure_classes(task.test.labels, predicted, groups=task.test.groups, seed=seed)
