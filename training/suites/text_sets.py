"""The public text sets: read, cleaned, and parted into train and test by publisher, by stratum or by document."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.arrays import BoolArray, IntArray

TRAIN_SHARE = 0.7
FEWEST_CLAUSES = 30
SHOTS = 10


@dataclass(frozen=True)
class Texts:
    """Texts with their classes.

    Attributes:
        texts, labels: ``object`` and ``str`` (n,).
        groups: the document each text comes from, ``str`` (n,); ``None`` where texts stand alone.
    """

    texts: NDArray[np.object_]
    labels: NDArray[np.str_]
    groups: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, index: IntArray | BoolArray) -> "Texts":
        """A selection of the texts."""
        groups = None if self.groups is None else self.groups[index]
        return Texts(self.texts[index], self.labels[index], groups)


@dataclass(frozen=True)
class TextSet:
    """A named set, parted."""

    name: str
    train: Texts
    test: Texts


def text_sets(data: Path, *, seed: int) -> Iterator[TextSet]:
    """The sets whose files lie in ``data``; a published test file is the test set where there is one.

    These texts carry no dates, so that nothing can be parted by time: banking and complaints are parted within each
    class, clauses by contract.
    """
    if (data / "banking77_train.csv").exists():
        yield _published("banking77", data, "csv", seed)
    if (data / "cfpb_train.json").exists():
        yield _published("cfpb", data, "json", seed)
    if (data / "cuad_clauses.csv.gz").exists():
        clauses = _clauses(data / "cuad_clauses.csv.gz")
        first = _grouped(clauses, seed)
        yield TextSet("cuad", clauses.take(first), clauses.take(~first))


def few_shots(train: Texts, *, seed: int, shots: int = SHOTS) -> Texts:
    """``shots`` texts of each class, by a seeded draw; all of a class that has fewer."""
    rng = np.random.default_rng(seed)
    chosen = [rng.permutation(np.flatnonzero(train.labels == label))[:shots] for label in np.unique(train.labels)]
    return train.take(np.sort(np.concatenate(chosen)))


def _published(name: str, data: Path, form: str, seed: int) -> TextSet:
    train, test = (data / f"{name}_{part}.{form}" for part in ("train", "test"))
    texts = _read(train)
    if test.exists():
        return TextSet(name, texts, _read(test))
    first = _stratified(texts, seed)
    return TextSet(name, texts.take(first), texts.take(~first))


def _read(file: Path) -> Texts:
    if file.suffix == ".csv":
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        return _texts(frame["text"], frame["category"])
    rows = json.loads(file.read_text(encoding="utf-8"))
    return _texts([row["input"] for row in rows], [row["output"] for row in rows])


def _clauses(file: Path) -> Texts:
    """Clauses of one category only, in categories with at least 30 of them."""
    frame = pd.read_csv(file, dtype=str, keep_default_na=False).drop_duplicates(["file", "cat", "text"])
    single = frame[frame.groupby("text")["cat"].transform("nunique") == 1]
    common = single[single.groupby("cat")["cat"].transform("size") >= FEWEST_CLAUSES]
    return _texts(common["text"], common["cat"], common["file"])


def _texts(texts: Any, labels: Any, groups: Any = None) -> Texts:
    return Texts(
        np.array(list(texts), dtype=object),
        np.array(list(labels), dtype=str),
        None if groups is None else np.array(list(groups), dtype=str),
    )


def _stratified(texts: Texts, seed: int) -> BoolArray:
    rng, first = np.random.default_rng(seed), np.zeros(len(texts), dtype=bool)
    for label in np.unique(texts.labels):
        rows = rng.permutation(np.flatnonzero(texts.labels == label))
        first[rows[: round(TRAIN_SHARE * len(rows))]] = True
    return first


def _grouped(texts: Texts, seed: int) -> BoolArray:
    assert texts.groups is not None
    names = np.random.default_rng(seed).permutation(np.unique(texts.groups))
    first: BoolArray = np.isin(texts.groups, names[: round(TRAIN_SHARE * len(names))])
    return first
