"""The study of texts: sets are parted without leaks, rivals are tuned, and it runs on slices of the real sets."""

import csv
import gzip
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import TEST_HOME
from tests.models.notes.samples import encode, notes
from training.suites import texts as study
from training.suites.text_rivals import embedding_linear, tfidf_linear
from training.suites.text_sets import Texts, few_shots, text_sets

REAL = Path(os.environ.get("TRIAGE_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data")


def _banking(folder: Path, name: str, texts: list[str], labels: list[str]) -> None:
    pd.DataFrame({"text": texts, "category": labels}).to_csv(folder / f"banking77_{name}.csv", index=False)


def _clauses(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    with gzip.open(folder / "cuad_clauses.csv.gz", "wt", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "cat", "text"), *rows])


def test_absent_files_are_skipped(tmp_path: Path) -> None:
    assert list(text_sets(tmp_path, seed=1)) == []


def test_without_a_test_file_seven_tenths_of_each_class_are_for_training(tmp_path: Path) -> None:
    _banking(tmp_path, "train", [f"text {n}" for n in range(60)], ["a"] * 50 + ["b"] * 10)
    [found] = text_sets(tmp_path, seed=1)
    assert {label: int((found.train.labels == label).sum()) for label in "ab"} == {"a": 35, "b": 7}
    assert not set(found.train.texts) & set(found.test.texts)
    assert len(found.train) + len(found.test) == 60


def test_a_published_test_file_is_the_test_set(tmp_path: Path) -> None:
    _banking(tmp_path, "train", ["NA", "two"], ["a", "b"])
    _banking(tmp_path, "test", ["three"], ["b"])
    [found] = text_sets(tmp_path, seed=1)
    assert (found.train.texts.tolist(), found.test.texts.tolist()) == (["NA", "two"], ["three"])


def test_complaints_are_read_from_json(tmp_path: Path) -> None:
    rows = [{"input": f"text {n}", "output": "loan" if n % 2 else "card"} for n in range(20)]
    (tmp_path / "cfpb_train.json").write_text(json.dumps(rows), encoding="utf-8")
    [found] = text_sets(tmp_path, seed=1)
    assert (found.name, len(found.train), len(found.test)) == ("cfpb", 14, 6)


def test_clauses_are_parted_by_contract_and_have_one_category(tmp_path: Path) -> None:
    rows = [(f"contract {n % 20}", cat, f"{cat} {n}") for n in range(60) for cat in ("Term", "Law")]
    rare = [("contract 1", "Rare", f"rare {n}") for n in range(29)]
    shared = [("contract 2", "Term", "same words"), ("contract 2", "Law", "same words")]
    _clauses(tmp_path, [*rows, *rare, *shared, rows[0]])
    [found] = text_sets(tmp_path, seed=1)
    assert found.train.groups is not None
    assert found.test.groups is not None
    assert not set(found.train.groups) & set(found.test.groups)
    assert len(set(found.train.groups)) == 14
    assert set(found.train.labels) == {"Term", "Law"}
    assert len(found.train) + len(found.test) == 120


def test_few_shots_take_ten_of_each_class_and_the_same_ones_for_a_seed() -> None:
    texts = Texts(np.array([f"t{n}" for n in range(60)], dtype=object), np.array(["a"] * 55 + ["b"] * 5))
    shots = few_shots(texts, seed=4)
    assert {label: int((shots.labels == label).sum()) for label in "ab"} == {"a": 10, "b": 5}
    assert shots.texts.tolist() == few_shots(texts, seed=4).texts.tolist() != few_shots(texts, seed=5).texts.tolist()


@pytest.mark.parametrize("grouped", [False, True])
def test_both_rivals_learn_what_there_is_to_learn(*, grouped: bool) -> None:
    texts, causes = notes()
    order = np.random.default_rng(1).permutation(len(texts))
    groups = np.array([f"g{row % 9}" for row in range(len(texts))]) if grouped else None
    everything = Texts(np.array(texts, dtype=object), np.array(causes), groups)
    train, test = everything.take(order[:48]), everything.take(order[48:])
    vectors, later = encode(train.texts.tolist()), encode(test.texts.tolist())
    assert np.mean(tfidf_linear(train, test, seed=1) == test.labels) > 0.9
    assert np.mean(embedding_linear(train, vectors, later, seed=1) == test.labels) > 0.9


@pytest.fixture
def slices(tmp_path: Path) -> Path:
    """Small slices of the real sets, in a folder of their own."""
    if not REAL.is_dir():
        pytest.skip("real data absent: set TRIAGE_REAL_DATA to its folder")
    banking = pd.read_csv(REAL / "banking77_train.csv")
    some = banking[banking["category"].isin(sorted(set(banking["category"]))[:4])]
    some.groupby("category").head(20).to_csv(tmp_path / "banking77_train.csv", index=False)
    clauses = pd.read_csv(REAL / "cuad_clauses.csv.gz")
    short = clauses[clauses["cat"].isin(["Governing Law", "Anti-Assignment"]) & (clauses["text"].str.len() < 200)]
    short.groupby("cat").head(45).to_csv(tmp_path / "cuad_clauses.csv.gz", index=False)
    return tmp_path


@pytest.mark.real_data
def test_the_study_runs_on_slices_of_the_real_sets(slices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_HOME", str(TEST_HOME))
    said: list[str] = []
    rows = list(study.run(slices, seed=7, step=said.append))
    assert {(row.dataset, row.task) for row in rows} == {
        (name, f"class ({task})") for name in ("banking77", "cuad") for task in ("10-shot", "full")
    }
    assert len(rows) == 16
    assert {row.baseline for row in rows} == set(study.RIVALS)
    assert all(0.5 < row.value <= row.high <= 1 and row.holds for row in rows)
    assert any("embedding" in sentence for sentence in said)
